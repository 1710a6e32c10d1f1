"""Hear what a far side says on an open line: a speech lasts until it is silent for a while."""

import asyncio

from domain.audio import SAMPLE_BYTES, GapCause, Speech, samples_from_ms

PAUSE_MS = 300
LONGEST_S = 60
SPEECHES_WAITING = 64


class Ear:
    """A ``SoundSink`` that takes 16-bit samples. What nobody fetches is lost when ``SPEECHES_WAITING`` wait."""

    def __init__(self, *, sample_rate_hz: int) -> None:
        self._rate_hz = sample_rate_hz
        self._heard = bytearray()
        self._quiet_bytes = 0
        self._pause_bytes = SAMPLE_BYTES * samples_from_ms(PAUSE_MS, sample_rate_hz)
        self._speeches: asyncio.Queue[Speech] = asyncio.Queue(maxsize=SPEECHES_WAITING)
        self.keys: list[str] = []

    async def speech(self) -> Speech:
        """The next thing that was said, once it has paused."""
        return await self._speeches.get()

    def hear(self, sound: bytes) -> None:
        is_silent = not sound.strip(b"\0")
        self._quiet_bytes = self._quiet_bytes + len(sound) if is_silent else 0
        if self._heard or not is_silent:
            self._heard += sound
        is_too_long = len(self._heard) >= SAMPLE_BYTES * self._rate_hz * LONGEST_S
        if self._heard and (self._quiet_bytes >= self._pause_bytes or is_too_long):
            self._hand_on()

    def miss(self, samples: int, cause: GapCause) -> None:
        self.hear(bytes(SAMPLE_BYTES * samples))

    def press(self, key: str) -> None:
        self.keys.append(key)

    def _hand_on(self) -> None:
        said = bytes(self._heard[: len(self._heard) - self._quiet_bytes])
        self._heard.clear()
        self._quiet_bytes = 0
        if not self._speeches.full():
            self._speeches.put_nowait(Speech(pcm=said, sample_rate_hz=self._rate_hz))
