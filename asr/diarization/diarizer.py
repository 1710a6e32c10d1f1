"""Describe a machine that tells the voices of one recording apart."""

from collections.abc import Callable
from typing import Protocol

from asr.diarization.turns import SpeakerTurn
from asr.ear.tape import Waveform

Progress = Callable[[float], None]
"""Is told the share of the work that is done, rising from 0 to 1; raising in it stops the work."""

RATE_HZ = 16_000


class Diarizer(Protocol):
    """A shared machine; `diarize` blocks, holds its own state and belongs on a worker thread."""

    @property
    def engine(self) -> str: ...

    def diarize(
        self, waveform: Waveform, *, speakers: int | None = 2, progress: Progress | None = None
    ) -> list[SpeakerTurn]:
        """Who speaks when, in order of time; turns of different speakers overlap where people do.

        ``waveform``: float32 (samples,) in [-1, 1] at 16 kHz. ``speakers``: how many there are, None when nobody
        knows. A turn that could be anybody's is `UNKNOWN`; silence gives no turns.
        Raises InputError("asr.diarization_…") for a sound that is too long or a number that cannot be, EngineError
        when the machine is lost.
        """
        ...
