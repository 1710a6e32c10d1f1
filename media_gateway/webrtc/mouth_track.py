"""Give aiortc what a mouthpiece says: Opus packets on the metronome's own time."""

import asyncio
from collections.abc import Callable
from fractions import Fraction

from aiortc import MediaStreamTrack
from av.packet import Packet
from av.stream import Stream

from media_gateway.webrtc.counters import WebRtcCounters
from media_gateway.webrtc.opus import CLOCK_RATE_HZ, OpusVoice

FRAMES_WAITING = 10  # 200 ms; a connection that takes nothing for longer shall not talk of the past
CLOCKS_PER_BEAT = CLOCK_RATE_HZ // 50
TIME_BASE = Fraction(1, CLOCK_RATE_HZ)


class MouthTrack(MediaStreamTrack):
    """An audio track that is silent until it is given frames; silence costs no packets.

    ``beats`` tells the time in frames: what is said after a pause is said at its right time (RFC 3550 5.1).
    """

    kind = "audio"

    def __init__(self, *, beats: Callable[[], int], counters: WebRtcCounters) -> None:
        super().__init__()
        self._beats = beats
        self._counters = counters
        self._frames: asyncio.Queue[tuple[int, bytes]] = asyncio.Queue(maxsize=FRAMES_WAITING)
        self._voice = OpusVoice()
        self._began_at = beats()

    def send(self, pcm: bytes) -> None:
        """Say 20 ms of the line's rate; when nobody takes it, the oldest is dropped."""
        if self._frames.full():
            self._drop()
            self._counters.frames_unsent += 1
        self._frames.put_nowait((self._beats(), pcm))

    def hush(self) -> None:
        """Forget what was not sent yet."""
        while not self._frames.empty():
            self._drop()

    async def all_taken(self) -> None:
        """Return when nothing waits any more."""
        await self._frames.join()

    async def recv(self) -> "Packet[Stream]":
        position, pcm = await self._frames.get()
        self._frames.task_done()
        packet = Packet(self._voice.encode(pcm))
        packet.pts = (position - self._began_at) * CLOCKS_PER_BEAT
        packet.time_base = TIME_BASE
        return packet

    def _drop(self) -> None:
        self._frames.get_nowait()
        self._frames.task_done()
