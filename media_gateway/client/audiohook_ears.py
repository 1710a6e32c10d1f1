"""Hear what an AudioHook bot says, and report when it begins and ends, as Genesys does."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from domain.audio import Speech
from media_gateway.codecs import Encoding, decoded
from media_gateway.wires.audiohook_media import RATE_HZ

PACKETS_WAITING = 300

Heard = Callable[[Speech], Awaitable[None]]
Report = Callable[[str], Awaitable[None]]


class AudioHookEars:
    """Packets sound one after the other, each as long as it is."""

    def __init__(self, *, on_speech: Heard | None, report: Report) -> None:
        self._on_speech = on_speech
        self._report = report
        self._packets: deque[bytes] = deque(maxlen=PACKETS_WAITING)
        self._news = asyncio.Event()
        self._hushed = asyncio.Event()

    def take(self, packet: bytes) -> None:
        self._packets.append(packet)
        self._news.set()

    def hush(self) -> None:
        """Barge-in: what waits is not heard, and what sounds stops."""
        self._packets.clear()
        self._hushed.set()

    async def play(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            if self._packets:
                await self._report("playback_started")
                await self._sound()
                await self._report("playback_completed")

    async def _sound(self) -> None:
        self._hushed.clear()
        while self._packets and not self._hushed.is_set():
            pcm = decoded(self._packets.popleft(), Encoding.PCMU)
            speech = Speech(pcm=pcm, sample_rate_hz=RATE_HZ)
            if self._on_speech is not None:
                await self._on_speech(speech)
            try:
                async with asyncio.timeout(speech.duration_ms / 1000):
                    await self._hushed.wait()
            except TimeoutError:
                continue
