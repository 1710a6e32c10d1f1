"""The gateway lets calls in while there are places and keeps one call's trouble from the next."""

import logging
from collections.abc import Awaitable, Callable

import pytest

from domain.audio import Leg
from domain.call import Direction, EndReason
from domain.envelope import Envelope
from domain.errors import InputError, Refused, StorageError
from domain.events import CallEnded, CallStarted, Event
from domain.ids import CallId
from media_gateway import Equipment, GatewaySettings, MediaGateway, Switchboard
from media_gateway.ending import Ending
from media_gateway.gateway import NO_CALL
from media_gateway.line import Line
from media_gateway.offer import CallOffer
from tests.fakes.bus import FakeBus
from tests.fakes.far_side import FakeFarSide
from tests.fakes.recording_store import MemoryRecordings

OFFER = CallOffer(sample_rate_hz=8_000, legs=(Leg.CALLER,), caller_number="13800000000")


class MoodyBus(FakeBus):
    """A corridor that fails with ``trouble`` while there is one."""

    trouble: Exception | None = None

    async def publish(self, event: Event, /) -> Envelope:
        if self.trouble is not None:
            raise self.trouble
        return await super().publish(event)


class Front:
    def __init__(self, *, max_calls: int = 5) -> None:
        self.bus = MoodyBus()
        self.switchboard = Switchboard()
        self.far_side = FakeFarSide()
        self.ids = iter(CallId(f"call-{number}") for number in range(1, 100))
        self.gateway = MediaGateway(
            equipment=Equipment(
                bus=self.bus,
                recordings=MemoryRecordings(),
                listeners={},
                clock=self.bus.clock,
                settings=GatewaySettings(max_calls=max_calls),
            ),
            switchboard=self.switchboard,
            new_call_id=lambda: next(self.ids),
        )

    async def take(
        self, read: Callable[[Line], Awaitable[Ending]], offer: CallOffer = OFFER
    ) -> None:
        await self.gateway.take(offer, self.far_side, read)


async def hangs_up(call: Line) -> Ending:
    call.hear(bytes(1600))
    return Ending(reason=EndReason.HUNG_UP)


async def test_a_call_is_introduced_with_what_the_wire_said() -> None:
    front = Front()

    await front.take(hangs_up)

    (started,) = front.bus.of(CallStarted)
    assert (started.info.call_id, started.info.wire) == ("call-1", "fake")
    assert started.info.caller_number == "13800000000"
    assert started.info.direction is Direction.INBOUND
    assert front.gateway.counters.calls_live == 0
    assert front.gateway.counters.calls_ended == {EndReason.HUNG_UP: 1}


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        (StorageError("storage.broken", "the database is broken"), "check the database"),
        (RuntimeError("a bug"), "its log says how"),
    ],
)
async def test_a_call_that_cannot_be_logged_is_sent_away_and_the_next_is_taken(
    trouble: Exception, sentence: str
) -> None:
    front = Front()
    front.bus.trouble = trouble
    await front.take(hangs_up)
    front.bus.trouble = None

    await front.take(hangs_up)

    refused, taken = front.far_side.endings
    assert refused.reason is EndReason.FAILED
    assert sentence in str(refused.detail)
    assert taken.reason is EndReason.HUNG_UP
    assert [fact.call_id for fact in front.bus.of(CallEnded)] == ["call-2"]


def test_places_are_counted_and_given_back() -> None:
    front = Front(max_calls=1)

    with front.gateway.place(), pytest.raises(Refused, match="all 1 places are taken"):
        front.gateway.place().__enter__()

    with front.gateway.place():
        assert front.gateway.counters.calls_refused == 1


async def test_a_call_that_is_over_can_be_reached_by_no_wish() -> None:
    front = Front()

    async def ends(call: Line) -> Ending:
        await front.switchboard.hang_up(call.call_id)
        return Ending(reason=EndReason.HUNG_UP)

    await front.take(ends)

    assert front.far_side.was_hung_up
    assert front.bus.of(CallEnded)[0].reason is EndReason.WE_HUNG_UP
    await front.gateway.drain()
    with pytest.raises(Refused):
        front.gateway.place().__enter__()


@pytest.mark.parametrize(
    ("why", "code"),
    [
        (InputError("media_gateway.sdp", "expected an SDP, got none"), "media_gateway.sdp"),
        ("a page of another site asked for the wire", NO_CALL),
    ],
)
def test_a_wire_that_brings_no_call_is_logged_with_its_reason_code(
    why: str | InputError, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    front = Front()

    with caplog.at_level(logging.WARNING):
        front.gateway.note_refusal("sip", why)

    (line,) = caplog.records
    assert (vars(line)["wire"], vars(line)["code"]) == ("sip", code)
    assert front.gateway.counters.calls_refused == 1
