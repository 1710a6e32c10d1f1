"""Speak into one AudioSocket connection: paced, because nothing that was sent can be taken back."""

import asyncio

from domain.errors import NotFound
from media_gateway.audiosocket import frames
from media_gateway.audiosocket.counters import AudioSocketCounters
from media_gateway.codecs import Encoding, encoded
from media_gateway.ending import Ending
from media_gateway.metronome import BEATS_PER_S, Metronome
from media_gateway.mouthpiece import Mouthpiece

WIRE = "audiosocket"
MOST_PLAY_BYTES = 1_000_000
BEAT_MS = 1000 // BEATS_PER_S


class AudioSocketVoice:
    """A ``FarSide`` that sends back the kind of frame it got. Sound that would lie unsent too long is left out.

    Unless it ``is_bridged``, we may speak on it but the call's other legs are not heard on it: they hear each other
    through Asterisk already.
    """

    wire = WIRE
    reports_played = True  # the mouthpiece knows when the last frame went
    max_play_bytes = MOST_PLAY_BYTES

    def __init__(
        self,
        transport: asyncio.Transport,
        *,
        is_bridged: bool,
        kind: int,
        sample_rate_hz: int,
        encoding: Encoding,
        metronome: Metronome,
        counters: AudioSocketCounters,
        unsent_ms: int,
        close_ms: int,
    ) -> None:
        self._transport = transport
        self._encoding = encoding
        self._counters = counters
        self._close_ms = close_ms
        self._said_goodbye = False
        payload_bytes = sample_rate_hz // BEATS_PER_S * encoding.sample_bytes
        self._header = frames.frame(kind, bytes(payload_bytes))[: frames.HEADER_BYTES]
        self._most_unsent = unsent_ms // BEAT_MS * (frames.HEADER_BYTES + payload_bytes)
        self._is_bridged = is_bridged
        self._mouthpiece = Mouthpiece(
            metronome=metronome, sample_rate_hz=sample_rate_hz, send=self._send
        )

    @property
    def mouthpiece(self) -> Mouthpiece | None:
        return self._mouthpiece if self._is_bridged else None

    async def play(self, pcm: bytes, *, sample_rate_hz: int, play_id: str) -> None:
        """Returns when it was sent or stopped. Raises NotFound when nobody is there."""
        self._check_there()
        await self._mouthpiece.play(pcm)

    async def stop_playing(self) -> None:
        self._mouthpiece.stop()

    async def hang_up(self) -> None:
        self._check_there()
        self._say_goodbye()

    async def close(self, ending: Ending) -> None:
        """Hang up and close; a far side that does not take even that is dropped after a while."""
        self._mouthpiece.close()
        if self._said_goodbye:
            dismiss(self._transport, self._close_ms, goodbye=b"")
        else:
            self._said_goodbye = True
            dismiss(self._transport, self._close_ms)

    def _send(self, pcm: bytes) -> None:
        if self._transport.is_closing() or self._said_goodbye:
            return
        if self._transport.get_write_buffer_size() >= self._most_unsent:
            self._counters.unsent_frames += 1
            return
        self._transport.write(self._header + encoded(pcm, self._encoding))

    def _say_goodbye(self) -> None:
        if not self._said_goodbye:
            self._said_goodbye = True
            self._transport.write(frames.frame(frames.HANG_UP))

    def _check_there(self) -> None:
        if self._transport.is_closing():
            raise NotFound(
                "media_gateway.far_side_gone", "nobody takes what we send: the far side is gone"
            )


def dismiss(
    transport: asyncio.Transport,
    close_ms: int,
    *,
    goodbye: bytes = frames.frame(frames.HANG_UP),
) -> None:
    """Hang up and close; a far side that does not take even that is dropped after a while. Twice is fine."""
    if transport.is_closing():
        return
    if goodbye:
        transport.write(goodbye)
    transport.close()
    asyncio.get_running_loop().call_later(close_ms / 1000, transport.abort)
