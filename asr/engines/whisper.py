"""Load Whisper on CTranslate2 as a machine that reads utterances."""

from pathlib import Path

import numpy as np

from asr.belief.phantoms import read_phantoms
from asr.desk.reading import SketchAsk
from asr.ear.resampling import RATE_HZ
from asr.engines.whisper_reader import WhisperReader, Write, in_simplified_characters
from asr.settings import AsrSettings
from domain.language import ZH


def load_whisper(
    *,
    engine: str,
    weights: Path,
    workers: int,
    settings: AsrSettings,
    write: Write = in_simplified_characters,
) -> WhisperReader:
    """Load the network (about half a second; blocking) to be shared by all legs.

    ``engine`` names the weights in what is written; ``workers`` is how many batches may be read at once. ``write``
    brings believed words into the form that people read. Raises EngineError when the weights cannot be loaded.
    """
    reader = WhisperReader.load(
        engine=engine,
        weights=weights,
        workers=workers,
        settings=settings,
        phantoms=read_phantoms(),
        write=write,
    )
    _warm(reader, write)
    return reader


def _warm(reader: WhisperReader, write: Write) -> None:
    """The first words of the first call must not wait for dictionaries and first allocations."""
    write("您好", ZH)
    half_a_second = np.zeros(RATE_HZ // 2, np.float32)
    reader.sketch([SketchAsk(utterance="warm", waveform=half_a_second, speech_ms=500, language=ZH)])
