"""We speak into an AudioSocket at the beat, in the frames we were sent, and never pile up what is not taken."""

import asyncio

import pytest

from domain.call import EndReason
from domain.errors import NotFound
from media_gateway.audiosocket import frames
from media_gateway.audiosocket.counters import AudioSocketCounters
from media_gateway.audiosocket.voice import AudioSocketVoice
from media_gateway.codecs import Encoding, pcm16_to_alaw
from media_gateway.ending import Ending
from tests.fakes.metronome import HandMetronome
from tests.fakes.sound import tone

HANG_UP = frames.frame(frames.HANG_UP)


class FakeTransport(asyncio.Transport):
    """Takes what is written, unless it is told that nobody reads."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = b""
        self.unsent_bytes = 0
        self.is_closed = False
        self.is_aborted = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.sent += data

    def get_write_buffer_size(self) -> int:
        return self.unsent_bytes

    def is_closing(self) -> bool:
        return self.is_closed

    def close(self) -> None:
        self.is_closed = True

    def abort(self) -> None:
        self.is_aborted = True


class Stage:
    """A voice, the beat it speaks to and the wire it speaks into."""

    def __init__(
        self, *, is_bridged: bool = True, encoding: Encoding = Encoding.L16, close_ms: int = 1_000
    ) -> None:
        self.metronome = HandMetronome()
        self.wire = FakeTransport()
        self.counters = AudioSocketCounters()
        self.voice = AudioSocketVoice(
            self.wire,
            is_bridged=is_bridged,
            kind=0x12,
            sample_rate_hz=8_000,
            encoding=encoding,
            metronome=self.metronome,
            counters=self.counters,
            unsent_ms=60,
            close_ms=close_ms,
        )

    async def say(self, pcm: bytes, *, beats: int) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.voice.play(pcm, sample_rate_hz=8_000, play_id="p"))
            await asyncio.sleep(0)
            self.metronome.beat(beats)
            await self.voice.stop_playing()


async def test_one_frame_leaves_at_each_beat_and_never_more() -> None:
    stage, speech = Stage(), tone(1_000)

    await stage.say(speech, beats=3)

    assert stage.wire.sent == b"".join(
        frames.frame(0x12, speech[at : at + 320]) for at in (0, 320, 640)
    )


async def test_nothing_is_sent_after_a_barge_in() -> None:
    stage = Stage()
    await stage.say(tone(1_000), beats=2)
    sent = stage.wire.sent

    stage.metronome.beat(10)

    assert stage.wire.sent == sent


async def test_what_is_not_taken_within_60_ms_is_left_out_and_counted() -> None:
    stage = Stage()
    stage.wire.unsent_bytes = 3 * 323

    await stage.say(tone(100), beats=5)

    assert stage.wire.sent == b""
    assert stage.counters.unsent_frames == 5


async def test_it_speaks_the_encoding_of_its_listener() -> None:
    stage, speech = Stage(encoding=Encoding.PCMA), tone(20)

    await stage.say(speech, beats=1)

    assert stage.wire.sent == frames.frame(0x12, pcm16_to_alaw(speech))


async def test_only_a_bridged_leg_hears_the_others() -> None:
    assert Stage(is_bridged=True).voice.mouthpiece is not None
    assert Stage(is_bridged=False).voice.mouthpiece is None


async def test_goodbye_is_said_once_and_nothing_after_it() -> None:
    stage = Stage()

    await stage.voice.hang_up()
    await stage.say(tone(40), beats=2)
    await stage.voice.close(Ending(reason=EndReason.WE_HUNG_UP))
    await stage.voice.close(Ending(reason=EndReason.WE_HUNG_UP))

    assert stage.wire.sent == HANG_UP
    assert stage.wire.is_closed


async def test_a_wire_that_does_not_take_the_goodbye_is_dropped() -> None:
    stage = Stage(close_ms=1)

    await stage.voice.close(Ending(reason=EndReason.DRAINED))
    await asyncio.sleep(0.01)

    assert stage.wire.is_aborted


async def test_nobody_hears_us_on_a_wire_that_is_gone() -> None:
    stage = Stage()
    stage.wire.is_closed = True

    with pytest.raises(NotFound):
        await stage.voice.play(tone(20), sample_rate_hz=8_000, play_id="p")
    with pytest.raises(NotFound):
        await stage.voice.hang_up()
    await stage.voice.close(Ending(reason=EndReason.VANISHED))

    assert stage.wire.sent == b""
