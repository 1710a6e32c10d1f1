"""Turn a text into the phonetic symbols that Kokoro was trained on."""

import logging
import threading
from collections.abc import Callable, Mapping

import espeakng_loader
import jieba
from misaki import zh
from phonemizer.backend import EspeakBackend
from phonemizer.backend.espeak.wrapper import EspeakWrapper

from domain.errors import InputError
from domain.language import EN, ZH, LanguageTag

ESPEAK_NAMES: Mapping[LanguageTag, str] = {
    EN: "en-us",
    LanguageTag("fr"): "fr-fr",
    LanguageTag("es"): "es",
}
LANGUAGES = (ZH, *ESPEAK_NAMES)


class Phonemes:
    """One reader per language, made on first use. Neither library is safe in two threads, so one reads at a time."""

    def __init__(self) -> None:
        self._readers: dict[LanguageTag, Callable[[str], str]] = {}
        self._one_at_a_time = threading.Lock()

    def of(self, text: str, language: LanguageTag) -> str:
        """Raises InputError("tts.language")."""
        with self._one_at_a_time:
            if language not in self._readers:
                self._readers[language] = _reader(language)
            return self._readers[language](text)


def _reader(language: LanguageTag) -> Callable[[str], str]:
    if language == ZH:
        jieba.setLogLevel(logging.WARNING)  # it has a console handler of its own
        g2p = zh.ZHG2P()
        return lambda text: str(g2p(text)[0])
    name = ESPEAK_NAMES.get(language)
    if name is None:
        raise InputError(
            "tts.language", f"expected one of {', '.join(LANGUAGES)}, got {language!r}"
        )
    # The loader's library looks for its data where it was built unless it is told.
    EspeakWrapper.set_library(espeakng_loader.get_library_path())
    EspeakWrapper.set_data_path(espeakng_loader.get_data_path())
    # It warns whenever espeak joins two words into one, which is how espeak reads.
    quiet = logging.getLogger("phonemizer.quiet")
    quiet.setLevel(logging.ERROR)
    backend = EspeakBackend(
        name,
        preserve_punctuation=True,
        with_stress=True,
        language_switch="remove-flags",
        logger=quiet,
    )
    return lambda text: str(backend.phonemize([text])[0])
