"""Run the evaluation of words on the machines of this house."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from functools import partial
from typing import Any, cast

from app.clock import SystemClock
from app.offline import Manner, offline_settings
from app.settings import Settings
from app.speech import open_recogniser
from bench.speech.clip import Codec
from bench.speech.invention import invention_figures
from bench.speech.manifest import Row
from bench.speech.recognition import Contest, Outcome, recognise
from bench.speech.recognition_figures import recognition_figures
from domain.language import LanguageTag
from domain.ports import SpeechToText

Advance = Callable[[], None]


async def asr_figures(
    settings: Settings,
    rows: Sequence[Row],
    contest: Contest,
    *,
    manner: Manner,
    with_clips: bool,
    done: Advance,
) -> dict[str, Any]:
    """``done`` is called after every row."""
    outcomes: list[Outcome] = []
    recognising = recognise(rows, contest, partial(_open_told, settings, manner))
    # Whatever ends us, the machines are given back here and not when somebody sweeps up.
    async with aclosing(cast(AsyncGenerator[Outcome, None], recognising)) as answers:
        async for outcome in answers:
            outcomes.append(outcome)
            done()
    return recognition_figures(outcomes, with_clips=with_clips)


async def silence_figures(
    settings: Settings, *, codec: Codec, seconds: float, done: Advance
) -> dict[str, Any]:
    """The programme without a word, heard as a live call would be."""
    async with open_recogniser(
        offline_settings(settings, manner=Manner.LIVE), SystemClock()
    ) as ours:
        return await invention_figures(ours, codec=codec, seconds=seconds, done=done)


def _open_told(
    settings: Settings, manner: Manner, languages: tuple[LanguageTag, ...] | None
) -> AbstractAsyncContextManager[SpeechToText]:
    return open_recogniser(offline_settings(settings, languages, manner), SystemClock())
