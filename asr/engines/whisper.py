"""Recognise speech with Whisper on CTranslate2."""

from pathlib import Path

from asr.desk import PooledDesk
from asr.engines.silero import SileroDetection
from asr.engines.whisper_reader import WhisperReader
from asr.hearing import Equipment
from asr.phantoms import read_phantoms
from asr.recogniser import UtteranceRecogniser
from asr.settings import AsrSettings
from domain.ports import Clock
from models.pool import InferencePool


def load_whisper(
    *,
    engine: str,
    whisper_weights: Path,
    silero_weights: Path,
    pool: InferencePool,
    workers: int,
    clock: Clock,
    settings: AsrSettings,
) -> UtteranceRecogniser:
    """Load both networks (about a second; call it in a thread) and share them among all legs.

    ``engine`` is the catalogue id of the weights; ``workers`` is the pool's, so that none waits inside the machine.
    Raises EngineError when the weights cannot be loaded.
    """
    reader = WhisperReader.load(
        engine=engine,
        weights=whisper_weights,
        workers=workers,
        settings=settings,
        phantoms=read_phantoms(),
    )
    equipment = Equipment(
        desk=PooledDesk(reader, pool),
        detection=SileroDetection(silero_weights),
        clock=clock,
        settings=settings,
    )
    return UtteranceRecogniser(equipment)
