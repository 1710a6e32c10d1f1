"""Plug the speech machines into the room that recognises; beside the wiring, the only file that names them."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from app.clock import SystemClock
from app.settings import Settings
from asr.desk.language_routing import LanguageRouting
from asr.desk.opening import open_reading_desk
from asr.desk.proofread_desk import ProofreadDesk
from asr.desk.reading_desk import ReadingDesk
from asr.diarization.diarizer import Diarizer
from asr.ear.vad import SpeechDetection
from asr.engines.loading import load_beside
from asr.engines.silero import SileroDetection
from asr.engines.whisper import load_whisper
from asr.engines.whisper_weights import weights_folder
from asr.leg.hearing import Equipment
from asr.leg.recogniser import UtteranceRecogniser
from asr.settings import EngineName, EngineSettings
from asr.text.proofreading import Proofreader
from asr.text.spelling import Spelling
from domain.language import LanguageTag
from domain.ports import Clock, SpeechToText
from models import Shelf, weights_root

SILERO_FILE = "silero_vad_v6.onnx"
SEGMENTATION_FILE = "pytorch_model.bin"
VOICES_FILE = "pretrained.pt"
_SIZES = (
    "tiny",
    "base",
    "small",
    "medium",
    "large",
    "turbo",
    "distil",
)  # as faster-whisper names them
_REMOTE_AT_ONCE = 8  # waits for answers from elsewhere; a thread each


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """Recognition at work, and what its machines count, by whose count it is."""

    recogniser: SpeechToText
    counters: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The way to the machines, and what they count."""

    desk: ReadingDesk
    counters: Mapping[str, object]


@asynccontextmanager
async def open_speech(
    settings: Settings, clock: Clock, terms: Sequence[str] = ()
) -> AsyncIterator[Speech]:
    """``terms`` are names likely to be said: listened for where the machine can, put right where it misheard them.

    Raises EngineError when weights are not here or a machine does not start.
    """
    async with _desk(settings, clock, terms) as opened:
        equipment = Equipment(
            desk=opened.desk,
            detection=await asyncio.to_thread(open_detection, settings),
            clock=clock,
            settings=settings.asr,
            hotwords=tuple(terms)[: settings.asr.text.hotwords_at_most],
        )
        yield Speech(recogniser=UtteranceRecogniser(equipment), counters=opened.counters)


@asynccontextmanager
async def open_recogniser(
    settings: Settings, clock: Clock, terms: Sequence[str] = ()
) -> AsyncIterator[SpeechToText]:
    """Recognition alone, for what is not a live call."""
    async with open_speech(settings, clock, terms) as speech:
        yield speech.recogniser


@asynccontextmanager
async def open_desk(settings: Settings) -> AsyncIterator[ReadingDesk]:
    """The machines alone, for whoever measures them."""
    async with _desk(settings, SystemClock(), ()) as opened:
        yield opened.desk


def open_detection(settings: Settings) -> SpeechDetection:
    """Raises EngineError when the weights are not here."""
    return SileroDetection(
        Shelf(weights_root()).path(settings.machines.voice_activity) / SILERO_FILE
    )


def load_diarizer(settings: Settings) -> Diarizer:
    """Blocking, about three seconds. Raises EngineError when the extra or its weights are not installed."""
    from asr.engines.pyannote_diarizer import PyannoteDiarizer  # torch takes seconds to import

    machines, shelf = settings.machines, Shelf(weights_root())
    return PyannoteDiarizer.load(
        segmentation_weights=shelf.path(machines.speaker_segmentation) / SEGMENTATION_FILE,
        voice_weights=shelf.path(machines.voice_encoder) / VOICES_FILE,
        settings=settings.asr.diarization,
    )


@asynccontextmanager
async def _desk(settings: Settings, clock: Clock, terms: Sequence[str]) -> AsyncIterator[Desk]:
    """Whisper, which also names languages; before it, where others read some languages, the choice among them."""
    engine = settings.asr.engine
    async with AsyncExitStack() as stack:
        opened = {EngineName.WHISPER: await stack.enter_async_context(_whisper(settings, clock))}
        orders = {LanguageTag(tag): engine.order(tag) for tag in engine.by_language}
        for name in dict.fromkeys(name for order in orders.values() for name in order):
            if name not in opened:
                opened[name] = await stack.enter_async_context(_other(name, settings, clock))
        counters = {
            f"{name}_{whose}": counted
            for name, desk in opened.items()
            for whose, counted in desk.counters.items()
        }
        routing = LanguageRouting(
            identifier=opened[EngineName.WHISPER].desk,
            orders={tag: [opened[name].desk for name in order] for tag, order in orders.items()},
            clock=clock,
            rest_ms=round(engine.rest_s * 1000),
        )
        proofreader = Proofreader(settings.asr.text, terms, cache_dir=settings.cache_dir / "jieba")
        await asyncio.to_thread(proofreader.load)
        desk = routing if orders else opened[EngineName.WHISPER].desk
        yield Desk(desk=ProofreadDesk(desk, proofreader), counters=counters)


@asynccontextmanager
async def _whisper(settings: Settings, clock: Clock) -> AsyncIterator[Desk]:
    machines, asr = settings.machines, settings.asr
    load = partial(
        load_whisper,
        engine=Path(machines.speech_to_text).name,
        weights=await asyncio.to_thread(_whisper_weights, settings),
        workers=1 if asr.workshop.isolated else machines.speech_workers,
        settings=asr,
        write=Spelling(asr.text),
    )
    async with open_reading_desk(
        load,
        workers=machines.speech_workers,
        threads=asr.whisper.cpu_threads,
        clock=clock,
        settings=asr.workshop,
    ) as opened:
        yield Desk(desk=opened.desk, counters=opened.counters)


@asynccontextmanager
async def _other(name: EngineName, settings: Settings, clock: Clock) -> AsyncIterator[Desk]:
    """A streaming machine. It has one worker, because it remembers what it has heard of an utterance."""
    asr = settings.asr
    is_remote = name == EngineName.REMOTE
    workshop = asr.workshop
    if is_remote:  # nothing of it can hang or leak here, and asks must not wait for each other
        workshop = replace(workshop, isolated=False, finals_together=1, partials_together=1)
    async with open_reading_desk(
        partial(load_beside, name, _places(name, asr.engine), asr),
        workers=_REMOTE_AT_ONCE if is_remote else 1,
        threads=asr.whisper.cpu_threads,
        clock=clock,
        settings=workshop,
    ) as opened:
        yield Desk(desk=opened.desk, counters=opened.counters)


def _places(name: EngineName, engine: EngineSettings) -> dict[LanguageTag, Path]:
    """The directory of each language that this machine reads; of a remote one nobody here knows it."""
    named = {EngineName.VOSK: engine.vosk, EngineName.SHERPA: engine.sherpa}.get(name)
    languages = [tag for tag in engine.by_language if name in engine.order(tag)]
    return {LanguageTag(tag): _place(named[tag]) if named else Path() for tag in languages}


def _whisper_weights(settings: Settings) -> Path:
    """A model of the catalogue, a directory, a size or a hub id."""
    named = settings.machines.speech_to_text
    if "/" in named or named.startswith(_SIZES):
        return weights_folder(named, settings.cache_dir / "whisper")
    return Shelf(weights_root()).path(named)


def _place(named: str) -> Path:
    """A directory of one's own, or a model of the catalogue."""
    return Path(named) if Path(named).is_dir() else Shelf(weights_root()).path(named)
