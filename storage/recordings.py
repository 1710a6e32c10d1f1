"""Keep recordings as files: one lossless WAV per leg and a small index beside it."""

import asyncio
import json
import os
import re
import wave
from collections.abc import AsyncIterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from domain.audio import SAMPLE_BYTES, Leg, Speech, samples_from_ms
from domain.errors import InputError, NotFound, Refused, StorageError
from domain.ids import CallId
from domain.ports import Clock
from storage.faults import file_fault, naming_file_faults
from storage.settings import DEFAULT, StorageSettings
from storage.wav_file import HEADER_BYTES, GrowingWav, wav_header

_CALL_ID = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}")
_KEY = re.compile(rf"[0-9a-f]{{2}}/{_CALL_ID.pattern}/[a-z]+\.wav")
_BLOCK_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A recording as it stands now; it may still be growing."""

    path: Path
    sample_rate_hz: int
    pcm_bytes: int

    @property
    def file_bytes(self) -> int:
        return HEADER_BYTES + self.pcm_bytes


class FileRecordings:
    """A RecordingStore in ``<root>/<two letters>/<call id>/<leg>.wav``; the letters keep directories small.

    While a leg is recorded its file is never more than ``recording_block_ms`` behind, header included, so a
    killed process leaves files that play. The index says when the first sample came and whether the leg was
    closed in order; holes in the sound are facts in the event log (RecordingGapMarked).
    """

    def __init__(self, root: Path, *, clock: Clock, settings: StorageSettings = DEFAULT) -> None:
        self._root = root
        self._clock = clock
        self._block_ms = settings.recording_block_ms

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
        if await asyncio.to_thread(path.exists):
            raise Refused(
                "recordings.exists",
                f"the {leg} leg of call {call_id} was recorded before; a recording is never overwritten",
            )
        wav = await asyncio.to_thread(GrowingWav, path, sample_rate_hz)
        block_bytes = samples_from_ms(self._block_ms, sample_rate_hz) * SAMPLE_BYTES
        writer = FileRecordingWriter(wav, index, block_bytes)
        await asyncio.to_thread(index.write, samples=0, complete=False)
        return writer

    async def find(self, key: str) -> Recording:
        """Look at a recording without reading it. Raises NotFound."""
        if not _KEY.fullmatch(key):
            raise NotFound("recordings.unknown", "there is no such recording")
        return await asyncio.to_thread(_look_at, self._root / key)

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

    def __init__(self, wav: GrowingWav, index: "RecordingIndex", block_bytes: int) -> None:
        self._wav = wav
        self._index = index
        self._block_bytes = block_bytes
        self._waiting = bytearray()

    async def write(self, pcm: bytes) -> None:
        """Raises StorageError when the disk refuses; writing again later goes on at the same place."""
        if len(self._waiting) >= self._block_bytes:
            await asyncio.to_thread(self._wav.take, self._waiting)
        self._waiting += pcm

    async def close(self) -> None:
        """Write what is waiting and say that the leg is complete. Twice is fine."""
        try:
            await asyncio.to_thread(self._wav.take, self._waiting)
            await asyncio.to_thread(
                self._index.write, samples=self._wav.pcm_bytes // SAMPLE_BYTES, complete=True
            )
        finally:
            await asyncio.to_thread(self._wav.close)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingIndex:
    """The few facts beside a WAV file, replaced as a whole so that no reader sees half of them."""

    path: Path
    call_id: CallId
    leg: Leg
    sample_rate_hz: int
    started_at: str

    def write(self, *, samples: int, complete: bool) -> None:
        """Raises StorageError."""
        facts = {
            "call_id": self.call_id,
            "leg": self.leg,
            "sample_rate_hz": self.sample_rate_hz,
            "started_at": self.started_at,
            "samples": samples,
            "complete": complete,
        }
        fresh = self.path.with_suffix(".json.new")
        with naming_file_faults(self.path):
            fresh.write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
            os.replace(fresh, self.path)


def _look_at(path: Path) -> Recording:
    """The header may be one block behind after a crash, so the length is the file's own."""
    try:
        with wave.open(str(path), "rb") as header:
            rate_hz = header.getframerate()
        pcm_bytes = path.stat().st_size - HEADER_BYTES
    except FileNotFoundError as error:
        raise NotFound("recordings.unknown", "there is no such recording") from error
    except OSError as error:
        raise file_fault(error, path) from error
    except (wave.Error, EOFError) as error:
        raise StorageError(
            "recordings.damaged",
            f"{path.name} is not a recording of ours; restore it from a backup",
        ) from error
    return Recording(
        path=path, sample_rate_hz=rate_hz, pcm_bytes=pcm_bytes - pcm_bytes % SAMPLE_BYTES
    )


def _pcm(recording: Recording, start: int, stop: int) -> bytes:
    with naming_file_faults(recording.path), recording.path.open("rb") as file:
        file.seek(HEADER_BYTES + start)
        return file.read(stop - start)
