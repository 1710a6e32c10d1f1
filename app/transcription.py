"""Turn one recording file into a transcript, away from any call."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import cast
from uuid import uuid4

import numpy as np
import soxr

from app.leg_sound import Advance, leg_sound
from app.recording_survey import Survey
from asr.diarization.diarizer import RATE_HZ, Diarizer
from asr.diarization.role_hint import Role, read_phrases, role_hint
from asr.diarization.turns import speakers_of
from asr.sound_file import sound_blocks
from asr.transcript_file.document import UNKNOWN, Line, Passage, TranscriptDocument
from domain.audio import Leg
from domain.errors import ContactCentreError
from domain.ids import CallId
from domain.ports import Heard, PassageHeard, SegmentHeard, SpeechToText

TWO_SIDES = (Leg.CALLER, Leg.AGENT)
Share = Callable[[float], None]  # the share of the voices' work that is done, from 0 to 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """How the voices of a mono recording are told apart; ``speakers`` None where nobody knows how many."""

    diarizer: Diarizer
    speakers: int | None
    min_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One part of a recording that is listened to for itself; ``channel`` None is all of it."""

    leg: Leg
    speaker: str
    channel: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Who listens, and how what is heard gets its speakers. ``legs`` names the channels from the left."""

    recogniser: SpeechToText
    legs: tuple[Leg, ...]
    voices: Voices | None
    product: str
    now: Callable[[], datetime]

    def sides(self, surveyed: Survey) -> tuple[Side, ...]:
        """Two channels are two sides; of one nobody knows whose it is unless ``legs`` says so."""
        if surveyed.parts == 1:
            speaker = str(self.legs[0]) if len(self.legs) == 1 else UNKNOWN
            leg = self.legs[0] if len(self.legs) == 1 else Leg.CALLER
            return (Side(leg=leg, speaker=speaker, channel=None),)
        legs = self.legs if len(self.legs) == surveyed.parts else TWO_SIDES
        return tuple(
            Side(leg=leg, speaker=str(leg), channel=channel) for channel, leg in enumerate(legs)
        )

    async def transcribe(
        self, path: Path, surveyed: Survey, *, advance: Advance, share: Share
    ) -> TranscriptDocument:
        """All sides at once. ``advance`` is told the milliseconds of recording that are done.

        Raises InputError when the file is damaged inside, EngineError when a machine is lost.
        """
        sides = self.sides(surveyed)
        heard = await self._hear_all(path, surveyed, sides, advance)
        lines = [
            line for side, said in zip(sides, heard, strict=True) for line in _lines(side, said)
        ]
        passages = [
            p for side, said in zip(sides, heard, strict=True) for p in _passages(side, said)
        ]
        hints: dict[str, Role | None] = {}
        if self.voices is not None and surveyed.parts == 1:
            lines = await asyncio.to_thread(_named, lines, path, surveyed, self.voices, share)
            hints = _role_hints(lines)
        return TranscriptDocument(
            recording=surveyed.recording,
            speakers=_speakers(sides, lines, passages),
            lines=tuple(sorted(lines, key=lambda line: (line.start_ms, line.speaker))),
            passages=tuple(passages),
            engine=self.recogniser.capabilities.engine,
            product=self.product,
            created_at=self.now(),
            role_hints=hints,
        )

    async def _hear_all(
        self, path: Path, surveyed: Survey, sides: Sequence[Side], advance: Advance
    ) -> list[list[Heard]]:
        call_id = CallId(uuid4().hex)
        part = _Share(advance, len(sides))
        try:
            async with asyncio.TaskGroup() as group:
                listening = [
                    group.create_task(self._hear(path, surveyed, side, call_id, part.advance))
                    for side in sides
                ]
        except* ContactCentreError as failed:
            raise _first(failed) from None
        return [task.result() for task in listening]

    async def _hear(
        self, path: Path, surveyed: Survey, side: Side, call_id: CallId, advance: Advance
    ) -> list[Heard]:
        sound = leg_sound(
            path,
            rate_hz=surveyed.rate_hz,
            channel=side.channel,
            call_id=call_id,
            leg=side.leg,
            advance=advance,
        )
        listening = self.recogniser.listen(call_id, side.leg, sound)
        async with aclosing(cast(AsyncGenerator[Heard, None], listening)) as everything:
            return [heard async for heard in everything if _is_firm(heard)]


class _Share:
    """Sides run beside each other: each moves the bar by its share of the recording."""

    def __init__(self, advance: Advance, sides: int) -> None:
        self._advance, self._sides = advance, sides
        self._rest_ms = 0

    def advance(self, ms: int) -> None:
        whole_ms, self._rest_ms = divmod(self._rest_ms + ms, self._sides)
        self._advance(whole_ms)


def _is_firm(heard: Heard) -> bool:
    """Partials of an hour are not kept."""
    return isinstance(heard, PassageHeard) or (
        isinstance(heard, SegmentHeard) and heard.segment.is_final and bool(heard.segment.text)
    )


def _lines(side: Side, everything: Sequence[Heard]) -> list[Line]:
    return [
        Line(
            speaker=side.speaker,
            start_ms=heard.segment.start_ms,
            end_ms=heard.segment.end_ms,
            text=heard.segment.text,
            language=heard.segment.language,
            confidence=heard.segment.confidence,
        )
        for heard in everything
        if isinstance(heard, SegmentHeard)
    ]


def _passages(side: Side, everything: Sequence[Heard]) -> list[Passage]:
    return [
        Passage(speaker=side.speaker, start_ms=heard.start_ms, end_ms=heard.end_ms, kind=heard.kind)
        for heard in everything
        if isinstance(heard, PassageHeard)
    ]


def _named(
    lines: list[Line], path: Path, surveyed: Survey, voices: Voices, share: Share
) -> list[Line]:
    """The lines with the voices that speak them; blocks. Only here the whole sound lies in memory, at 16 kHz."""
    turns = voices.diarizer.diarize(
        _whole(path, surveyed.rate_hz), speakers=voices.speakers, progress=share
    )
    names = speakers_of(lines, turns, min_share=voices.min_share)
    return [replace(line, speaker=name) for line, name in zip(lines, names, strict=True)]


def _role_hints(lines: Iterable[Line]) -> dict[str, Role | None]:
    """Every voice that said something, and what it hints at. Whether the call came in, no recording tells."""
    said = [(line.speaker, line.text) for line in lines if line.speaker != UNKNOWN]
    roles = role_hint(said, read_phrases()).roles
    return {voice: roles.get(voice) for voice in sorted({speaker for speaker, _ in said})}


def _whole(path: Path, rate_hz: int) -> "np.ndarray[tuple[int], np.dtype[np.float32]]":
    stream = soxr.ResampleStream(rate_hz, RATE_HZ, 1, dtype="float32")
    parts = [
        stream.resample_chunk(np.ascontiguousarray(block.mean(axis=1, dtype=np.float32)))
        for block in sound_blocks(path)
    ]
    parts.append(stream.resample_chunk(np.zeros(0, np.float32), last=True))
    return np.concatenate(parts)


def _speakers(
    sides: Sequence[Side], lines: Sequence[Line], passages: Sequence[Passage]
) -> tuple[str, ...]:
    """The sides, or the voices found in place of the one side; whoever is nobody comes last."""
    if len(sides) > 1:
        return tuple(side.speaker for side in sides)
    found = {line.speaker for line in lines} | {passage.speaker for passage in passages}
    found = found or {sides[0].speaker}
    return tuple(sorted(found, key=lambda name: (name == UNKNOWN, name)))


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    inner = group.exceptions[0]
    return _first(inner) if isinstance(inner, BaseExceptionGroup) else inner
