"""Send sound and keys as RTP: one SSRC, its sequence, its timestamps (RFC 3550 section 5.1, RFC 4733)."""

import asyncio
import secrets
from collections.abc import Callable

from domain.errors import InputError, Refused
from media_gateway.rtp.dtmf import END_PACKETS, event_of, key_payload
from media_gateway.rtp.encoders import PACKETS_PER_S, PayloadEncoder
from media_gateway.rtp.formats import PayloadFormat
from media_gateway.rtp.packet import RtpPacket, serialise

FRAME_S = 1 / PACKETS_PER_S
# A pause this long begins a new talk spurt: a marker, and timestamps that went on meanwhile.
SPURT_S = 0.1


class RtpSender:
    """The outgoing half of one stream. ``transmit`` takes a whole packet and never blocks or raises."""

    def __init__(
        self,
        *,
        sample_rate_hz: int,
        transmit: Callable[[bytes], None],
        now: Callable[[], float],
    ) -> None:
        self.ssrc = secrets.randbits(32)
        self.packets = 0
        self.payload_bytes = 0
        self._rate_hz = sample_rate_hz
        self._transmit = transmit
        self._now = now
        self._sound: PayloadFormat | None = None
        self._keys: PayloadFormat | None = None
        self._encoder: PayloadEncoder | None = None
        self._sequence = secrets.randbits(16)
        self._timestamp = secrets.randbits(32)
        self._due_s: float | None = None
        self._is_pressing = False

    @property
    def timestamp(self) -> int:
        return self._timestamp

    def agree(self, formats: tuple[PayloadFormat, ...]) -> None:
        """What the far side takes: its first sound, and its keys."""
        sound = next((one for one in formats if one.is_sound), None)
        if sound != self._sound:
            self._sound = sound
            self._encoder = (
                None if sound is None else PayloadEncoder(sound, sample_rate_hz=self._rate_hz)
            )
        self._keys = next((one for one in formats if one.name == "telephone-event"), None)

    def send(self, pcm: bytes) -> None:
        """A frame of 16-bit sound; nothing is sent while a key is pressed or nothing was agreed."""
        if self._encoder is None or self._sound is None or self._is_pressing:
            return
        try:
            payloads = self._encoder.encode(pcm)
        except InputError:
            return
        now_s = self._now()
        for payload in payloads:
            marker = self._catch_up(now_s, self._sound.clock_rate_hz)
            self._put(self._sound.payload_type, payload, marker=marker)
            self._timestamp = (self._timestamp + self._encoder.ticks) & 0xFFFFFFFF

    async def press(self, key: str, *, key_ms: int) -> None:
        """Send a key for so long. Raises InputError for what is no key, Refused when the far side takes none."""
        event = event_of(key)
        if event is None:
            raise InputError("media_gateway.key", f"expected one of 0-9 * # A-D, got {key!r}")
        keys = self._keys
        if keys is None:
            raise Refused(
                "media_gateway.no_keys",
                "the far side did not agree to telephone-event; send the key by SIP INFO",
            )
        if self._is_pressing:
            raise Refused("media_gateway.key_pressed", "a key is being pressed; wait for its end")
        self._is_pressing = True
        try:
            await self._press(keys, event, key_ms)
        finally:
            self._is_pressing = False

    async def _press(self, keys: PayloadFormat, event: int, key_ms: int) -> None:
        self._catch_up(self._now(), keys.clock_rate_hz)
        frames = max(key_ms * PACKETS_PER_S // 1000, 1)
        frame_ticks = keys.clock_rate_hz // PACKETS_PER_S
        for frame in range(1, frames + 1):
            payload = key_payload(event, duration_ticks=frame * frame_ticks, is_end=False)
            self._put(keys.payload_type, payload, marker=frame == 1)
            await asyncio.sleep(FRAME_S)
        payload = key_payload(event, duration_ticks=frames * frame_ticks, is_end=True)
        for _ in range(END_PACKETS):
            self._put(keys.payload_type, payload, marker=False)

    def _catch_up(self, now_s: float, clock_hz: int) -> bool:
        """Let the timestamps pass over a pause; True at the beginning of a talk spurt."""
        due_s, self._due_s = self._due_s, (self._due_s or now_s) + FRAME_S
        if due_s is None:
            return True
        if now_s - due_s < SPURT_S:
            return False
        frames = int((now_s - due_s) * PACKETS_PER_S)
        self._timestamp = (self._timestamp + frames * clock_hz // PACKETS_PER_S) & 0xFFFFFFFF
        self._due_s = now_s + FRAME_S
        return True

    def _put(self, payload_type: int, payload: bytes, *, marker: bool) -> None:
        packet = RtpPacket(
            payload_type, self._sequence, self._timestamp, self.ssrc, payload, marker
        )
        self._sequence = (self._sequence + 1) & 0xFFFF
        self.packets += 1
        self.payload_bytes += len(payload)
        self._transmit(serialise(packet))
