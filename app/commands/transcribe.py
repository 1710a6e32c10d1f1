"""Answer `hotline transcribe`: write down recordings, away from any call."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from app.clock import SystemClock
from app.offline import offline_settings
from app.recording_survey import survey
from app.settings import Settings, load_settings
from app.transcript_output import Format, Output, outputs
from app.transcription import TWO_SIDES, Listener, Voices
from domain.audio import Leg
from domain.errors import ContactCentreError, InputError
from domain.language import LanguageTag


def transcribe(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE…", help="Recordings; of two channels the left is the caller's."
        ),
    ],
    output_format: Annotated[
        Format, typer.Option("--format", help="How the transcript is written.")
    ] = Format.VTT,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Where to; beside each recording if left out."),
    ] = None,
    diarize: Annotated[
        bool,
        typer.Option(
            "--diarize",
            help="Tell the voices of a mono recording apart (A, B, unknown); a role that the words hint at has a (?).",
        ),
    ] = False,
    speakers: Annotated[
        int | None,
        typer.Option("--speakers", min=1, max=10, help="How many voices; as set up if left out."),
    ] = None,
    language: Annotated[
        str | None,
        typer.Option("--language", metavar="xx", help="The language spoken, where you know it."),
    ] = None,
    legs: Annotated[
        str | None,
        typer.Option(
            "--legs", metavar="caller,agent", help="Whose the channels are, from the left."
        ),
    ] = None,
    embed: Annotated[
        bool, typer.Option("--embed", help="With --format vcon: carry the recording inside.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Also those whose transcript is already there.")
    ] = False,
) -> None:
    """Write down who said what and when, and mark where there were no words: hold, tones, noise.

    Interrupted, it goes on where it stopped when it is run again: what is written is not done twice.
    """
    if embed and output_format is not Format.VCON:
        raise InputError("transcribe.embed", "expected --embed with --format vcon only")
    planned = outputs(files, output_format, out)
    settings = load_settings()
    if language is not None:
        settings = offline_settings(settings, (LanguageTag(language),))
    run = _Run(
        settings=offline_settings(settings),
        legs=_legs(legs),
        diarize=diarize,
        speakers=speakers,
        embed=embed,
        console=Console(stderr=True),
    )
    waiting = [output for output in planned if force or not output.is_done]
    for output in planned:
        if output not in waiting:
            run.console.print(
                f"{output.target} is already there (--force does it again)",
                highlight=False,
                markup=False,
                soft_wrap=True,
            )
    failed = asyncio.run(run.write_down(waiting, is_alone=len(files) == 1))
    if failed:
        raise typer.Exit(1)


def _legs(named: str | None) -> tuple[Leg, ...]:
    """Raises InputError for a seat that does not exist or is named twice."""
    if named is None:
        return ()
    try:
        legs = tuple(Leg(name.strip()) for name in named.split(","))
    except ValueError:
        legs = ()
    if len(legs) not in (1, len(TWO_SIDES)) or len(set(legs)) != len(legs):
        raise InputError(
            "transcribe.legs",
            f"expected one or two different seats of {', '.join(Leg)}, got {named}",
        )
    return legs


class _Run:
    """One command with everything it was asked for."""

    def __init__(
        self,
        *,
        settings: Settings,
        legs: tuple[Leg, ...],
        diarize: bool,
        speakers: int | None,
        embed: bool,
        console: Console,
    ) -> None:
        self._settings = settings
        self._legs = legs
        self._diarize = diarize
        self._speakers = speakers
        self._embed = embed
        self.console = console
        self._listener: Listener | None = None

    async def write_down(self, waiting: Sequence[Output], *, is_alone: bool) -> int:
        """How many failed, each told in a sentence; a file that was given alone raises its failure."""
        failed = 0
        async with AsyncExitStack() as stack:
            progress = stack.enter_context(
                Progress(*_columns(), console=self.console, disable=not self.console.is_terminal)
            )
            for output in waiting:
                try:
                    await self._one(stack, output, progress)
                except ContactCentreError as failure:
                    if is_alone:
                        raise
                    failed += 1
                    self.console.print(
                        f"hotline: {failure.message}", highlight=False, markup=False, soft_wrap=True
                    )
        return failed

    async def _opened(self, stack: AsyncExitStack) -> Listener:
        """The machines, once the first recording has proved to be one."""
        if self._listener is None:
            self._listener = await self._open(stack)
        return self._listener

    async def _open(self, stack: AsyncExitStack) -> Listener:
        from app.known_terms import terms_of_hotline
        from app.speech import open_recogniser  # the machines take seconds to import
        from app.wiring import VERSION

        clock = SystemClock()
        terms = await asyncio.to_thread(terms_of_hotline, self._settings)
        recogniser = await stack.enter_async_context(open_recogniser(self._settings, clock, terms))
        unknown = set(self._settings.asr.language.allowed) - set(recogniser.capabilities.languages)
        if unknown:
            raise InputError(
                "transcribe.language",
                f"expected one of {', '.join(recogniser.capabilities.languages)}, got {', '.join(unknown)}",
            )
        return Listener(
            recogniser=recogniser,
            legs=self._legs,
            voices=await asyncio.to_thread(self._voices) if self._diarize else None,
            product=f"OpenHotline {VERSION}",
            now=clock.now,
        )

    def _voices(self) -> Voices:
        from app.speech import load_diarizer

        wanted = self._settings.asr.diarization
        return Voices(
            diarizer=load_diarizer(self._settings),
            speakers=self._speakers or wanted.speakers,
            min_share=wanted.min_share,
        )

    async def _one(self, stack: AsyncExitStack, output: Output, progress: Progress) -> None:
        path = output.recording
        surveyed = await asyncio.to_thread(survey, path)
        listener = await self._opened(stack)
        bar = progress.add_task(path.name, total=surveyed.recording.duration_ms, doing="words")

        def share(part: float) -> None:
            progress.update(bar, doing=f"voices {part:.0%}")

        try:
            document = await listener.transcribe(
                path, surveyed, advance=lambda ms: progress.advance(bar, ms), share=share
            )
            await asyncio.to_thread(output.write, document, embed=self._embed)
        except BaseException:
            progress.update(bar, doing="stopped")
            raise
        _finish(progress, bar, surveyed.recording.duration_ms)
        self.console.print(str(output.target), highlight=False, markup=False, soft_wrap=True)


def _finish(progress: Progress, bar: TaskID, duration_ms: int) -> None:
    progress.update(bar, completed=duration_ms, doing="done")


class _Speed(ProgressColumn):
    """How much faster than it was spoken."""

    def render(self, task: Task) -> Text:
        if not task.elapsed or not task.completed:
            return Text("")
        return Text(f"{task.completed / 1000 / task.elapsed:.1f}×")


class _AudioTime(ProgressColumn):
    """Seconds of sound done and in all."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.completed / 1000:.0f}/{(task.total or 0) / 1000:.0f} s")


def _columns() -> tuple[ProgressColumn, ...]:
    return (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        _AudioTime(),
        _Speed(),
        TextColumn("{task.fields[doing]}"),
        TimeRemainingColumn(),
    )
