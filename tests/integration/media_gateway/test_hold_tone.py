"""The hold tone may come back through a held telephone's microphone, and must not be taken for speech."""

import numpy as np
import pytest
import soxr

from asr.ear.vad import WINDOW_SAMPLES
from asr.engines.silero import SileroDetection
from asr.settings import EndpointingSettings
from media_gateway.codecs import pcm16_to_ulaw, ulaw_to_pcm16
from media_gateway.hold_tone import hold_tone
from models.shelf import Shelf, weights_root

MODEL_ID = "silero-vad"
WEIGHTS = Shelf(weights_root()).place(MODEL_ID)
VAD_RATE_HZ = 16_000

pytestmark = [
    pytest.mark.weights,
    pytest.mark.skipif(
        not WEIGHTS.is_dir(), reason=f"weights absent; run: hotline models pull {MODEL_ID}"
    ),
]


def test_the_hold_tone_is_no_speech() -> None:
    tone = hold_tone()
    telephone = ulaw_to_pcm16(pcm16_to_ulaw(tone.pcm * 4))
    wave = np.frombuffer(telephone, "<i2").astype(np.float32) / 32_768
    heard = np.asarray(soxr.resample(wave, tone.sample_rate_hz, VAD_RATE_HZ), np.float32)
    detector = SileroDetection(WEIGHTS / "silero_vad_v6.onnx").start()

    speech = detector.probabilities(heard[: len(heard) // WINDOW_SAMPLES * WINDOW_SAMPLES])

    assert max(speech) < EndpointingSettings().silence_at
