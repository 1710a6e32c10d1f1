"""Take a wire's sound in, keep its clock, and notice when a wire stalls or floods."""

from domain.audio import GapCause, Leg, ms_from_samples, samples_from_ms
from domain.call import EndReason
from domain.ids import CallId
from domain.ports import Clock
from media_gateway.codecs import Encoding
from media_gateway.counters import GatewayCounters
from media_gateway.ending import CallOver
from media_gateway.fork import Fork
from media_gateway.intake import Intake
from media_gateway.settings import GatewaySettings
from media_gateway.stream import SoundStream
from media_gateway.voice_track import VoiceTrack

# A muted stream that went quiet is told so in steps of this length, so that listeners finish what they heard before.
QUIET_STEP_MS = 1_000
SHORT_HOLE_MS = 1_000


class Hearing:
    """The sound of one line: one stream with interleaved legs, or one stream for each leg. Nothing here ever waits.

    What we play (``say``) becomes a leg of its own that advances in step with the first stream.
    """

    def __init__(
        self,
        *,
        call_id: CallId,
        forks: tuple[Fork, ...],
        settings: GatewaySettings,
        clock: Clock,
        counters: GatewayCounters,
        encoding: Encoding = Encoding.L16,
        separate: bool = False,
        in_real_time: bool = True,
    ) -> None:
        self.sample_rate_hz = forks[0].sample_rate_hz
        self._call_id = call_id
        self._settings = settings
        self._clock = clock
        self._counters = counters
        self._in_real_time = in_real_time
        groups = [(fork,) for fork in forks] if separate else [forks]
        self._streams = [self._new_stream(group, encoding) for group in groups]
        self._voice = VoiceTrack()
        self._voice_fork: Fork | None = None
        self._began_ms = self._heard_at_ms = clock.monotonic_ms()
        self._texts = 0

    @property
    def forks(self) -> tuple[Fork, ...]:
        heard = tuple(fork for stream in self._streams for fork in stream.forks)
        return (*heard, self._voice_fork) if self._voice_fork else heard

    @property
    def now_ms(self) -> int:
        """The line's own time: what was heard, in milliseconds."""
        return max(stream.now_ms for stream in self._streams)

    @property
    def backlog_ms(self) -> int:
        """How far the slowest listener of any leg is behind."""
        return max(fork.backlog_ms for fork in self.forks)

    def silent_for_ms(self) -> int:
        """How long nothing at all has arrived; 0 while nothing is expected, on hold."""
        if all(stream.is_muted for stream in self._streams):
            return 0
        return self._clock.monotonic_ms() - self._heard_at_ms

    def take(self, message: bytes, stream: int = 0) -> None:
        """Hear a message. Raises InputError when it cannot be sound, CallOver when there is far too much of it."""
        now_ms = self._heard_at_ms = self._clock.monotonic_ms()
        self._counters.messages += 1
        source = self._streams[stream]
        handed_on = source.take(message, now_ms)
        if handed_on:
            self._follow(stream, handed_on)
            self._check_flood(source, now_ms)

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

    def miss(self, samples: int, cause: GapCause, stream: int = 0) -> int:
        """The wire knows that samples are missing here; returns how many were believed.

        A hole that reaches far ahead of our clock is not time but a wire's clock that jumped: it is believed as far as
        our clock has come.
        """
        self._settle()
        source = self._streams[stream]
        now_ms = self._clock.monotonic_ms()
        believed = samples
        if self._in_real_time and not self._can_be_time(samples, source, now_ms):
            passed_ms = max(now_ms - self._began_ms - source.now_ms, 0)
            believed = min(samples, samples_from_ms(passed_ms, self.sample_rate_hz))
        if believed < samples:
            self._counters.clock_jumps += 1
        if believed > 0:
            source.skip(believed, cause)
            self._follow_gap(stream, believed)
        return believed

    def mute(self, leg: Leg, cause: GapCause) -> None:
        """From this sample on a leg is not listened to: on hold, paused or left."""
        self._settle()
        self._stream_of(leg).mute(leg, cause, self._clock.monotonic_ms())

    def unmute(self, leg: Leg) -> None:
        self._settle()
        self.pass_quiet_time(at_least_ms=0)
        self._stream_of(leg).unmute(leg)
        self._heard_at_ms = self._clock.monotonic_ms()

    def pass_quiet_time(self, at_least_ms: int = QUIET_STEP_MS) -> None:
        """Let muted streams on which nothing comes keep up with our clock."""
        for number, stream in enumerate(self._streams):
            behind = stream.catch_up(self._clock.monotonic_ms())
            if ms_from_samples(behind, self.sample_rate_hz) > at_least_ms:
                stream.settle()
                stream.skip(behind, GapCause.HELD)
                self._follow_gap(number, behind)

    def join_voice(self) -> Fork | None:
        """Begin the leg of what we say, now; None when it has begun."""
        if self._voice_fork is not None:
            return None
        self._settle()
        self._voice_fork = Fork(
            call_id=self._call_id, leg=Leg.BOT, sample_rate_hz=self.sample_rate_hz
        )
        return self._voice_fork

    def say(self, pcm: bytes) -> None:
        self._settle()
        self._voice.append(pcm)

    def hush(self) -> None:
        self._settle()
        self._voice.cut()

    def end(self) -> None:
        """Nothing more will come: hand on what was gathered."""
        self._settle()
        self.pass_quiet_time(at_least_ms=0)
        for stream in self._streams:
            stream.finish()

    def _new_stream(self, forks: tuple[Fork, ...], encoding: Encoding) -> SoundStream:
        intake = Intake(
            sample_rate_hz=self.sample_rate_hz,
            channels=len(forks),
            block_ms=self._settings.block_ms,
            max_message_ms=self._settings.max_message_ms,
            encoding=encoding,
        )
        return SoundStream(intake=intake, forks=forks)

    def _stream_of(self, leg: Leg) -> SoundStream:
        return next(s for s in self._streams if leg in (fork.leg for fork in s.forks))

    def _settle(self) -> None:
        for number, stream in enumerate(self._streams):
            handed_on = stream.settle()
            if handed_on:
                self._follow(number, handed_on)

    def _follow(self, stream: int, samples: int) -> None:
        """Count what was handed on, and let our voice keep step with the first stream."""
        legs = len(self._streams[stream].forks)
        self._counters.bytes_heard += 2 * samples * legs
        self._counters.blocks += legs
        if stream == 0 and self._voice_fork is not None:
            said = self._voice.advance(samples)
            self._voice_fork.feed(said, heard_at_ms=self._heard_at_ms)

    def _follow_gap(self, stream: int, samples: int) -> None:
        if stream or self._voice_fork is None:
            return
        if self._voice or samples <= self.sample_rate_hz:
            self._voice_fork.feed(self._voice.advance(samples), heard_at_ms=self._heard_at_ms)
        else:
            self._voice_fork.skip(samples, GapCause.ABSENT)

    def _can_be_time(self, samples: int, stream: SoundStream, now_ms: int) -> bool:
        """A short hole may lie as far ahead of our clock as sound may, a long one half as far: sound must follow it."""
        hole_ms = ms_from_samples(samples, self.sample_rate_hz)
        spare_ms = SHORT_HOLE_MS if hole_ms <= SHORT_HOLE_MS else self._settings.burst_ms // 2
        return stream.now_ms + hole_ms <= self._allowed_ms(now_ms) - spare_ms

    def _allowed_ms(self, now_ms: int) -> int:
        elapsed_ms = now_ms - self._began_ms
        faster_ms = elapsed_ms * (100 + self._settings.overspeed_percent) // 100
        return faster_ms + self._settings.burst_ms

    def _check_flood(self, stream: SoundStream, now_ms: int) -> None:
        if self._in_real_time and stream.now_ms > self._allowed_ms(now_ms):
            raise CallOver(
                EndReason.FLOODED,
                f"{stream.now_ms} ms of sound came in {now_ms - self._began_ms} ms; send it in real time",
            )
