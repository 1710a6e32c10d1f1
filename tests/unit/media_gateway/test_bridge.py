"""The legs of a conversation hear each other, and nobody hears himself, a click or an hour's drift."""

import asyncio

import numpy as np
import pytest
from numpy.typing import NDArray

from domain.audio import Leg, Speech
from domain.errors import InputError, NotFound, Refused
from media_gateway.bridge import MOST_LEGS
from media_gateway.bridge_port import Mode
from tests.fakes.bridge_room import BridgeRoom, Person
from tests.fakes.sound import tone

FRAME = 160


def level(value: int, *, rate_hz: int = 8_000) -> bytes:
    """A second of a constant sample, so that a sum tells who is in it."""
    return np.full(rate_hz, value, dtype="<i2").tobytes()


def hears_now(person: Person) -> int:
    """The last sample he heard."""
    return int(person.ear[-1])


def biggest_step(sound: NDArray[np.int16]) -> int:
    return int(np.abs(np.diff(sound.astype(np.int32))).max())


def test_two_people_hear_each_other_sample_by_sample() -> None:
    room = BridgeRoom()
    caller = room.enter(Leg.CALLER, tone(1_000, hz=300))
    agent = room.enter(Leg.AGENT, tone(1_000, hz=500))

    room.beat(60)

    for ear, voice in ((caller.ear, agent.says), (agent.ear, caller.says)):
        said = np.frombuffer(voice, dtype="<i2")[3 * FRAME : 30 * FRAME].tobytes()
        assert said in ear.tobytes()


def test_each_of_three_hears_the_sum_of_the_others() -> None:
    room = BridgeRoom()
    caller = room.enter(Leg.CALLER, level(1_000))
    agent = room.enter(Leg.AGENT, level(200))
    interpreter = room.enter(Leg.INTERPRETER, level(30))

    room.beat(5)

    assert (hears_now(caller), hears_now(agent), hears_now(interpreter)) == (230, 1_030, 1_200)


def test_eight_shouting_people_saturate_and_do_not_wrap_round() -> None:
    room = BridgeRoom()
    people = [room.enter(leg, level(30_000)) for leg in list(Leg)[:MOST_LEGS]]

    room.beat(5)

    assert {hears_now(person) for person in people} == {32_767}
    with pytest.raises(Refused):
        room.enter(list(Leg)[MOST_LEGS])


def test_a_leg_that_brings_nothing_hears_the_others() -> None:
    room = BridgeRoom()
    caller = room.enter(Leg.CALLER, level(1_000))
    agent = room.enter(Leg.AGENT)

    room.beat(5)

    assert (hears_now(caller), hears_now(agent)) == (0, 1_000)


def test_on_hold_one_is_not_heard_and_hears_music_round_and_round() -> None:
    room = BridgeRoom()
    caller = room.enter(Leg.CALLER, level(1_000))
    agent = room.enter(Leg.AGENT, level(200))
    music = np.arange(1, 401, dtype="<i2").tobytes()
    room.beat(5)

    room.bridge.hold(Leg.CALLER, Speech(pcm=music, sample_rate_hz=8_000))
    room.beat(1)  # the change is a cross-fade
    caller.heard.clear()
    room.beat(5)

    assert hears_now(agent) == 0
    assert b"".join(caller.heard) == (music * 4)[320 : 320 + 5 * 320]

    room.bridge.resume(Leg.CALLER)
    room.beat(2)
    assert (hears_now(caller), hears_now(agent)) == (200, 1_000)


def test_on_hold_without_music_one_hears_silence() -> None:
    room = BridgeRoom()
    caller = room.enter(Leg.CALLER, level(1_000))
    room.enter(Leg.AGENT, level(200))
    room.beat(5)

    room.bridge.hold(Leg.CALLER)
    room.beat(2)

    assert hears_now(caller) == 0


def test_hold_music_at_another_rate_is_heard_at_the_ears_rate() -> None:
    room = BridgeRoom()
    caller = room.enter(Leg.CALLER)
    room.bridge.hold(Leg.CALLER, Speech(pcm=level(500, rate_hz=48_000), sample_rate_hz=48_000))

    room.beat(5)

    assert len(caller.heard[-1]) == 2 * FRAME
    assert abs(hears_now(caller) - 500) <= 1
    with pytest.raises(InputError, match="at least 20 ms of music"):
        room.bridge.hold(Leg.CALLER, Speech(pcm=b"\0\0", sample_rate_hz=8_000))


@pytest.mark.parametrize(
    ("mode", "caller_hears", "agent_hears"),
    [(Mode.LISTEN, 200, 1_000), (Mode.WHISPER, 200, 1_030), (Mode.BARGE, 230, 1_030)],
)
def test_a_supervisor_listens_whispers_or_steps_in(
    mode: Mode, caller_hears: int, agent_hears: int
) -> None:
    room = BridgeRoom()
    caller = room.enter(Leg.CALLER, level(1_000))
    agent = room.enter(Leg.AGENT_2, level(200))
    supervisor = room.enter(Leg.SUPERVISOR, level(30), mode=Mode.LISTEN)

    room.bridge.set_mode(Leg.SUPERVISOR, mode)
    room.beat(5)

    assert hears_now(supervisor) == 1_200
    assert (hears_now(caller), hears_now(agent)) == (caller_hears, agent_hears)


@pytest.mark.parametrize("rates", [(8_000, 16_000, 48_000), (16_000, 8_000, 24_000)])
def test_legs_of_different_rates_hear_each_other(rates: tuple[int, int, int]) -> None:
    room = BridgeRoom()
    people = [
        room.enter(leg, level(value, rate_hz=rate_hz), rate_hz=rate_hz)
        for leg, value, rate_hz in zip(
            (Leg.CALLER, Leg.AGENT, Leg.INTERPRETER), (1_000, 200, 30), rates, strict=True
        )
    ]

    room.beat(8)

    for person, expected in zip(people, (230, 1_030, 1_200), strict=True):
        assert abs(hears_now(person) - expected) <= 2
        assert {len(frame) for frame in person.heard} == {person.rate_hz // 50 * 2}


def test_joining_holding_whispering_and_leaving_make_no_click() -> None:
    room = BridgeRoom()
    voice = tone(1_000, hz=100, level=0.2)
    wideband = tone(1_000, hz=100, level=0.2, rate_hz=16_000)
    loudest = 0.2 * 32_767
    listener = room.enter(Leg.AGENT, voice)
    room.enter(Leg.CALLER, voice)

    for change in (
        lambda: room.enter(Leg.SUPERVISOR, voice, phase_ms=3),
        lambda: room.bridge.set_mode(Leg.SUPERVISOR, Mode.LISTEN),
        lambda: room.bridge.set_mode(Leg.SUPERVISOR, Mode.WHISPER),
        lambda: room.bridge.hold(Leg.CALLER),
        lambda: room.bridge.resume(Leg.CALLER),
        lambda: room.enter(Leg.INTERPRETER, wideband, rate_hz=16_000),
        lambda: room.leave(Leg.INTERPRETER),
        lambda: room.fall_silent(Leg.SUPERVISOR),
        lambda: room.leave(Leg.CALLER),
    ):
        room.beat(7)
        change()
    room.beat(7)

    steepest_voice = loudest * 2 * np.pi * 100 / 8_000
    steepest_fade = loudest / 20  # 2.5 ms
    assert biggest_step(listener.ear) < 3 * steepest_voice + steepest_fade < loudest / 2
    assert hears_now(listener) == 0


def test_who_left_hears_a_fading_frame_and_then_nothing_of_the_bridge() -> None:
    room = BridgeRoom()
    caller = room.enter(Leg.CALLER, level(1_000))
    room.enter(Leg.AGENT, level(200))
    room.beat(5)

    room.leave(Leg.CALLER)
    caller.heard.clear()
    room.beat(3)

    heard = caller.ear
    assert heard[0] == 200
    assert heard[FRAME - 1] < 5
    assert not heard[FRAME:].any()


def test_who_comes_back_on_a_new_line_takes_the_old_ones_place() -> None:
    room = BridgeRoom()
    first = room.enter(Leg.CALLER)
    room.enter(Leg.AGENT, level(200))
    room.beat(5)

    second = room.enter(Leg.CALLER, rate_hz=16_000)
    room.beat(5)

    assert (hears_now(first), abs(hears_now(second) - 200) <= 1) == (0, True)
    assert room.bridge.legs == (Leg.CALLER, Leg.AGENT)


@pytest.mark.parametrize("ppm", [100, -100])
def test_clocks_that_differ_add_no_delay_in_ten_minutes_and_lose_no_beat(ppm: float) -> None:
    room = BridgeRoom()
    room.enter(Leg.CALLER, tone(1_000, hz=200), ppm=ppm)
    agent = room.enter(Leg.AGENT)

    room.beat(50)
    worst_ms = 0.0
    for _ in range(599):
        room.beat(50)
        worst_ms = max(worst_ms, room.bridge.depth_ms(Leg.CALLER))

    counters = room.bridge.counters
    assert (counters.underruns, counters.cut_samples) == (0, 0)
    assert abs(counters.dropped_samples - counters.inserted_samples) in (
        480,
        320,
    )  # 0.06 s less at most
    assert worst_ms <= 21
    assert len(agent.heard) == 30_000
    assert biggest_step(agent.ear[FRAME * 5 :]) < 0.3 * 32_767 * 2 * np.pi * 200 / 8_000 * 1.1


@pytest.mark.parametrize("block_ms", [5, 10, 20, 30, 100])
def test_jitter_costs_at_most_a_beat_of_delay_whatever_the_wires_block(block_ms: int) -> None:
    room = BridgeRoom()
    room.enter(Leg.CALLER, level(1_000), block_ms=block_ms, jitter_ms=5)
    room.enter(Leg.AGENT)

    room.beat(1_000)

    assert room.bridge.counters.underruns <= 2
    assert room.bridge.depth_ms(Leg.CALLER) <= 40 + block_ms


def test_a_burst_after_a_stall_is_cut_so_that_nobody_stays_late() -> None:
    room = BridgeRoom()
    room.enter(Leg.CALLER, level(1_000))
    room.enter(Leg.AGENT)
    room.beat(50)

    for _ in range(20):
        room.bridge.hear(Leg.CALLER, level(1_000)[:320])
    room.beat(1)

    assert room.bridge.counters.cut_samples >= 19 * FRAME
    assert room.bridge.depth_ms(Leg.CALLER) <= 21


def test_nobody_listening_lets_no_memory_grow() -> None:
    room = BridgeRoom()
    room.enter(Leg.CALLER)

    for _ in range(20):
        room.bridge.hear(Leg.CALLER, level(1_000))

    assert room.bridge.depth_ms(Leg.CALLER) <= 1_000


def test_a_leg_that_pauses_dies_away_and_comes_back_softly() -> None:
    room = BridgeRoom()
    caller = room.enter(Leg.CALLER, level(10_000))
    agent = room.enter(Leg.AGENT)
    room.beat(10)

    room.fall_silent(Leg.CALLER)
    room.beat(5)
    assert hears_now(agent) == 0
    for _ in range(3):
        room.bridge.hear(Leg.CALLER, caller.says[:320])
        room.beat(1)

    assert hears_now(agent) == 10_000
    assert biggest_step(agent.ear) <= 10_000 // 20 + 1
    assert room.bridge.counters.underruns == 1


async def test_a_prompt_to_one_leg_is_heard_by_nobody_else() -> None:
    room = BridgeRoom()
    caller = room.enter(Leg.CALLER, level(1_000))
    agent = room.enter(Leg.AGENT, level(200))
    room.beat(5)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(agent.mouthpiece.play(level(4_000)[:640]))
        await asyncio.sleep(0)
        room.beat(1)
        assert (hears_now(caller), hears_now(agent)) == (200, 4_250)
        room.beat(2)

    assert hears_now(agent) == 1_000


def test_who_is_not_here_is_not_heard_and_cannot_be_held() -> None:
    room = BridgeRoom()
    room.bridge.hear(Leg.BOT, b"\0\0")
    room.bridge.remove(Leg.BOT)

    for wish in (room.bridge.hold, room.bridge.resume, room.bridge.depth_ms):
        with pytest.raises(NotFound):
            wish(Leg.BOT)
    with pytest.raises(InputError):
        room.bridge.hear(Leg.BOT, b"\0")
