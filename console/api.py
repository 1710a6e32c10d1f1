"""Answer questions about calls over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from bus.port import EventLog
from console.shapes import CallsPage, CallView, ProblemPage
from console.view.call import call_view
from console.view.summary import SUMMARY_KINDS, call_summary
from domain.envelope import Envelope
from domain.ids import CallId
from storage.repositories.calls import CallRepository

CallIdInPath = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$")]


def calls_router(*, calls: CallRepository, event_log: EventLog) -> APIRouter:
    """`GET /api/calls` and `GET /api/calls/{call_id}`."""
    router = APIRouter(prefix="/api/calls", tags=["calls"])

    @router.get("")
    async def list_calls(limit: Annotated[int, Query(ge=1, le=500)] = 50) -> CallsPage:
        """The newest calls, live and ended. Listen on the desk socket from ``position`` to stay up to date."""
        position = await event_log.last_position()
        newest = await calls.newest(limit)
        facts = _by_call(await calls.facts_of(newest, *SUMMARY_KINDS))
        return CallsPage(
            calls=[call_summary(facts[call_id]) for call_id in newest], position=position
        )

    @router.get(
        "/{call_id}", responses={404: {"model": ProblemPage, "description": "no such call"}}
    )
    async def show_call(call_id: CallIdInPath) -> CallView:
        """Everything known about one call, live or ended."""
        position = await event_log.last_position()
        return call_view(await calls.facts(CallId(call_id)), position)

    return router


def _by_call(facts: list[Envelope]) -> dict[CallId, list[Envelope]]:
    sorted_out: dict[CallId, list[Envelope]] = {}
    for fact in facts:
        sorted_out.setdefault(fact.call_id, []).append(fact)
    return sorted_out
