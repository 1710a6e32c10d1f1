"""Take a wire's sound in, keep the call's clock, and notice when a wire stalls or floods."""

from domain.audio import SAMPLE_BYTES, Leg
from domain.call import EndReason
from domain.ids import CallId
from domain.ports import Clock
from media_gateway.counters import GatewayCounters
from media_gateway.ending import CallOver
from media_gateway.fork import Fork
from media_gateway.intake import Intake
from media_gateway.settings import GatewaySettings
from media_gateway.voice_track import VoiceTrack


class Hearing:
    """The sound of one call. ``legs`` are in the order of the wire's channels; nothing here ever waits.

    What we play (``say``) becomes a leg of its own that advances in step with what we hear.
    """

    def __init__(
        self,
        *,
        call_id: CallId,
        legs: tuple[Leg, ...],
        sample_rate_hz: int,
        settings: GatewaySettings,
        clock: Clock,
        counters: GatewayCounters,
    ) -> None:
        self.sample_rate_hz = sample_rate_hz
        self._call_id = call_id
        self._settings = settings
        self._clock = clock
        self._counters = counters
        self._intake = Intake(
            sample_rate_hz=sample_rate_hz,
            channels=len(legs),
            block_ms=settings.block_ms,
            max_message_ms=settings.max_message_ms,
        )
        self._forks = [self._new_fork(leg) for leg in legs]
        self._voice = VoiceTrack()
        self._voice_fork: Fork | None = None
        self._began_ms = self._heard_at_ms = clock.monotonic_ms()
        self._texts = 0

    @property
    def forks(self) -> tuple[Fork, ...]:
        return (*self._forks, self._voice_fork) if self._voice_fork else tuple(self._forks)

    @property
    def now_ms(self) -> int:
        """The call's own time: what was heard, in milliseconds."""
        return self._intake.now_ms

    def silent_for_ms(self) -> int:
        """How long nothing at all has arrived."""
        return self._clock.monotonic_ms() - self._heard_at_ms

    def take(self, message: bytes) -> None:
        """Hear a message. Raises InputError when it cannot be sound, CallOver when there is far too much of it."""
        now_ms = self._heard_at_ms = self._clock.monotonic_ms()
        self._counters.messages += 1
        block = self._intake.take(message)
        if block is not None:
            self._spread(block, now_ms)
            self._check_flood(now_ms)

    def take_text(self) -> None:
        """Count a text. Raises CallOver when they come far too fast."""
        self._heard_at_ms = self._clock.monotonic_ms()
        self._texts += 1
        allowed = self._settings.texts_burst + (
            self._settings.texts_per_s * (self._heard_at_ms - self._began_ms) // 1000
        )
        if self._texts > allowed:
            raise CallOver(
                EndReason.FLOODED,
                f"more than {self._settings.texts_per_s} texts a second came on an audio wire",
            )

    def join_voice(self) -> Fork | None:
        """Begin the leg of what we say, now; None when it has begun."""
        if self._voice_fork is not None:
            return None
        self._settle()
        self._voice_fork = self._new_fork(Leg.BOT)
        return self._voice_fork

    def say(self, pcm: bytes) -> None:
        self._settle()
        self._voice.append(pcm)

    def hush(self) -> None:
        self._settle()
        self._voice.cut()

    def end(self) -> None:
        """Nothing more will come: hand on what was gathered and close every fork."""
        self._settle()
        for fork in self.forks:
            fork.close()

    def _new_fork(self, leg: Leg) -> Fork:
        return Fork(call_id=self._call_id, leg=leg, sample_rate_hz=self.sample_rate_hz)

    def _settle(self) -> None:
        """Hand on what is being gathered, so that a change falls on the sample where it happened."""
        block = self._intake.flush()
        if block is not None:
            self._spread(block, self._heard_at_ms)

    def _spread(self, block: tuple[bytes, ...], heard_at_ms: int) -> None:
        for fork, pcm in zip(self._forks, block, strict=True):
            fork.feed(pcm, heard_at_ms=heard_at_ms)
            self._counters.bytes_heard += len(pcm)
            self._counters.blocks += 1
        if self._voice_fork is not None:
            said = self._voice.advance(len(block[0]) // SAMPLE_BYTES)
            self._voice_fork.feed(said, heard_at_ms=heard_at_ms)

    def _check_flood(self, now_ms: int) -> None:
        elapsed_ms = now_ms - self._began_ms
        allowed_ms = elapsed_ms * (100 + self._settings.overspeed_percent) // 100
        if self.now_ms > allowed_ms + self._settings.burst_ms:
            raise CallOver(
                EndReason.FLOODED,
                f"{self.now_ms} ms of sound came in {elapsed_ms} ms; send it in real time",
            )
