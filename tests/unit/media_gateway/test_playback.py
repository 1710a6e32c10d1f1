"""We speak one thing after the other, know when it was heard, and can be stopped in the middle."""

import asyncio

import pytest

from domain.audio import Speech
from domain.errors import NotFound
from domain.ids import CallId
from media_gateway.playback import Playback
from tests.fakes.clock import FakeClock
from tests.fakes.far_side import FakeFarSide

HOUR_MS = 3_600_000


class KeptVoice:
    """What would be recorded of our voice."""

    def __init__(self) -> None:
        self.said: list[bytes] = []
        self.hushed = 0

    def say(self, pcm: bytes) -> None:
        self.said.append(pcm)

    def hush(self) -> None:
        self.hushed += 1


class Stage:
    def __init__(self, *, reports_played: bool = True, max_play_bytes: int = 450_000) -> None:
        self.clock = FakeClock()
        self.far_side = FakeFarSide(reports_played=reports_played, max_play_bytes=max_play_bytes)
        self.voice = KeptVoice()
        self.playback = Playback(
            call_id=CallId("call"),
            far_side=self.far_side,
            sample_rate_hz=8_000,
            voice=self.voice,
            clock=self.clock,
            grace_ms=HOUR_MS,
        )


def speech(ms: int, *, rate_hz: int = 8_000) -> Speech:
    return Speech(pcm=b"\1\0" * (ms * rate_hz // 1000), sample_rate_hz=rate_hz)


async def test_play_returns_when_the_far_side_has_heard_it() -> None:
    stage = Stage()
    async with asyncio.TaskGroup() as group:
        playing = group.create_task(stage.playback.play(speech(20_000)))
        await stage.far_side.until_asked(1)
        assert not playing.done()
        stage.playback.heard(stage.far_side.played[0].play_id)

    assert stage.voice.said == [speech(20_000).pcm]


async def test_a_far_side_that_never_tells_is_given_the_speechs_own_length() -> None:
    stage = Stage(reports_played=False)

    await stage.playback.play(speech(10))

    assert len(stage.far_side.played) == 1


async def test_speech_is_played_at_the_rate_of_the_call() -> None:
    stage = Stage(reports_played=False)

    await stage.playback.play(speech(10, rate_hz=24_000))

    assert stage.far_side.played[0].sample_rate_hz == 8_000
    assert len(stage.far_side.played[0].pcm) == 160


async def test_a_long_speech_goes_in_pieces_the_wire_can_take() -> None:
    stage = Stage(reports_played=False, max_play_bytes=100)

    await stage.playback.play(speech(10))

    assert [len(request.pcm) for request in stage.far_side.played] == [100, 60]
    assert len({request.play_id for request in stage.far_side.played}) == 2


async def test_stopping_ends_what_plays_and_what_waits() -> None:
    stage = Stage()
    async with asyncio.TaskGroup() as group:
        group.create_task(stage.playback.play(speech(20_000)))
        group.create_task(stage.playback.play(speech(20_000)))
        await stage.far_side.until_asked(1)
        await stage.playback.stop()

    assert len(stage.far_side.played) == 1
    assert stage.far_side.stops == 1
    assert stage.voice.hushed == 1


async def test_stopping_when_nothing_plays_asks_nothing_of_the_wire() -> None:
    stage = Stage()

    await stage.playback.stop()

    assert stage.far_side.stops == 0


async def test_a_late_word_about_a_stopped_piece_does_not_end_the_next_one() -> None:
    stage = Stage()
    async with asyncio.TaskGroup() as group:
        group.create_task(stage.playback.play(speech(20_000)))
        await stage.far_side.until_asked(1)
        await stage.playback.stop()
        second = group.create_task(stage.playback.play(speech(20_000)))
        await stage.far_side.until_asked(2)

        stage.playback.heard(stage.far_side.played[0].play_id)
        stage.playback.heard(None)
        await asyncio.sleep(0)
        assert not second.done()

        stage.clock.advance(20_000)
        stage.playback.heard(None)


async def test_when_the_call_ends_whoever_speaks_is_told() -> None:
    stage = Stage()
    async with asyncio.TaskGroup() as group:
        playing = group.create_task(refused(stage))
        await stage.far_side.until_asked(1)
        stage.playback.end()

    assert playing.result() == "media_gateway.call_ended"
    with pytest.raises(NotFound):
        await stage.playback.play(speech(10))


async def refused(stage: Stage) -> str:
    with pytest.raises(NotFound) as raised:
        await stage.playback.play(speech(20_000))
    return raised.value.code
