"""Turn packets in their order into sound, silence, gaps and keys: an RTP stream's own time, never that of arrival.

Consecutive packets whose timestamps jump mean that nobody spoke (the sender suppresses silence), missing packets mean
loss. Only where the stream's own time breaks off (another SSRC, a jump that cannot be true) does our clock bridge it.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from domain.audio import GapCause
from domain.errors import InputError
from media_gateway.codecs import Encoding
from media_gateway.rtp.concealment import concealed, silence
from media_gateway.rtp.counters import RtpCounters
from media_gateway.rtp.decoders import PayloadDecoder, is_raw
from media_gateway.rtp.dtmf import KeyEar
from media_gateway.rtp.formats import PayloadFormat
from media_gateway.rtp.settings import RtpSettings
from media_gateway.rtp.unwrapping import timestamp_distance

_WRAP = 0xFFFFFFFF
NEVER = -1  # no timestamp is due
LONGEST_FILL_S = 3_600
SHORTEST_PAUSE_S = 0.1  # between two segments; less is jitter
DOUBT_S, DOUBT_SHARE = 1.0, 0.05  # how far a long jump may be from what our clock saw


class SoundSink(Protocol):
    """Who hears a stream. Nothing here may block or raise."""

    def hear(self, sound: bytes) -> None:
        """Sound in the stream's encoding, at the stream's rate."""
        ...

    def miss(self, samples: int, cause: GapCause) -> None:
        """These samples will never come."""
        ...

    def press(self, key: str) -> None: ...


class Timeline:
    """One stream's time. ``hear`` takes packets in the order of their sequence numbers."""

    def __init__(
        self,
        *,
        sink: SoundSink,
        encoding: Encoding,
        sample_rate_hz: int,
        settings: RtpSettings,
        counters: RtpCounters,
    ) -> None:
        self._sink = sink
        self._hear_sound: Callable[[bytes], None] = sink.hear
        self._encoding = encoding
        self._rate_hz = sample_rate_hz
        self._settings = settings
        self._counters = counters
        self._formats: dict[int, PayloadFormat] = {}
        self._decoders: dict[int, PayloadDecoder] = {}
        self._keys = KeyEar()
        self._raw_type = NEVER
        self._due = NEVER
        self._clock_hz = 0
        self._last_ticks = 0
        self._last_sound = b""
        self._last_decoder: PayloadDecoder | None = None
        self._lost_before = 0
        self._overlap_ticks = 0
        self._has_unheard = False
        self._is_filling = True
        self._fills_again = False
        self.heard_at_s = 0.0

    @property
    def clock_hz(self) -> int:
        """What the timestamps count; 0 before the first packet."""
        return self._clock_hz

    @property
    def packet_ticks(self) -> int:
        """How long the last packet of sound was."""
        return self._last_ticks

    def agree(self, formats: Sequence[PayloadFormat]) -> None:
        """What the sender may send from now on. A format that stays keeps its decoder, which remembers."""
        agreed = {one.payload_type: one for one in formats}
        self._decoders = {
            number: decoder
            for number, decoder in self._decoders.items()
            if agreed.get(number) == self._formats[number]
        }
        self._formats = agreed
        self._raw_type = self._find_raw()

    def knows(self, payload_type: int) -> bool:
        return payload_type in self._formats

    def hear(
        self,
        payload_type: int,
        timestamp: int,
        payload: bytes,
        marker: bool,
        lost: int,
        now_s: float,
    ) -> None:
        """The next packet in order, ``lost`` packets after the one before it."""
        if timestamp == self._due and payload_type == self._raw_type and payload and not lost:
            self._due = (timestamp + len(payload)) & _WRAP
            self.heard_at_s = now_s
            self._last_sound = payload
            self._last_ticks = len(payload)
            self._hear_sound(payload)
        else:
            self._hear_unusual(payload_type, timestamp, payload, marker, lost, now_s)

    def pause(self) -> None:
        """The sink keeps the time itself for a while: jumps are not filled."""
        self._is_filling = False
        self._fills_again = False

    def resume(self) -> None:
        """From the next sound on, time is kept here again."""
        self._fills_again = True
        self._raw_type = NEVER  # the next sound takes the longer way, where filling begins

    def begin_segment(self, now_s: float) -> None:
        """The stream's time breaks off here. What our clock saw pass meanwhile is a gap."""
        if self._due == NEVER:
            return
        self._counters.segments += 1
        self._drain()
        passed_s = now_s - self.heard_at_s - self._last_ticks / (self._clock_hz or 1)
        if passed_s >= SHORTEST_PAUSE_S:
            self._miss(int(min(passed_s, LONGEST_FILL_S) * self._rate_hz))
        self._due = NEVER
        self._overlap_ticks = self._lost_before = 0
        self._last_sound = b""
        self._has_unheard = False

    def end(self) -> None:
        self._drain()

    def _hear_unusual(
        self,
        payload_type: int,
        timestamp: int,
        payload: bytes,
        marker: bool,
        lost: int,
        now_s: float,
    ) -> None:
        self._lost_before += lost
        known = self._formats.get(payload_type)
        if known is None:
            self._counters.unknown_payloads += 1
            self._has_unheard = True
        elif not known.is_sound:
            self._hear_signal(known, timestamp, payload, marker, now_s)
        elif payload:
            self._reach(timestamp, known.clock_rate_hz, now_s)
            self._hear_decoded(self._decoder_of(known), timestamp, payload, now_s)

    def _hear_decoded(
        self, decoder: PayloadDecoder, timestamp: int, payload: bytes, now_s: float
    ) -> None:
        if decoder is not self._last_decoder:
            self._drain()
            self._last_decoder = decoder
        try:
            sound = decoder.decode(payload)
        except InputError:
            self._counters.unknown_payloads += 1
            self._has_unheard = True
            return
        self._last_ticks = decoder.ticks(payload)
        self._due = (timestamp + self._last_ticks) & _WRAP
        self.heard_at_s = now_s
        self._has_unheard = False
        if self._fills_again:
            self._is_filling, self._fills_again = True, False
            self._raw_type = self._find_raw()
        if sound:
            self._last_sound = sound
            self._hear_sound(sound)

    def _hear_signal(
        self, known: PayloadFormat, timestamp: int, payload: bytes, marker: bool, now_s: float
    ) -> None:
        if known.name == "CN":
            # Comfort noise says that it is silent up to here and on; RFC 3389 noise is nothing to recognise.
            if self._due != NEVER and known.clock_rate_hz == self._clock_hz:
                self._reach(timestamp, self._clock_hz, now_s)
            return
        key = self._keys.hear(payload, timestamp=timestamp, marker=marker)
        if key is not None:
            self._counters.keys += 1
            self._sink.press(key)

    def _decoder_of(self, known: PayloadFormat) -> PayloadDecoder:
        """Made when it is first needed: of ten formats that were agreed, one is spoken."""
        decoder = self._decoders.get(known.payload_type)
        if decoder is None:
            decoder = self._decoders[known.payload_type] = PayloadDecoder(
                known, encoding=self._encoding, sample_rate_hz=self._rate_hz
            )
        return decoder

    def _reach(self, timestamp: int, clock_hz: int, now_s: float) -> None:
        """Account for the time between what was heard last and a packet."""
        if self._clock_hz != clock_hz:
            self.begin_segment(now_s)
            self._clock_hz = clock_hz
        if self._due == NEVER or timestamp == self._due:
            self._lost_before = 0
            return
        ahead = timestamp_distance(self._due, timestamp)
        missing = min(max(ahead, 0), self._lost_before * self._last_ticks)
        self._lost_before = 0
        if missing:
            self._lose(missing)
        if ahead - missing:
            self._jump(ahead - missing, now_s)
        if self._due != NEVER:
            self._due = timestamp

    def _lose(self, ticks: int) -> None:
        samples = self._samples(ticks)
        fade = self._settings.conceal_ms * self._rate_hz // 1000
        if samples > fade or not self._last_sound or not self._is_filling:
            self._drain()
            self._miss(samples)
            return
        self._counters.concealed_samples += samples
        bridge = concealed(self._last_sound, self._encoding, samples=samples, fade_samples=fade)
        self._hear_sound(bridge)

    def _jump(self, ticks: int, now_s: float) -> None:
        """Timestamps went on without a packet, or back."""
        limit = self._settings.segment_ms * self._clock_hz // 1000
        if abs(ticks) > limit and not self._is_true(ticks, now_s):
            self.begin_segment(now_s)
        elif ticks < 0:
            self._overlap_ticks = min(self._overlap_ticks - ticks, limit)
        else:
            repaid = min(self._overlap_ticks, ticks)
            self._overlap_ticks -= repaid
            self._be_silent(self._samples(ticks - repaid))

    def _is_true(self, ticks: int, now_s: float) -> bool:
        """Whether our clock saw about as much time pass as a long jump says: somebody was silent for long."""
        said_s = ticks / self._clock_hz
        passed_s = now_s - self.heard_at_s
        return 0 < said_s < LONGEST_FILL_S and abs(said_s - passed_s) <= max(
            DOUBT_S, DOUBT_SHARE * said_s
        )

    def _be_silent(self, samples: int) -> None:
        self._drain()
        if self._has_unheard:
            self._miss(samples)
        elif self._is_filling:
            for done in range(0, samples, self._rate_hz):
                part = min(self._rate_hz, samples - done)
                self._hear_sound(silence(self._encoding, part))

    def _miss(self, samples: int) -> None:
        if self._is_filling and samples > 0:
            self._sink.miss(samples, GapCause.NETWORK)

    def _drain(self) -> None:
        rest = self._last_decoder.drain() if self._last_decoder is not None else b""
        if rest:
            self._hear_sound(rest)

    def _find_raw(self) -> int:
        """The payload type whose payload is the sound that the sink wants."""
        raw = [
            number
            for number, known in self._formats.items()
            if is_raw(known, encoding=self._encoding, sample_rate_hz=self._rate_hz)
        ]
        return raw[0] if raw else NEVER

    def _samples(self, ticks: int) -> int:
        return ticks * self._rate_hz // self._clock_hz
