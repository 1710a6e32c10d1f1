"""People on real telephones and browsers talk through us: hold, transfer, conference and a supervisor, over loopback."""

import asyncio

import numpy as np
import soxr
from numpy.typing import NDArray

from domain.audio import GapCause, Leg, samples_from_ms
from domain.call import EndReason
from domain.events import CallEnded, LegHeld, LegJoined, LegLeft, LegResumed, PartyNamed
from domain.ids import CallId
from media_gateway.hold_tone import hold_tone
from tests.fakes.conversation_house import ConversationHouse, conversation_house
from tests.fakes.sound import pcm_of
from tests.fakes.talking_people import Person, browser, telephone

NARROW_HZ = 8_000
HEARD, DROWNED, UNHEARD = 0.8, 0.45, 0.2  # likeness alone, among others, and when it is not there
TOGETHER_MS = 60
PIECE_MS = 150
FAINT = 1e-3  # -30 dB: what is quieter is not taken for it


def words(ms: int, *, from_hz: int, slope_hz: int, rate_hz: int) -> bytes:
    """A gliding tone that no other glide resembles."""
    at = np.arange(samples_from_ms(ms, rate_hz)) / rate_hz
    return pcm_of(0.2 * np.sin(2 * np.pi * (from_hz + slope_hz / 2 * at) * at))


def wave(pcm: bytes, rate_hz: int) -> NDArray[np.float64]:
    samples = np.frombuffer(pcm, "<i2").astype(np.float64)
    return (
        np.asarray(soxr.resample(samples, rate_hz, NARROW_HZ)) if rate_hz != NARROW_HZ else samples
    )


def likeness(heard: NDArray[np.float64], said: NDArray[np.float64]) -> float:
    """How much of what was said can be heard, wherever in it.

    Piece by piece, the middle of the pieces counts: a bridge that levels a clock out by some samples changes nothing.
    """
    step = NARROW_HZ * PIECE_MS // 1000
    pieces = [said[at : at + step] for at in range(0, len(said) - step + 1, step)]
    return float(np.median([_found(heard, piece) for piece in pieces]))


def _found(heard: NDArray[np.float64], piece: NDArray[np.float64]) -> float:
    if len(heard) < len(piece):
        return 0.0
    size = 1 << (len(heard) + len(piece)).bit_length()
    match = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(piece, size)), size)
    places = len(heard) - len(piece) + 1
    total = np.concatenate([[0.0], np.cumsum(heard**2)])
    own = float(piece @ piece)
    there = np.maximum(total[len(piece) :] - total[:places], own * FAINT)
    return float(np.max(match[:places] / np.sqrt(there * own)))


class Speaker:
    """A person with a voice of his own."""

    def __init__(self, person: Person, number: int) -> None:
        self.person = person
        self._glide = ((400, 700), (2_000, -600), (800, -250), (1_200, 900))[number]

    def talk(self, ms: int = 1_000) -> bytes:
        from_hz, slope_hz = self._glide
        said = words(ms, from_hz=from_hz, slope_hz=slope_hz, rate_hz=self.person.rate_hz)
        self.person.say(said)
        return said

    def hears(self, other: "Speaker", said: bytes, *, since: int) -> float:
        heard = wave(bytes(self.person.heard[since:]), self.person.rate_hz)
        return likeness(heard, wave(said, other.person.rate_hz))


async def a_round(*speakers: Speaker, ms: int = 1_000) -> dict[tuple[int, int], float]:
    """Everybody speaks in turn: how much of j's words i heard, by their places in the list."""
    heard: dict[tuple[int, int], float] = {}
    for j, speaking in enumerate(speakers):
        since = [len(each.person.heard) for each in speakers]
        said = speaking.talk(ms)
        await speaking.person.finish()
        for i, listening in enumerate(speakers):
            if i != j:
                heard[i, j] = listening.hears(speaking, said, since=since[i])
    return heard


async def settled() -> None:
    """Let a change reach everybody's ears."""
    await asyncio.sleep(0.3)


async def flowing(person: Person) -> None:
    """Wait until the bridge is heard."""
    async with asyncio.timeout(10):
        while len(person.heard) < person.rate_hz // 10:  # noqa: ASYNC110 - an ear has no event
            await asyncio.sleep(0.02)


async def over(house: ConversationHouse, call_id: CallId) -> CallEnded:
    return await house.gateway.ended(call_id)


async def test_two_people_hear_each_other_and_a_held_one_hears_music() -> None:
    async with conversation_house() as house, telephone(house) as first:
        caller, call_id = Speaker(first, 0), await house.call_id()
        async with browser(house, leg="agent", call=call_id, number="8001") as second:
            agent = Speaker(second, 1)
            await flowing(first)
            talking = await a_round(caller, agent)
            since = len(first.heard)
            held = await house.wish(call_id, "legs/caller/hold")
            await settled()
            holding = await a_round(caller, agent, ms=1_500)
            music = music_heard(first, since=since)
            resumed = await house.wish(call_id, "legs/caller/resume")
            await settled()
            again = await a_round(caller, agent)
        gone = await house.wish(call_id, "legs/agent/hang-up")
    await over(house, call_id)

    assert min(talking.values()) > HEARD, talking
    assert max(holding.values()) < UNHEARD, holding
    assert min(again.values()) > HEARD, again
    assert music > HEARD
    assert (held.status_code, resumed.status_code, gone.status_code) == (200, 200, 404)
    caller_leg = held.json()["legs"][0]
    assert (caller_leg["leg"], caller_leg["held"], caller_leg["two_way"]) == ("caller", True, True)
    (was_held,), (was_resumed,) = house.bus.of(LegHeld), house.bus.of(LegResumed)
    gap = next(gap for gap in house.gaps(call_id, Leg.CALLER) if gap.cause is GapCause.HELD)
    assert gap.start_ms == was_held.held_at_ms
    assert sum_ms(house, call_id, Leg.CALLER, GapCause.HELD) == (
        was_resumed.resumed_at_ms - was_held.held_at_ms
    )


def music_heard(person: Person, *, since: int) -> float:
    """The two notes of a round."""
    tone = wave(hold_tone().pcm, hold_tone().sample_rate_hz)
    at = np.flatnonzero(tone)
    return likeness(wave(bytes(person.heard[since:]), person.rate_hz), tone[at[0] : at[-1]])


def sum_ms(house: ConversationHouse, call_id: CallId, leg: Leg, cause: GapCause) -> int:
    return sum(gap.end_ms - gap.start_ms for gap in house.gaps(call_id, leg) if gap.cause is cause)


async def test_a_blind_transfer_keeps_the_call_its_leg_and_its_clock() -> None:
    async with conversation_house() as house, telephone(house) as first:
        caller, call_id = Speaker(first, 0), await house.call_id()
        async with browser(house, leg="agent", call=call_id, number="8001") as second:
            await flowing(first)
            click_together(first, second)
            await second.finish()
        (left,) = await house.bus.until(LegLeft)
        await asyncio.sleep(0.7)
        async with browser(house, leg="agent", call=call_id, number="8002") as third:
            await flowing(third)
            after = await a_round(caller, Speaker(third, 2))
            click_together(first, third)
            await third.finish()
        await house.bus.until(LegLeft, count=2)
    ended = await over(house, call_id)

    assert min(after.values()) > HEARD, after
    assert left.leg is Leg.AGENT
    assert [fact.leg for fact in house.bus.of(LegJoined)] == [Leg.CALLER, Leg.AGENT, Leg.AGENT]
    assert [fact.party.number for fact in house.bus.of(PartyNamed)] == ["8001", "8002"]
    assert len(house.bus.of(CallEnded)) == 1
    assert ended.reason is EndReason.HUNG_UP
    callers, agents = (clicks_ms(house, call_id, leg) for leg in (Leg.CALLER, Leg.AGENT))
    assert len(callers) == len(agents) == 2
    apart = [agent - caller for agent, caller in zip(agents, callers, strict=True)]
    assert max(map(abs, apart)) <= TOGETHER_MS, apart


def click_together(*people: Person) -> None:
    for person in people:
        person.say(click(person.rate_hz))


def click(rate_hz: int) -> bytes:
    at = np.arange(samples_from_ms(15, rate_hz)) / rate_hz
    return pcm_of(0.8 * np.sin(2 * np.pi * 1_500 * at))


def clicks_ms(house: ConversationHouse, call_id: CallId, leg: Leg) -> list[float]:
    """When clicks begin in a leg's recording, in the conversation's time."""
    rate_hz = house.rate_hz(call_id, leg)
    loud = np.abs(np.frombuffer(house.kept(call_id, leg), "<i2").astype(int)) > 0.35 * 32_767
    at = np.flatnonzero(loud)
    begins = at[np.diff(at, prepend=-rate_hz) > rate_hz // 10]
    return [house.joined_at_ms(leg) + 1000 * float(sample) / rate_hz for sample in begins]


async def test_an_attended_transfer_is_a_talk_of_three_and_then_of_two() -> None:
    async with conversation_house() as house, telephone(house) as first:
        caller, call_id = Speaker(first, 0), await house.call_id()
        async with (
            browser(house, leg="agent", call=call_id) as second,
            browser(house, leg="agent", call=call_id) as third,
        ):
            agent, colleague = Speaker(second, 1), Speaker(third, 2)
            await flowing(third)
            await house.wish(call_id, "legs/caller/hold")
            await settled()
            consulting = await a_round(agent, colleague)
            aside = await a_round(caller, colleague)
            await house.wish(call_id, "legs/caller/resume")
            await settled()
            three = await a_round(caller, agent, colleague)
            since = len(first.heard)
            both = agent.talk(), colleague.talk()
            await second.finish()
            at_once = [
                caller.hears(who, said, since=since)
                for who, said in zip((agent, colleague), both, strict=True)
            ]
            left = await house.wish(call_id, "legs/agent/hang-up")
            await settled()
            two = await a_round(caller, colleague)
    ended = await over(house, call_id)

    assert min(consulting.values()) > HEARD, consulting
    assert max(aside.values()) < UNHEARD, aside
    assert min(three.values()) > HEARD, three
    assert min(at_once) > DROWNED, at_once
    assert [leg["leg"] for leg in left.json()["legs"]] == ["caller", "agent-2"]
    assert min(two.values()) > HEARD, two
    assert ended.reason is EndReason.HUNG_UP


async def test_an_interpreter_makes_a_conference_and_a_supervisor_listens_whispers_and_barges_in() -> (
    None
):
    async with conversation_house() as house, telephone(house) as first:
        call_id = await house.call_id()
        async with (
            browser(house, leg="agent", call=call_id) as second,
            browser(house, leg="interpreter", call=call_id) as third,
            browser(house, leg="supervisor", call=call_id) as fourth,
        ):
            everybody = [Speaker(who, n) for n, who in enumerate((first, second, third, fourth))]
            await flowing(fourth)
            listening = await a_round(*everybody)
            whisper = await house.wish(call_id, "legs/supervisor/mode", mode="whisper")
            await settled()
            whispering = await heard_of_the_last(everybody)
            await house.wish(call_id, "legs/supervisor/mode", mode="barge")
            await settled()
            barging = await heard_of_the_last(everybody)
            refused = await house.wish(call_id, "legs/agent/mode", mode="listen")
            unknown = await house.wish(call_id, "legs/supervisor/mode", mode="shout")
    await over(house, call_id)

    supervised = {pair: value for pair, value in listening.items() if pair[1] == 3}
    assert max(supervised.values()) < UNHEARD, supervised
    assert min(value for pair, value in listening.items() if pair[1] != 3) > HEARD, listening
    caller_hears, agent_hears, interpreter_hears = whispering
    assert agent_hears > HEARD
    assert max(caller_hears, interpreter_hears) < UNHEARD, whispering
    assert min(barging) > HEARD, barging
    assert whisper.json()["legs"][3]["mode"] == "whisper"
    assert (refused.status_code, unknown.status_code) == (409, 400)


async def heard_of_the_last(speakers: list[Speaker]) -> list[float]:
    """The last one speaks: how much each of the others heard."""
    *others, last = speakers
    since = [len(each.person.heard) for each in others]
    said = last.talk()
    await last.person.finish()
    return [each.hears(last, said, since=start) for each, start in zip(others, since, strict=True)]
