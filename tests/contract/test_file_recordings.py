"""Hold the file store to the contract, and to what only files must promise: a crash leaves sound that plays."""

import asyncio
import errno
import json
import os
import signal
import subprocess
import sys
import wave
from pathlib import Path

import pytest

from domain.audio import Leg
from domain.errors import InputError, NotFound, Refused, StorageError
from domain.ids import CallId
from storage.recordings import FileRecordings
from tests.contract.recording_store import CALL, RecordingStoreContract
from tests.fakes.clock import FakeClock

ROOT = Path(__file__).parents[2]

WRITER = """
import asyncio, pathlib, sys
from domain.audio import Leg
from domain.ids import CallId
from storage.recordings import FileRecordings
from tests.fakes.clock import FakeClock

async def main():
    key = bytes.fromhex(sys.argv[2]) or None
    store = FileRecordings(pathlib.Path(sys.argv[1]), clock=FakeClock(), key=key)
    writer = await store.create(CallId("call-1"), Leg.CALLER, 8000)
    for _ in range(501):  # ten seconds and one frame
        await writer.write(b"\\1\\0" * 160)
    sys.stdout.write("written\\n")
    sys.stdout.flush()
    await asyncio.sleep(60)

asyncio.run(main())
"""


def kill_while_writing(root: Path, key: bytes = b"") -> None:
    """Ten seconds and one frame are written by a process of its own, which is then killed."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(root), key.hex()], cwd=ROOT, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"written\n"
        os.kill(writer.pid, signal.SIGKILL)


async def wav_of(store: FileRecordings, key: str) -> bytes:
    recording = await store.find(key)
    return b"".join([b async for b in store.file_bytes(recording, 0, recording.file_bytes)])


class TestFileRecordings(RecordingStoreContract):
    @pytest.fixture(autouse=True)
    def _here(self, tmp_path: Path) -> None:
        self.root = tmp_path

    def store(self) -> FileRecordings:
        return FileRecordings(self.root, clock=FakeClock())

    def path(self, leg: Leg = Leg.CALLER) -> Path:
        return self.root / self.store().key(CALL, leg)

    async def test_the_file_is_a_plain_wav_that_any_player_reads(self) -> None:
        writer = await self.store().create(CALL, Leg.AGENT, 8_000)
        await writer.write(b"\1\0" * 8_000)
        await writer.close()

        with wave.open(str(self.path(Leg.AGENT)), "rb") as player:
            assert (player.getnchannels(), player.getsampwidth(), player.getframerate()) == (
                1,
                2,
                8_000,
            )
            assert player.getnframes() == 8_000
        index = json.loads(self.path(Leg.AGENT).with_suffix(".json").read_text())
        assert index["samples"] == 8_000
        assert index["complete"] is True
        assert index["started_at"].endswith("+00:00")

    def test_a_killed_process_leaves_a_file_that_plays_and_lacks_at_most_a_second(self) -> None:
        kill_while_writing(self.root)

        with wave.open(str(self.path()), "rb") as player:
            kept = player.readframes(player.getnframes())
        assert len(kept) > 9 * 16_000
        assert set(kept[::2]) == {1}
        assert json.loads(self.path().with_suffix(".json").read_text())["complete"] is False

    async def test_a_header_that_is_a_block_behind_is_mended_when_read(self) -> None:
        store = self.store()
        writer = await store.create(CALL, Leg.CALLER, 8_000)
        await writer.write(b"\1\0" * 8_000)
        await writer.close()
        with self.path().open("ab") as file:
            file.write(
                b"\2\0" * 4_000 + b"\3"
            )  # killed between the sound and the header, in the middle of a sample

        recording = await store.find(store.key(CALL, Leg.CALLER))
        file_bytes = b"".join(
            [block async for block in store.file_bytes(recording, 0, recording.file_bytes)]
        )

        (self.root / "copy.wav").write_bytes(file_bytes)
        with wave.open(str(self.root / "copy.wav"), "rb") as player:
            assert player.getnframes() == 12_000

    async def test_any_range_of_the_file_can_be_read_without_reading_the_rest(self) -> None:
        store = self.store()
        writer = await store.create(CALL, Leg.CALLER, 8_000)
        await writer.write(os.urandom(200_000))
        await writer.close()
        recording = await store.find(store.key(CALL, Leg.CALLER))
        whole = self.path().read_bytes()

        for start, stop in (
            (0, 200_044),
            (0, 10),
            (10, 50),
            (44, 45),
            (150_001, 150_777),
            (200_043, 200_044),
        ):
            parts = [block async for block in store.file_bytes(recording, start, stop)]
            assert b"".join(parts) == whole[start:stop]

    async def test_a_full_disk_is_said_in_one_sentence_and_leaves_no_shift_in_time(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store = self.store()
        writer = await store.create(CALL, Leg.CALLER, 8_000)
        await writer.write(b"\1\0" * 4_000)
        pwrite = os.pwrite

        def half_then_full(file: int, content: bytes, offset: int) -> int:
            if len(content) > 100:
                pwrite(file, content[:100], offset)
                raise OSError(errno.ENOSPC, "No space left on device")
            return pwrite(file, content, offset)

        monkeypatch.setattr(os, "pwrite", half_then_full)
        with pytest.raises(StorageError, match="disk is full; free some space"):
            await writer.write(b"\2\0" * 4_000)
        monkeypatch.undo()
        await writer.write(b"\3\0" * 4_000)
        await writer.close()

        kept = (await store.read(store.key(CALL, Leg.CALLER))).pcm
        assert kept == b"\1\0" * 4_000 + b"\3\0" * 4_000

    async def test_a_write_that_was_given_up_is_in_the_file_once(self) -> None:
        store = self.store()
        writer = await store.create(CALL, Leg.CALLER, 8_000)
        await writer.write(b"\1\0" * 4_000)

        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await writer.write(b"\2\0" * 4_000)
        await writer.close()

        assert (await store.read(store.key(CALL, Leg.CALLER))).pcm == b"\1\0" * 4_000

    async def test_a_directory_that_cannot_be_written_is_said_in_one_sentence(self) -> None:
        (self.root / "file").write_text("not a directory")
        store = FileRecordings(self.root / "file", clock=FakeClock())

        with pytest.raises(StorageError, match="a file stands where a directory should be"):
            await store.create(CALL, Leg.CALLER, 8_000)

    async def test_a_disk_that_is_full_at_the_beginning_leaves_nothing_and_one_may_try_again(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(file: int, content: bytes, offset: int) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(os, "pwrite", full)
        with pytest.raises(StorageError, match="disk is full"):
            await self.store().create(CALL, Leg.CALLER, 8_000)
        monkeypatch.undo()

        await (await self.store().create(CALL, Leg.CALLER, 8_000)).close()

    async def test_the_second_agent_has_a_recording_of_his_own(self) -> None:
        store = self.store()
        writer = await store.create(CALL, Leg.AGENT_2, 8_000)
        await writer.write(b"\1\0")
        await writer.close()

        assert (await store.read(store.key(CALL, Leg.AGENT_2))).pcm == b"\1\0"

    async def test_a_recording_is_never_overwritten(self) -> None:
        await (await self.store().create(CALL, Leg.CALLER, 8_000)).close()

        with pytest.raises(Refused, match="recorded before"):
            await self.store().create(CALL, Leg.CALLER, 8_000)

    @pytest.mark.parametrize("call_id", ["../../etc", "a/b", "", ".hidden", "x" * 200, "a\0b"])
    def test_a_call_id_cannot_climb_out_of_the_directory(self, call_id: str) -> None:
        with pytest.raises(InputError):
            self.store().key(CallId(call_id), Leg.CALLER)

    @pytest.mark.parametrize(
        "key", ["../../etc/passwd", "/etc/passwd", "ab/../x.wav", "ab/c/caller.json"]
    )
    async def test_a_key_cannot_climb_out_of_the_directory(self, key: str) -> None:
        with pytest.raises(NotFound):
            await self.store().find(key)
