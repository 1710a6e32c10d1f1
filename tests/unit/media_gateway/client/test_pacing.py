"""Sound leaves on time: hours do not drift, hiccups are caught up, a sleeping laptop does not flood the wire."""

from media_gateway.client.pacing import Pacer


class VirtualTime:
    """A clock that jumps when somebody sleeps; every sleep lasts ``overshoot_s`` too long, as real ones do."""

    def __init__(self, *, overshoot_s: float = 0.0) -> None:
        self.now_s = 100.0
        self.overshoot_s = overshoot_s
        self.slept: list[float] = []

    def now(self) -> float:
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if seconds:
            self.now_s += seconds + self.overshoot_s


def a_pacer(time: VirtualTime) -> Pacer:
    return Pacer(now=time.now, sleep=time.sleep)


async def test_three_hours_of_sloppy_sleeps_do_not_drift() -> None:
    time = VirtualTime(overshoot_s=0.004)
    pacer = a_pacer(time)
    blocks = 3 * 3600 * 50

    for block in range(blocks):
        await pacer.due(block * 0.02)

    late_s = time.now_s - 100.0 - (blocks - 1) * 0.02
    assert 0 <= late_s < 0.005


async def test_the_first_block_leaves_at_once() -> None:
    time = VirtualTime()

    await a_pacer(time).due(0.0)

    assert time.slept == [0.0]


async def test_a_hiccup_is_caught_up() -> None:
    time = VirtualTime()
    pacer = a_pacer(time)
    await pacer.due(0.0)
    time.now_s += 1.0

    for block in range(1, 100):
        await pacer.due(block * 0.02)

    assert round(time.now_s - 100.0, 6) == 1.98
    assert time.slept[1:50] == [0.0] * 49


async def test_a_laptop_that_slept_goes_on_from_there() -> None:
    time = VirtualTime()
    pacer = a_pacer(time)
    await pacer.due(0.0)
    time.now_s += 60.0

    await pacer.due(0.02)
    await pacer.due(0.04)

    assert [round(seconds, 6) for seconds in time.slept] == [0.0, 0.0, 0.02]
