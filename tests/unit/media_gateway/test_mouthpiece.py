"""A mouthpiece says prompts over the bridge, a frame a beat, and stops at once."""

import asyncio

import numpy as np
import pytest

from domain.errors import InputError, Refused
from media_gateway.mouthpiece import MOST_WAITING, Idle, Mouthpiece
from tests.fakes.metronome import HandMetronome

FRAME = 320  # bytes of 20 ms at 8 kHz


def pcm(samples: int, value: int) -> bytes:
    return np.full(samples, value, dtype="<i2").tobytes()


class Stage:
    """One mouthpiece, its metronome and what it sent."""

    def __init__(self, *, rate_hz: int = 8_000, when_idle: Idle = Idle.NOTHING) -> None:
        self.metronome = HandMetronome()
        self.sent: list[bytes] = []
        self.mouthpiece = Mouthpiece(
            metronome=self.metronome,
            sample_rate_hz=rate_hz,
            send=self.sent.append,
            when_idle=when_idle,
        )

    async def beat(self, times: int = 1) -> None:
        for _ in range(times):
            await asyncio.sleep(0)
            self.metronome.beat()
        await asyncio.sleep(0)
        await asyncio.sleep(0)


async def test_a_prompt_leaves_in_frames_of_20_ms_and_the_last_is_filled_up() -> None:
    stage = Stage()
    async with asyncio.TaskGroup() as tasks:
        playing = tasks.create_task(stage.mouthpiece.play(pcm(400, 7)))
        await stage.beat(2)
        assert not playing.done()
        await stage.beat()
        assert playing.done()

    assert [len(frame) for frame in stage.sent] == [FRAME, FRAME, FRAME]
    assert b"".join(stage.sent) == pcm(400, 7) + bytes(160)


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 24_000, 44_100, 48_000])
async def test_a_frame_is_20_ms_at_every_rate(rate_hz: int) -> None:
    stage = Stage(rate_hz=rate_hz, when_idle=Idle.SILENCE)

    await stage.beat()

    assert [len(frame) for frame in stage.sent] == [rate_hz // 50 * 2]


async def test_what_is_played_meanwhile_follows_without_a_gap() -> None:
    stage = Stage()
    async with asyncio.TaskGroup() as tasks:
        first = tasks.create_task(stage.mouthpiece.play(pcm(200, 1)))
        second = tasks.create_task(stage.mouthpiece.play(pcm(120, 2)))
        await stage.beat()
        assert (first.done(), second.done()) == (False, False)
        await stage.beat()
        assert (first.done(), second.done()) == (True, True)

    assert b"".join(stage.sent) == pcm(200, 1) + pcm(120, 2)


async def test_after_barge_in_the_very_next_beat_has_no_prompt() -> None:
    stage = Stage(when_idle=Idle.SILENCE)
    async with asyncio.TaskGroup() as tasks:
        playing = tasks.create_task(stage.mouthpiece.play(pcm(8_000, 1)))
        waiting = tasks.create_task(stage.mouthpiece.play(pcm(8_000, 2)))
        await stage.beat(3)
        stage.mouthpiece.stop()
        await stage.beat()
        assert playing.done()
        assert waiting.done()

    assert stage.sent == [pcm(160, 1)] * 3 + [bytes(FRAME)]


async def test_a_prompt_is_heard_over_the_others_who_stay_audible() -> None:
    stage = Stage()
    stage.mouthpiece.hear_others(lambda: pcm(160, 400))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(stage.mouthpiece.play(pcm(160, 1_000)))
        await stage.beat(2)

    assert stage.sent == [pcm(160, 1_100), pcm(160, 400)]


async def test_a_loud_prompt_over_loud_others_saturates() -> None:
    stage = Stage()
    stage.mouthpiece.hear_others(lambda: pcm(160, -32_000))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(stage.mouthpiece.play(pcm(160, -32_000)))
        await stage.beat()

    assert stage.sent == [pcm(160, -32_768)]


async def test_with_nothing_to_say_a_line_sends_nothing_and_costs_no_beat() -> None:
    stage = Stage()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(stage.mouthpiece.play(pcm(160, 1)))
        await stage.beat(3)

    assert len(stage.sent) == 1
    assert stage.metronome.listeners == 0


async def test_a_bridge_with_nobody_there_leaves_the_line_idle() -> None:
    stage = Stage(when_idle=Idle.SILENCE)
    stage.mouthpiece.hear_others(lambda: None)

    await stage.beat()

    assert stage.sent == [bytes(FRAME)]


async def test_closing_ends_the_wait_and_nothing_more_is_sent() -> None:
    stage = Stage(when_idle=Idle.SILENCE)
    async with asyncio.TaskGroup() as tasks:
        playing = tasks.create_task(stage.mouthpiece.play(pcm(8_000, 1)))
        await stage.beat()
        stage.mouthpiece.close()
        stage.mouthpiece.close()
        await stage.beat(2)
        assert playing.done()
    await stage.mouthpiece.play(pcm(160, 1))

    assert len(stage.sent) == 1


async def test_a_caller_of_play_that_gives_up_takes_the_rest_back() -> None:
    stage = Stage()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.001):
            await stage.mouthpiece.play(pcm(8_000, 1))

    assert not stage.mouthpiece.is_speaking


async def test_too_many_waiting_pieces_are_refused() -> None:
    stage = Stage()
    async with asyncio.TaskGroup() as tasks:
        for _ in range(MOST_WAITING):
            tasks.create_task(stage.mouthpiece.play(pcm(160, 1)))
        await stage.beat(0)
        with pytest.raises(Refused):
            await stage.mouthpiece.play(pcm(160, 1))
        stage.mouthpiece.close()


async def test_half_a_sample_and_a_rate_that_20_ms_do_not_fit_are_refused() -> None:
    with pytest.raises(InputError, match="whole 16-bit samples"):
        await Stage().mouthpiece.play(b"\0\0\0")
    with pytest.raises(InputError, match="50 divides"):
        Stage(rate_hz=11_025)
