"""Load one of the machines that stand beside Whisper, in its own process: only there its library is needed."""

from collections.abc import Mapping
from pathlib import Path

from asr.belief.phantoms import read_phantoms
from asr.desk.stream import StreamingMachine, StreamingReader
from asr.settings import AsrSettings, EngineName
from asr.text.spelling import Spelling
from domain.language import LanguageTag


def load_beside(
    name: EngineName, places: Mapping[LanguageTag, Path], settings: AsrSettings
) -> StreamingReader:
    """``places`` tells the directory of each language; a remote machine needs only the languages.

    Raises EngineError naming the file that is missing.
    """
    machine = _machine(name, places, settings)
    return StreamingReader(
        machine,
        guards=settings.guards,
        phantoms=read_phantoms(),
        write=Spelling(settings.text),
    )


def _machine(
    name: EngineName, places: Mapping[LanguageTag, Path], settings: AsrSettings
) -> StreamingMachine:
    if name == EngineName.VOSK:
        from asr.engines.vosk import VoskMachine

        return VoskMachine(places)
    if name == EngineName.SHERPA:
        from asr.engines.sherpa import SherpaMachine

        return SherpaMachine(places, threads=settings.whisper.cpu_threads)
    from asr.engines.funasr import FunasrMachine

    return FunasrMachine(settings.engine.remote, tuple(places))
