"""Small weights see sound through 80 bands, the largest through 128; each is shown what it was taught on."""

from pathlib import Path

import ctranslate2
import numpy as np
import pytest
from numpy.typing import NDArray

from asr.ear.resampling import RATE_HZ
from asr.ear.tape import Waveform
from asr.engines import whisper_decoder
from asr.engines.whisper_decoder import WhisperDecoder

FILES = ("config.json", "model.bin", "tokenizer.json", "vocabulary.json")
TONE: Waveform = np.sin(2 * np.pi * 1_000 * np.arange(RATE_HZ) / RATE_HZ).astype(np.float32)


class Network:
    """Has so many bands, and keeps what it is shown."""

    is_multilingual = True

    def __init__(self, n_mels: int) -> None:
        self.n_mels = n_mels
        self.shown: NDArray[np.float32] = np.zeros(0, np.float32)

    def encode(self, spectra: ctranslate2.StorageView) -> ctranslate2.StorageView:
        self.shown = np.array(spectra)
        return spectra


def spectrum(folder: Path, patch: pytest.MonkeyPatch, *, bands: int, context_s: float) -> Waveform:
    """What weights with so many bands are shown of a second of 1 kHz: (bands, frames)."""
    for name in FILES:
        (folder / name).write_text("{}")
    network = Network(bands)
    patch.setattr(ctranslate2.models, "Whisper", lambda *_, **__: network)
    patch.setattr(whisper_decoder, "WhisperTokens", lambda *_, **__: None)
    decoder = WhisperDecoder(folder, compute_type="int8", threads=1, workers=1)
    decoder.encode(TONE, context_s)
    shown: Waveform = network.shown[0]
    return shown


@pytest.mark.parametrize("bands", [80, 128])
def test_a_tone_lies_in_the_band_where_these_weights_expect_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bands: int
) -> None:
    shown = spectrum(tmp_path, monkeypatch, bands=bands, context_s=2.0)

    # Slaney's scale: 1 kHz is mel 15, 8 kHz 15 + 27 log6.4(8); bands stand at equal steps between 0 and there
    highest = 15 + 27 * np.log(8) / np.log(6.4)
    assert shown.shape == (bands, 200)
    assert shown[:, 50].argmax() == round(15 / highest * (bands + 1)) - 1


@pytest.mark.parametrize(
    ("bands", "context_s"), [(80, 1.59), (80, 1.6), (128, 1.6), (128, 2.55), (128, 2.56)]
)
def test_an_encoding_cannot_be_taken_for_a_spectrum(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bands: int, context_s: float
) -> None:
    """CTranslate2 knows an encoding by its length: as long as there are bands, it would be encoded once more."""
    frames = spectrum(tmp_path, monkeypatch, bands=bands, context_s=context_s).shape[1]

    assert (frames + 1) // 2 != bands
    assert context_s <= frames / 100 <= context_s + 0.02
