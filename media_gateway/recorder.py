"""Write one leg's sound to the recording store, keeping time true whatever the disk does."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable

from domain.audio import SAMPLE_BYTES, AudioFrame, AudioGap, GapCause, Leg, Sound, samples_from_ms
from domain.errors import StorageError
from domain.ids import CallId
from domain.ports import RecordingStore, RecordingWriter

log = logging.getLogger(__name__)


class Recorder:
    """A lossless tap's other end. What could not be written becomes silence of the same length, and is reported.

    ``on_gap`` hears of each hole that was filled, ``on_trouble`` of the disk's first failure. After a failure the disk
    is left alone for ``retry_ms`` of sound and then tried again.
    """

    def __init__(
        self,
        *,
        store: RecordingStore,
        call_id: CallId,
        leg: Leg,
        sample_rate_hz: int,
        retry_ms: int,
        close_ms: int,
        on_gap: Callable[[AudioGap], None],
        on_trouble: Callable[[], None],
    ) -> None:
        self._store = store
        self._call_id = call_id
        self._leg = leg
        self._rate_hz = sample_rate_hz
        self._retry = samples_from_ms(retry_ms, sample_rate_hz)
        self._close_s = close_ms / 1000
        self._on_gap = on_gap
        self._on_trouble = on_trouble
        self._writer: RecordingWriter | None = None
        self._written = 0
        self._heard = 0
        self._hole_at: int | None = None
        self._not_before = 0
        self._in_trouble = False

    def unwritten(self, end_sample: int) -> AudioGap | None:
        """What is missing at the end of the file of a leg that long, however the writing ended."""
        first_sample = self._written if self._hole_at is None else self._hole_at
        return self._gap(first_sample, end_sample) if first_sample < end_sample else None

    async def run(self, sound: AsyncIterator[Sound]) -> int:
        """Write until the sound ends. Returns the samples kept, silence for holes included; 0 when there is no file."""
        try:
            async for piece in sound:
                if isinstance(piece, AudioFrame):
                    await self._keep(piece)
                else:
                    await self._keep_gap(piece)
                self._heard = piece.end_sample
            await self._finish()
        finally:
            await self._close()
        return self._written

    async def _keep(self, frame: AudioFrame) -> None:
        if frame.first_sample < self._not_before:
            return
        try:
            await self._reach(frame.first_sample)
            await self._write(frame.pcm)
        except (OSError, StorageError) as error:
            self._note_trouble(error, retry_at=frame.end_sample + self._retry)

    async def _keep_gap(self, gap: AudioGap) -> None:
        """A hole that came with the sound is told with its own cause."""
        if gap.first_sample < self._not_before:
            return
        try:
            await self._reach(gap.first_sample)
            await self._write_silence(gap.end_sample)
            self._on_gap(gap)
        except (OSError, StorageError) as error:
            self._note_trouble(error, retry_at=gap.end_sample + self._retry)

    async def _finish(self) -> None:
        try:
            await self._reach(self._heard)
        except (OSError, StorageError) as error:
            self._note_trouble(error, retry_at=self._heard)

    async def _reach(self, sample: int) -> None:
        """Fill with silence up to a sample, and report the hole once it is filled."""
        if self._written >= sample:
            return
        if self._hole_at is None:
            self._hole_at = self._written
        await self._write_silence(sample)
        self._on_gap(self._gap(self._hole_at, sample))
        self._hole_at = None

    async def _write_silence(self, until_sample: int) -> None:
        while self._written < until_sample:
            left = min(until_sample - self._written, self._rate_hz)
            await self._write(bytes(left * SAMPLE_BYTES))
        if self._writer is not None:
            self._writer.mark()

    async def _write(self, pcm: bytes) -> None:
        if self._writer is None:
            self._writer = await self._store.create(self._call_id, self._leg, self._rate_hz)
        await self._writer.write(pcm)
        self._written += len(pcm) // SAMPLE_BYTES

    async def _close(self) -> None:
        if self._writer is None:
            return
        try:
            async with asyncio.timeout(self._close_s):
                await self._writer.close()
        except (OSError, StorageError) as error:  # a timeout is an OSError
            self._note_trouble(error, retry_at=self._heard)
            self._take_back(self._writer.kept_samples)

    def _take_back(self, kept_samples: int) -> None:
        """What was still on its way to the disk did not arrive."""
        self._written = min(self._written, kept_samples)
        if self._hole_at is not None:
            self._hole_at = min(self._hole_at, kept_samples)

    def _note_trouble(self, error: Exception, *, retry_at: int) -> None:
        self._not_before = retry_at
        if self._hole_at is None:
            self._hole_at = self._written
        if self._in_trouble:
            return
        self._in_trouble = True
        self._on_trouble()
        log.error(
            "a recording cannot be written, the call goes on; check the disk under the data directory",
            extra={"call_id": self._call_id, "leg": self._leg, "error": str(error)},
        )

    def _gap(self, first_sample: int, end_sample: int) -> AudioGap:
        return AudioGap(
            call_id=self._call_id,
            leg=self._leg,
            first_sample=first_sample,
            samples=end_sample - first_sample,
            sample_rate_hz=self._rate_hz,
            cause=GapCause.DISK,
        )
