"""Keep recordings in memory, on a disk that a test can fill up or hang."""

import asyncio
import errno

from domain.audio import Leg, Speech
from domain.errors import NotFound, StorageError
from domain.ids import CallId


class MemoryRecordings:
    """A RecordingStore. While ``is_full`` every write fails; while ``hangs`` none returns."""

    def __init__(self) -> None:
        self.sound: dict[str, bytearray] = {}
        self.rates_hz: dict[str, int] = {}
        self.closed: list[str] = []
        self.marked: list[tuple[str, int]] = []
        self.is_full = False
        self.hangs = False
        self.attempts = 0

    def key(self, call_id: CallId, leg: Leg) -> str:
        return f"{call_id}/{leg}"

    async def create(self, call_id: CallId, leg: Leg, sample_rate_hz: int) -> "MemoryWriter":
        await self.disk()
        key = self.key(call_id, leg)
        self.sound[key] = bytearray()
        self.rates_hz[key] = sample_rate_hz
        return MemoryWriter(self, key)

    async def read(self, key: str) -> Speech:
        if key not in self.sound:
            raise NotFound("recordings.unknown", f"there is no recording {key}")
        return Speech(pcm=bytes(self.sound[key]), sample_rate_hz=self.rates_hz[key])

    async def disk(self) -> None:
        self.attempts += 1
        if self.hangs:
            await asyncio.Event().wait()
        if self.is_full:
            raise StorageError(
                "recordings.disk_full", "the disk is full; free some space"
            ) from OSError(errno.ENOSPC, "No space left on device")


class MemoryWriter:
    """One leg's sound while it grows."""

    def __init__(self, store: MemoryRecordings, key: str) -> None:
        self._store = store
        self._key = key

    @property
    def kept_samples(self) -> int:
        return len(self._store.sound[self._key]) // 2

    def mark(self) -> None:
        self._store.marked.append((self._key, len(self._store.sound[self._key]) // 2))

    async def write(self, pcm: bytes) -> None:
        await self._store.disk()
        self._store.sound[self._key] += pcm

    async def close(self) -> None:
        if self._key not in self._store.closed:
            self._store.closed.append(self._key)
