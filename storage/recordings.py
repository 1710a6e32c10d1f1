"""Keep recordings as files: one lossless WAV per leg and a small index beside it."""

import asyncio
import logging
import re
import wave
from collections.abc import AsyncIterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from domain.audio import SAMPLE_BYTES, Leg, Speech, samples_from_ms
from domain.errors import InputError, NotFound, Refused, StorageError
from domain.ids import CallId
from domain.ports import Clock
from storage.faults import file_fault, naming_file_faults
from storage.recording_index import RecordingIndex, SampleTimes, says_complete
from storage.seal import check_key
from storage.sealed_file import GrowingSealedFile, SealedSound
from storage.settings import DEFAULT, StorageSettings
from storage.wav_file import HEADER_BYTES, GrowingWav, wav_header

log = logging.getLogger(__name__)

_CALL_ID = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}")
_KEY = re.compile(rf"[0-9a-f]{{2}}/{_CALL_ID.pattern}/[a-z]+(?:-\d)?\.wav")
_BLOCK_BYTES = 64 * 1024
_SEALED = ".sealed"


class GrowingFile(Protocol):
    """One leg's sound on its way to the disk, plain or sealed."""

    pcm_bytes: int

    def take(self, waiting: bytearray, *, is_last: bool = False) -> None: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A recording as it stands now; it may still be growing."""

    path: Path
    sample_rate_hz: int
    pcm_bytes: int
    sealed: SealedSound | None = None

    @property
    def file_bytes(self) -> int:
        return HEADER_BYTES + self.pcm_bytes


class FileRecordings:
    """A RecordingStore in ``<root>/<two letters>/<call id>/<leg>.wav``; the letters keep directories small.

    While a leg is recorded its file is never more than ``recording_block_ms`` behind, header included, so a
    killed process leaves files that play. With a ``key`` of 32 bytes new recordings are sealed, in ``….wav.sealed``
    and a second behind; those made before stay readable, and everybody who reads gets plain WAV. The index beside
    them says when samples were heard and whether the leg was closed in order; holes in the sound are facts in the
    event log (RecordingGapMarked).
    """

    def __init__(
        self,
        root: Path,
        *,
        clock: Clock,
        settings: StorageSettings = DEFAULT,
        key: bytes | None = None,
    ) -> None:
        """Raises InputError on a key that is not 32 bytes long."""
        check_key(key)
        self._root = root
        self._clock = clock
        self._block_ms = settings.recording_block_ms
        self._key = key

    def key(self, call_id: CallId, leg: Leg) -> str:
        """Raises InputError on an id that cannot name a directory."""
        if not _CALL_ID.fullmatch(call_id):
            raise InputError(
                "recordings.call_id",
                "expected a call id of letters, digits, - and _; choose another id",
            )
        shard = sha256(call_id.encode()).hexdigest()[:2]
        return f"{shard}/{call_id}/{leg}.wav"

    async def create(self, call_id: CallId, leg: Leg, sample_rate_hz: int) -> "FileRecordingWriter":
        """Begin a file. Raises StorageError, and Refused when this leg was recorded before."""
        path = self._root / self.key(call_id, leg)
        index = RecordingIndex(
            path=path.with_suffix(".json"),
            call_id=call_id,
            leg=leg,
            sample_rate_hz=sample_rate_hz,
            started_at=self._clock.now().isoformat(timespec="milliseconds"),
        )
        if await asyncio.to_thread(_on_disk, path) is not None:
            raise Refused(
                "recordings.exists",
                f"the {leg} leg of call {call_id} was recorded before; a recording is never overwritten",
            )
        growing = await asyncio.to_thread(self._growing, path, sample_rate_hz)
        block_ms = self._block_ms if self._key is None else 1_000
        block_bytes = samples_from_ms(block_ms, sample_rate_hz) * SAMPLE_BYTES
        writer = FileRecordingWriter(growing, index, block_bytes, self._clock)
        await asyncio.to_thread(index.write, samples=0, complete=False)
        return writer

    def _growing(self, path: Path, sample_rate_hz: int) -> GrowingFile:
        if self._key is None:
            return GrowingWav(path, sample_rate_hz)
        return GrowingSealedFile(_sealed(path), sample_rate_hz, self._key)

    async def find(self, key: str) -> Recording:
        """Look at a recording without reading it. Raises NotFound, and StorageError when it cannot be read with our key."""
        if not _KEY.fullmatch(key):
            raise NotFound("recordings.unknown", "there is no such recording")
        return await asyncio.to_thread(_look_at, self._root / key, self._key)

    async def read(self, key: str) -> Speech:
        """All of it. Raises NotFound."""
        recording = await self.find(key)
        pcm = await asyncio.to_thread(_pcm, recording, 0, recording.pcm_bytes)
        return Speech(pcm=pcm, sample_rate_hz=recording.sample_rate_hz)

    async def file_bytes(self, recording: Recording, start: int, stop: int) -> AsyncIterator[bytes]:
        """Bytes ``start`` up to ``stop`` of the WAV file, block by block; the header counts what is there."""
        header = wav_header(recording.pcm_bytes, recording.sample_rate_hz)
        if start < HEADER_BYTES:
            yield header[start:stop]
        at, end = max(start - HEADER_BYTES, 0), min(stop, recording.file_bytes) - HEADER_BYTES
        while at < end:
            block = await asyncio.to_thread(_pcm, recording, at, min(end, at + _BLOCK_BYTES))
            if not block:
                raise StorageError(
                    "recordings.shrank", "the recording became shorter while it was read; ask again"
                )
            at += len(block)
            yield block


class FileRecordingWriter:
    """One leg's file while it grows. ``write`` either takes all of the sound or, when it raises, none of it."""

    def __init__(
        self, growing: GrowingFile, index: RecordingIndex, block_bytes: int, clock: Clock
    ) -> None:
        self._growing = growing
        self._index = index
        self._block_bytes = block_bytes
        self._clock = clock
        self._waiting = bytearray()
        self._taken_bytes = 0
        self._is_index_old = False
        self._times = SampleTimes(index.sample_rate_hz)

    @property
    def kept_samples(self) -> int:
        return self._growing.pcm_bytes // SAMPLE_BYTES

    async def write(self, pcm: bytes) -> None:
        """Raises StorageError when the disk refuses; writing again later goes on at the same place."""
        if len(self._waiting) >= self._block_bytes:
            await asyncio.to_thread(self._growing.take, self._waiting)
            await self._refresh_index()
        self._waiting += pcm
        first_sample = self._taken_bytes // SAMPLE_BYTES
        self._taken_bytes += len(pcm)
        if self._times.note(first_sample, len(pcm) // SAMPLE_BYTES, self._clock.now()):
            self._is_index_old = True

    def mark(self) -> None:
        """What is written next follows a gap: its time goes into the index."""
        self._times.want()

    async def close(self) -> None:
        """Write what is waiting and say that the leg is complete. Twice is fine."""
        try:
            await asyncio.to_thread(self._growing.take, self._waiting, is_last=True)
            await self._write_index(complete=True)
        finally:
            await asyncio.to_thread(self._growing.close)

    async def _refresh_index(self) -> None:
        """Once a minute. The sound matters more: a failure waits for the next minute or for ``close``."""
        if not self._is_index_old:
            return
        self._is_index_old = False
        try:
            await self._write_index(complete=False)
        except StorageError as error:
            log.warning("a recording's index cannot be written now", extra={"error": str(error)})

    async def _write_index(self, *, complete: bool) -> None:
        await asyncio.to_thread(
            self._index.write,
            samples=self._growing.pcm_bytes // SAMPLE_BYTES,
            complete=complete,
            times=tuple(self._times.marks),
        )


def _sealed(path: Path) -> Path:
    return path.with_name(path.name + _SEALED)


def _on_disk(path: Path) -> Path | None:
    """The file of a recording, plain or sealed; None when there is neither."""
    return next((file for file in (path, _sealed(path)) if file.exists()), None)


def _look_at(path: Path, key: bytes | None) -> Recording:
    try:
        file = _on_disk(path)
        if file is None:
            raise NotFound("recordings.unknown", "there is no such recording")
        return _look_at_plain(file) if file == path else _look_at_sealed(file, path, key)
    except FileNotFoundError as error:
        raise NotFound("recordings.unknown", "there is no such recording") from error
    except OSError as error:
        raise file_fault(error, path) from error


def _look_at_plain(path: Path) -> Recording:
    """The header may be one block behind after a crash, so the length is the file's own."""
    try:
        with wave.open(str(path), "rb") as header:
            rate_hz = header.getframerate()
    except (wave.Error, EOFError) as error:
        raise StorageError(
            "recordings.damaged",
            f"{path.name} is not a recording of ours; restore it from a backup",
        ) from error
    pcm_bytes = path.stat().st_size - HEADER_BYTES
    return Recording(
        path=path, sample_rate_hz=rate_hz, pcm_bytes=pcm_bytes - pcm_bytes % SAMPLE_BYTES
    )


def _look_at_sealed(file: Path, path: Path, key: bytes | None) -> Recording:
    must_be_whole = says_complete(path.with_suffix(".json"))
    sound = SealedSound(file, key, must_be_whole=must_be_whole)
    return Recording(
        path=file, sample_rate_hz=sound.sample_rate_hz, pcm_bytes=sound.pcm_bytes, sealed=sound
    )


def _pcm(recording: Recording, start: int, stop: int) -> bytes:
    with naming_file_faults(recording.path):
        if recording.sealed is not None:
            return recording.sealed.pcm(start, stop)
        with recording.path.open("rb") as file:
            file.seek(HEADER_BYTES + start)
            return file.read(stop - start)
