"""The disk is full: calls over every wire go on, recognition hears them whole, and every hole in a file is marked."""

import wave
from pathlib import Path

from domain.audio import GapCause, Leg
from domain.call import EndReason
from media_gateway.client.recording import Recording
from tests.e2e.own_disk import needs_own_disk, on_tiny_disk, seen_by
from tests.fakes.gateway import KeepingListener
from tests.fakes.recording_store import MemoryRecordings
from tests.fakes.sound import noise
from tests.faults.house import fault_house
from tests.faults.product import running, served
from tests.faults.talks import WORDS_MS, talking, undisturbed
from tests.faults.wires import AUDIO_FORK, EVERY_WIRE, STREAM_WIRES, FaultWire, HeadStart, over

TINY_BYTES = 96 * 1024
BLOCK_BYTES = 16_000  # a file is never further behind its call


@over(*EVERY_WIRE)
async def test_a_full_disk_holds_up_no_wire(wire: FaultWire) -> None:
    disk = MemoryRecordings()
    disk.is_full = True

    async with fault_house(recordings=disk) as house:
        async with undisturbed(house, is_recorded=False), talking(house, wire) as talk:
            await talk.is_heard()
        ended = await talk.ended()
    marks = house.gaps(talk.call_id, "recorder")

    assert (ended.reason, ended.detail) == (EndReason.HUNG_UP, None)
    assert [mark.cause for mark in marks] == [GapCause.DISK]
    assert (marks[0].start_ms, marks[0].end_ms) == (0, ended.duration_ms)


@over(*STREAM_WIRES)
async def test_what_a_full_disk_refused_is_silence_of_the_same_length_and_recognition_missed_nothing(
    wire: FaultWire,
) -> None:
    disk, engine = MemoryRecordings(), KeepingListener()

    async with fault_house(
        recordings=disk, listeners={"asr": engine}, recorder_block_ms=100, recorder_retry_ms=100
    ) as house:
        async with talking(house, wire) as talk:
            disk.is_full = True
            await talk.is_heard()
            disk.is_full = False
            await talk.goes_on(1_000)
        ended = await talk.ended()
    marks = house.gaps(talk.call_id, "recorder")
    kept, sound = talk.kept(), talk.sound

    assert engine.heard[talk.call_id, Leg.CALLER].pcm == sound
    assert len(kept) == len(sound)
    assert marks
    assert marks[0].end_ms > WORDS_MS / 2
    for mark in marks:
        hole = slice(16 * mark.start_ms, 16 * mark.end_ms)
        assert not any(kept[hole])
        sound = sound[: hole.start] + bytes(len(kept[hole])) + sound[hole.stop :]
    assert kept == sound
    assert {mark.cause for mark in marks} == {GapCause.DISK}
    assert ended.reason is EndReason.HUNG_UP


@needs_own_disk
async def test_a_real_disk_that_fills_up_leaves_a_file_that_plays_and_a_mark(
    tmp_path: Path,
) -> None:
    words = noise(9_000)

    async with running(on_tiny_disk(tmp_path, TINY_BYTES, served(tmp_path))) as product:
        call = AUDIO_FORK.new_call(product, "long", pacer=HeadStart(9.0))
        farewell = await call.run(Recording(legs=(words,), sample_rate_hz=8_000))
        call_id = (await product.state()).started["long"]
        state = await product.until(lambda state: call_id in state.ended)
        (file,) = seen_by(product.process.pid, tmp_path).glob("*/*/caller.wav")
        with wave.open(str(file), "rb") as kept:
            sound = kept.readframes(kept.getnframes())
    gaps = [gap for gap in state.gaps if gap[0] == call_id]

    assert farewell.said_goodbye
    assert state.ended[call_id] is EndReason.HUNG_UP
    assert state.heard[call_id] == len(words) // 2
    assert [(listener, cause, end_ms) for _, listener, cause, _, end_ms in gaps] == [
        ("recorder", GapCause.DISK, 9_000)
    ]
    assert sound == words[: len(sound)]
    assert 0 <= 16 * gaps[0][3] - len(sound) <= BLOCK_BYTES
    assert TINY_BYTES / 2 < len(sound) < TINY_BYTES
