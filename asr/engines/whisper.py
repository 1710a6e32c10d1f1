"""Load Whisper on CTranslate2 as a machine that reads utterances."""

from pathlib import Path

from asr.engines.whisper_reader import WhisperReader, Write, in_simplified_characters
from asr.phantoms import read_phantoms
from asr.settings import AsrSettings


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
    return WhisperReader.load(
        engine=engine,
        weights=weights,
        workers=workers,
        settings=settings,
        phantoms=read_phantoms(),
        write=write,
    )
