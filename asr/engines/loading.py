"""Load one of the machines that stand beside Whisper, in its own process: only there its library is needed."""

from collections.abc import Mapping
from pathlib import Path

from asr.desk.reading import UtteranceReader
from asr.settings import AsrSettings, EngineName
from domain.language import LanguageTag


def load_beside(
    name: EngineName, places: Mapping[LanguageTag, Path], settings: AsrSettings
) -> UtteranceReader:
    """``places`` tells the directory of each language; a remote machine needs only the languages.

    Raises EngineError naming the file that is missing.
    """
    if name == EngineName.VOSK:
        from asr.engines.vosk import load_vosk

        return load_vosk(places, settings)
    if name == EngineName.SHERPA:
        from asr.engines.sherpa import load_sherpa

        return load_sherpa(places, settings)
    from asr.engines.funasr import load_funasr

    return load_funasr(tuple(places), settings)
