"""Place many calls, one a little after the other, and tell how they fared."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from domain.errors import ContactCentreError, Refused
from media_gateway.client.farewell import Farewell
from media_gateway.client.mouth import Source
from media_gateway.client.wires import Call

NewCall = Callable[[int], Call]


@dataclass(slots=True, kw_only=True)
class LoadReport:
    """What became of the calls. A call of a recording ends well when it was played to its end and nobody was rude."""

    connected: int = 0
    ended_well: int = 0
    refused: int = 0
    ended_by_product: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    sent_samples: int = 0

    @property
    def count(self) -> int:
        return self.connected + self.refused + self.failed.total()

    @property
    def is_good(self) -> bool:
        return self.ended_well == self.count

    def note(self, outcome: Farewell | ContactCentreError) -> None:
        if isinstance(outcome, Refused):
            self.refused += 1
        elif isinstance(outcome, ContactCentreError):
            self.failed[outcome.message] += 1
        else:
            self._note_farewell(outcome)

    def _note_farewell(self, farewell: Farewell) -> None:
        self.connected += 1
        self.sent_samples += farewell.sent_samples
        if farewell.by_server:
            self.ended_by_product[farewell.reason or "hung up"] += 1
        elif farewell.said_goodbye:
            self.ended_well += 1


async def run_load(
    new_call: NewCall, new_source: Callable[[], Source], *, count: int, spread_s: float
) -> LoadReport:
    """Begin ``count`` calls evenly over ``spread_s`` and wait for the last. One call's trouble is no other's."""
    report = LoadReport()

    async def one(number: int) -> None:
        await asyncio.sleep(spread_s * number / count)
        report.note(await outcome(new_call(number), new_source()))

    async with asyncio.TaskGroup() as calls:
        for number in range(count):
            calls.create_task(one(number))
    return report


async def outcome(call: Call, source: Source) -> Farewell | ContactCentreError:
    """How one call went, also when it went wrong in a way that has a name."""
    try:
        return await call.run(source)
    except ContactCentreError as error:
        return error
    except ExceptionGroup as group:
        named = first_named(group)
        if isinstance(named, ContactCentreError):
            return named
        raise


def first_named(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The trouble to tell of a call whose tasks failed together; the group itself when none has a name."""
    for trouble in group.exceptions:
        inner = first_named(trouble) if isinstance(trouble, BaseExceptionGroup) else trouble
        if isinstance(inner, ContactCentreError):
            return inner
    return group
