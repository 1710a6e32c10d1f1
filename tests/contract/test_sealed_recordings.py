"""Hold sealed recordings to the contract of plain ones, and to their own: no key, no sound; no change unnoticed."""

import errno
import io
import json
import os
import wave
from pathlib import Path

import pytest

from domain.audio import Leg
from domain.errors import InputError, Refused, StorageError
from storage.recordings import FileRecordings
from storage.seal import HEADER_BYTES, TAG_BYTES
from tests.contract.recording_store import CALL, RecordingStoreContract
from tests.contract.test_file_recordings import kill_while_writing, wav_of
from tests.fakes.clock import FakeClock

KEY = bytes(range(32))
OTHER_KEY = bytes(32)
RECORD = 16_000 + TAG_BYTES
SOUND = bytes(range(256)) * 250  # four seconds


class TestSealedRecordings(RecordingStoreContract):
    @pytest.fixture(autouse=True)
    def _here(self, tmp_path: Path) -> None:
        self.root = tmp_path

    def store(self, key: bytes | None = KEY) -> FileRecordings:
        return FileRecordings(self.root, clock=FakeClock(), key=key)

    @property
    def name(self) -> str:
        return self.store().key(CALL, Leg.CALLER)

    @property
    def path(self) -> Path:
        return self.root / (self.name + ".sealed")

    async def keep(self, sound: bytes = SOUND, *, key: bytes | None = KEY) -> None:
        writer = await self.store(key).create(CALL, Leg.CALLER, 8_000)
        for start in range(0, len(sound), 8_000):
            await writer.write(sound[start : start + 8_000])
        await writer.close()

    async def test_no_sound_is_on_the_disk_in_the_clear(self) -> None:
        await self.keep(b"a secret" * 2_000)

        for file in self.path.parent.iterdir():
            assert b"secret" not in file.read_bytes()
        assert not (self.root / self.name).exists()

    async def test_a_player_gets_plain_wav(self) -> None:
        await self.keep()

        with wave.open(io.BytesIO(await wav_of(self.store(), self.name)), "rb") as player:
            assert player.getframerate() == 8_000
            assert player.readframes(player.getnframes()) == SOUND

    @pytest.mark.parametrize("seconds", [0, 1, 1.5, 4])
    async def test_any_range_is_the_same_as_of_the_plain_file(self, seconds: float) -> None:
        sound = os.urandom(int(seconds * 8_000) * 2)
        await self.keep(sound)
        store = self.store()
        whole = await wav_of(store, self.name)
        recording = await store.find(self.name)

        assert whole[44:] == sound
        for start, stop in (
            (0, 10),
            (40, 46),
            (16_043, 16_045),
            (15_000, 40_000),
            (44, len(whole)),
        ):
            parts = [block async for block in store.file_bytes(recording, start, stop)]
            assert b"".join(parts) == whole[start:stop]

    async def test_a_killed_process_leaves_everything_up_to_the_last_whole_second(self) -> None:
        kill_while_writing(self.root, KEY)

        kept = (await self.store().read(self.name)).pcm

        assert kept == b"\1\0" * (len(kept) // 2)
        assert len(kept) in (9 * 16_000, 10 * 16_000)

    async def test_a_record_that_was_half_written_when_the_power_went_is_left_out(self) -> None:
        kill_while_writing(self.root, KEY)
        os.truncate(self.path, HEADER_BYTES + 3 * RECORD + 777)

        assert (await self.store().read(self.name)).pcm == b"\1\0" * 24_000

    async def test_another_key_is_said_in_one_sentence(self) -> None:
        await self.keep()

        with pytest.raises(StorageError, match="sealed with another key") as wrong:
            await self.store(OTHER_KEY).find(self.name)
        with pytest.raises(StorageError, match="set the recording key it was made with") as none:
            await self.store(None).find(self.name)

        assert (wrong.value.code, none.value.code) == ("recordings.wrong_key", "recordings.sealed")

    @pytest.mark.parametrize(
        ("at", "says"),
        [
            (HEADER_BYTES, "second 0"),
            (HEADER_BYTES + RECORD + 5, "second 1"),
            (HEADER_BYTES + 4 * RECORD - 1, "second 3"),
            (HEADER_BYTES + 4 * RECORD, "the end"),
            (8, "header"),
            (0, "no header"),
            (20, "another key"),
        ],
    )
    async def test_one_changed_bit_is_noticed(self, at: int, says: str) -> None:
        await self.keep()
        content = bytearray(self.path.read_bytes())
        content[at] ^= 1
        self.path.write_bytes(content)

        with pytest.raises(StorageError, match=says):
            await self.store().read(self.name)

    async def test_seconds_that_changed_places_are_noticed(self) -> None:
        await self.keep()
        content = self.path.read_bytes()
        records = [content[HEADER_BYTES + n * RECORD :][:RECORD] for n in range(5)]
        swapped = [records[1], records[0], *records[2:]]
        self.path.write_bytes(content[:HEADER_BYTES] + b"".join(swapped))

        with pytest.raises(StorageError, match="second 0"):
            await self.store().read(self.name)

    async def test_a_closed_recording_cannot_be_cut_short_unnoticed(self) -> None:
        await self.keep()
        os.truncate(self.path, HEADER_BYTES + 2 * RECORD)

        with pytest.raises(StorageError, match="is missing or was changed"):
            await self.store().find(self.name)

    async def test_the_same_sound_twice_looks_different(self) -> None:
        await self.keep()
        writer = await self.store().create(CALL, Leg.AGENT, 8_000)
        await writer.write(SOUND)
        await writer.close()

        first, second = (
            file.read_bytes()[HEADER_BYTES:] for file in self.path.parent.glob("*.sealed")
        )
        assert first[:16] != second[:16]

    async def test_recordings_made_before_there_was_a_key_stay_readable(self) -> None:
        await self.keep(key=None)

        assert (await self.store().read(self.name)).pcm == SOUND
        with pytest.raises(Refused, match="recorded before"):
            await self.store().create(CALL, Leg.CALLER, 8_000)

    async def test_a_recording_can_be_heard_while_it_grows(self) -> None:
        writer = await self.store().create(CALL, Leg.CALLER, 8_000)
        for _ in range(3):
            await writer.write(bytes(20_000))

        assert len((await self.store().read(self.name)).pcm) == 32_000
        await writer.close()
        assert len((await self.store().read(self.name)).pcm) == 60_000

    async def test_a_full_disk_leaves_no_shift_in_time(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        writer = await self.store().create(CALL, Leg.CALLER, 8_000)
        await writer.write(b"\1\0" * 8_000)
        pwrite = os.pwrite

        def half_then_full(file: int, content: bytes, offset: int) -> int:
            pwrite(file, content[:100], offset)
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(os, "pwrite", half_then_full)
        with pytest.raises(StorageError, match="disk is full"):
            await writer.write(b"\2\0" * 4_000)
        monkeypatch.undo()
        await writer.write(b"\3\0" * 4_000)
        await writer.close()

        assert (await self.store().read(self.name)).pcm == b"\1\0" * 8_000 + b"\3\0" * 4_000

    async def test_the_index_is_kept_as_for_a_plain_file(self) -> None:
        await self.keep()

        index = json.loads((self.root / self.name).with_suffix(".json").read_text())
        assert (index["samples"], index["complete"]) == (32_000, True)

    def test_a_key_of_another_length_is_refused(self) -> None:
        with pytest.raises(InputError, match="32 bytes, got 5"):
            self.store(b"short")
