"""Take one stream of a wire in: its channels share a clock, and each channel is a leg that may be held or left."""

from dataclasses import dataclass

from domain.audio import SAMPLE_BYTES, GapCause, Leg, samples_from_ms
from media_gateway.fork import Fork
from media_gateway.intake import Intake

FIRST_PIECE_S = 1
LONGEST_PIECE_S = 60


@dataclass(slots=True, kw_only=True)
class _Channel:
    """One leg. While ``muted`` what comes is not heard: it becomes a gap of that cause.

    A gap is told in pieces that double in length up to a minute: the first soon, so that listeners finish what they
    heard before, and few in all, because each of them is a fact.
    """

    fork: Fork
    muted: GapCause | None = None
    owed_samples: int = 0
    piece_s: int = FIRST_PIECE_S

    def pass_over(self, samples: int, cause: GapCause) -> None:
        """These samples are not heard; they are told when enough of them have gathered."""
        self.owed_samples += samples
        if self.owed_samples >= self.piece_s * self.fork.sample_rate_hz:
            self.tell(cause)
            self.piece_s = min(2 * self.piece_s, LONGEST_PIECE_S)

    def tell(self, cause: GapCause) -> None:
        """Hand on what is owed."""
        self.fork.skip(self.owed_samples, cause)
        self.owed_samples = 0

    def mute(self, cause: GapCause) -> None:
        self.unmute()
        self.muted = cause
        self.piece_s = FIRST_PIECE_S

    def unmute(self) -> None:
        if self.muted is not None:
            self.tell(self.muted)
        self.muted = None


class SoundStream:
    """Messages of one stream on their way to the forks of its legs; nothing here ever waits."""

    def __init__(self, *, intake: Intake, forks: tuple[Fork, ...]) -> None:
        self._intake = intake
        self._channels = [_Channel(fork=fork) for fork in forks]
        self._rate_hz = forks[0].sample_rate_hz
        self._heard_at_ms = 0
        self._muted_at_ms = 0
        self._muted_at_sample = 0

    @property
    def forks(self) -> tuple[Fork, ...]:
        return tuple(channel.fork for channel in self._channels)

    @property
    def samples(self) -> int:
        return self._intake.samples

    @property
    def now_ms(self) -> int:
        return self._intake.now_ms

    @property
    def is_muted(self) -> bool:
        """Whether no leg of it is listened to now, so that silence on the wire means nothing."""
        return all(channel.muted is not None for channel in self._channels)

    def take(self, message: bytes, now_ms: int) -> int:
        """Hear a message; returns the samples handed on, 0 while they are still being gathered. Raises InputError."""
        self._heard_at_ms = now_ms
        block = self._intake.take(message)
        return 0 if block is None else self._spread(block)

    def settle(self) -> int:
        """Hand on what is being gathered, so that a change falls on the sample where it happened."""
        block = self._intake.flush()
        return 0 if block is None else self._spread(block)

    def skip(self, samples: int, cause: GapCause) -> None:
        """These samples will never come. What was gathered must have been settled."""
        self._intake.skip(samples)
        for channel in self._channels:
            if channel.muted is None:
                channel.fork.skip(samples, cause)
            else:
                channel.pass_over(samples, channel.muted)

    def mute(self, leg: Leg, cause: GapCause, now_ms: int) -> None:
        """Listen to a leg no more, until ``unmute``. What was gathered must have been settled."""
        self._channel(leg).mute(cause)
        self._muted_at_ms = now_ms
        self._muted_at_sample = self.samples

    def unmute(self, leg: Leg) -> None:
        self._channel(leg).unmute()

    def finish(self) -> None:
        """Nothing more will come: tell what is still owed."""
        for channel in self._channels:
            if channel.muted is not None:
                channel.tell(channel.muted)

    def catch_up(self, now_ms: int) -> int:
        """Say by how many samples a muted stream that went quiet is behind our clock."""
        if not self.is_muted:
            return 0
        passed = samples_from_ms(now_ms - self._muted_at_ms, self._rate_hz)
        return max(passed - (self.samples - self._muted_at_sample), 0)

    def _spread(self, block: tuple[bytes, ...]) -> int:
        for channel, pcm in zip(self._channels, block, strict=True):
            if channel.muted is None:
                channel.fork.feed(pcm, heard_at_ms=self._heard_at_ms)
            else:
                channel.pass_over(len(pcm) // SAMPLE_BYTES, channel.muted)
        return len(block[0]) // SAMPLE_BYTES

    def _channel(self, leg: Leg) -> _Channel:
        return next(channel for channel in self._channels if channel.fork.leg is leg)
