"""What a device lacks is said by name, and what it computes in does not matter to those who read it."""

from collections.abc import Sequence
from pathlib import Path

import ctranslate2
import numpy as np
import pytest

from asr.ear.tape import Waveform
from asr.engines import whisper_decoder
from asr.engines.whisper_decoder import Decoded, Encoded, Search, WhisperDecoder, Wish
from asr.engines.whisper_languages import WhisperLanguages
from asr.language.identification import best
from asr.language.witness import TextWitness
from asr.settings.language import LanguageSettings
from domain.errors import EngineError
from domain.language import EN, HOTLINE_LANGUAGES, LanguageTag

FILES = ("config.json", "model.bin", "tokenizer.json", "vocabulary.json")
SOUND: Waveform = np.zeros(16_000, np.float32)


class WithoutLibrary:
    """A network on a GPU whose driver is there and whose libraries are not: it loads, and fails at its first use."""

    is_multilingual = True
    n_mels = 80

    def encode(self, spectra: ctranslate2.StorageView) -> ctranslate2.StorageView:
        raise RuntimeError("Library libcublas.so.12 is not found or cannot be loaded")


class HalfPrecise(WhisperDecoder):
    """In doubt between two languages; its encodings are of the type a GPU computes in."""

    def __init__(self, kind: ctranslate2.DataType) -> None:
        self._kind = kind
        self.rows: list[float] = []

    @property
    def known_languages(self) -> tuple[LanguageTag, ...]:
        return HOTLINE_LANGUAGES

    def encode_batch(self, waveforms: Sequence[Waveform], context_s: float) -> Encoded:
        rows = np.arange(len(waveforms), dtype=np.float32).reshape(-1, 1, 1)
        view = ctranslate2.StorageView.from_array(rows)
        return Encoded(view=view.to(self._kind), rows=len(waveforms))

    def languages(self, encoded: Encoded) -> list[dict[str, float]]:
        return [{"en": 0.99, "ru": 0.01}, {"en": 0.5, "ru": 0.5}][: encoded.rows]

    def decode(self, encoded: Encoded, wishes: Sequence[Wish], search: Search) -> list[Decoded]:
        view = encoded.view.to(ctranslate2.DataType.float32)
        self.rows = [float(row) for row in np.array(view).ravel()]
        said = {"en": ("good morning to you", -0.3)}
        words = [said.get(wish.language, ("…", -2.0)) for wish in wishes]
        return [
            Decoded(text=text, log_probability=score, no_speech_probability=0.0)
            for text, score in words
        ]


def test_a_library_that_is_not_there_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in FILES:
        (tmp_path / name).write_text("{}")
    monkeypatch.setattr(ctranslate2.models, "Whisper", lambda *_, **__: WithoutLibrary())
    monkeypatch.setattr(whisper_decoder, "WhisperTokens", lambda *_, **__: None)
    decoder = WhisperDecoder(tmp_path, device="cuda", compute_type="float16", threads=1, workers=1)

    with pytest.raises(EngineError, match=r"libcublas\.so\.12") as lost:
        decoder.encode(SOUND, 2.0)

    assert lost.value.code == "asr.engine_lost"


@pytest.mark.parametrize("kind", ["float32", "float16", "bfloat16"])
def test_the_language_is_found_whatever_the_device_computes_in(kind: str) -> None:
    network = HalfPrecise(getattr(ctranslate2.DataType, kind))
    languages = WhisperLanguages(network, LanguageSettings(), TextWitness(HOTLINE_LANGUAGES))

    _, doubtful = languages.odds([SOUND, SOUND])

    assert best(doubtful)[0] == EN
    assert network.rows
    assert set(network.rows) == {1.0}
