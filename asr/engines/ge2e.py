"""Place voices in a space where one person's lie together, with the GE2E speaker encoder."""

from pathlib import Path
from typing import Self

import torch
from pyannote.audio.core.model import Model
from pyannote.audio.core.task import Problem, Resolution, Specifications
from torch import Tensor
from torch.nn import LSTM, Linear
from torch.nn.functional import interpolate, normalize
from torchaudio.functional import melscale_fbanks

from domain.errors import EngineError

RATE_HZ = 16_000
FFT_SAMPLES = 400
HOP_SAMPLES = 160  # 10 ms: one frame
MELS = 40
WIDTH = 256
WINDOW_FRAMES = 160
WINDOW_STEP_FRAMES = 40
LEAST_FRAMES = 40  # a shorter sound says nothing about a voice
LEVEL = 10 ** (
    -30 / 20
)  # RMS the network was trained at (-30 dBFS); its features are not logarithmic


class Ge2eEncoder(Model):  # type: ignore[misc]
    """The GE2E encoder as a model of pyannote's.

    Wan et al. 2018, "Generalized End-to-End Loss for Speaker Verification": three LSTM layers over windows of 1.6 s,
    here every 0.4 s; the mean of their last states, at unit length.
    """

    def __init__(self) -> None:
        super().__init__(sample_rate=RATE_HZ, num_channels=1)
        self.lstm = LSTM(MELS, WIDTH, 3, batch_first=True)
        self.linear = Linear(WIDTH, WIDTH)
        banks = melscale_fbanks(
            FFT_SAMPLES // 2 + 1, 0, RATE_HZ / 2, MELS, RATE_HZ, norm="slaney", mel_scale="slaney"
        )
        self.register_buffer("banks", banks, persistent=False)
        self.register_buffer("hann", torch.hann_window(FFT_SAMPLES), persistent=False)
        self.specifications = Specifications(
            problem=Problem.REPRESENTATION, resolution=Resolution.CHUNK, duration=5.0
        )

    @classmethod
    def load(cls, weights: Path) -> Self:
        """Read tensors only: the file is a pickle, and nothing else in it is let in.

        Raises EngineError when the file is not this network's.
        """
        try:
            kept = torch.load(weights, map_location="cpu", weights_only=True)["model_state"]
            encoder = cls()
            encoder.load_state_dict({name: kept[name] for name in encoder.state_dict()})
        except Exception as broken:
            raise EngineError(
                "asr.diarization_weights",
                f"expected the GE2E voice encoder in {weights.name}, got {broken}; pull it again",
                retryable=False,
            ) from broken
        return encoder.eval()  # type: ignore[no-any-return]

    @property
    def dimension(self) -> int:
        return WIDTH

    def forward(self, waveforms: Tensor, weights: Tensor | None = None) -> Tensor:
        """``waveforms`` (batch, 1, samples) at 16 kHz, ``weights`` (batch, any frames) in [0, 1] → (batch, 256).

        Only where the weight exceeds one half is heard; a row with less than 0.4 s of that is NaN. Raises
        ValueError when the whole sound is shorter, which is how pyannote finds out what is too short.
        """
        sound = waveforms[:, 0]
        if sound.shape[1] < LEAST_FRAMES * HOP_SAMPLES:
            raise ValueError(f"expected at least {LEAST_FRAMES} frames of 10 ms")
        power = self._power(sound)
        heard = _heard(weights, power)
        return torch.stack([self._voice(row[kept]) for row, kept in zip(power, heard, strict=True)])

    def _power(self, sound: Tensor) -> Tensor:
        """(batch, samples) → (batch, frames, 201), energy by frequency."""
        spectrum = torch.stft(
            sound,
            FFT_SAMPLES,
            HOP_SAMPLES,
            window=self.hann,
            center=True,
            pad_mode="constant",
            return_complex=True,
        )
        return spectrum.abs().square().transpose(1, 2)

    def _voice(self, power: Tensor) -> Tensor:
        """(frames, 201) → (256,), unit length."""
        if len(power) < LEAST_FRAMES:
            return power.new_full((WIDTH,), torch.nan)
        mel = self._levelled(power) @ self.banks
        windows = mel[None]
        if len(mel) > WINDOW_FRAMES:
            windows = mel.unfold(0, WINDOW_FRAMES, WINDOW_STEP_FRAMES).transpose(1, 2)
        _, (hidden, _) = self.lstm(windows)
        voices = normalize(torch.relu(self.linear(hidden[-1])), dim=1)
        return normalize(voices.mean(dim=0), dim=0)

    def _levelled(self, power: Tensor) -> Tensor:
        """Bring the heard frames to the level of the training (by Parseval, a one-sided spectrum)."""
        energy = 2 * power.sum(dim=1).mean() / (FFT_SAMPLES * self.hann.square().sum())
        levelled: Tensor = power * (LEVEL**2 / energy.clamp(min=1e-10))
        return levelled


def _heard(weights: Tensor | None, power: Tensor) -> Tensor:
    """(batch, frames) of bool, the weights stretched to our frames."""
    frames = power.shape[1]
    if weights is None:
        return torch.ones(power.shape[:2], dtype=torch.bool, device=power.device)
    return interpolate(weights[:, None], size=frames, mode="nearest")[:, 0] > 0.5
