"""A ticket draft is remembered in its newest revision."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.ids import CallId, TicketId
from storage.repositories.tickets import TicketRepository
from tests.fakes.database import a_database
from tests.fakes.story import CALL, a_draft


@pytest.fixture
async def tickets(tmp_path: Path) -> AsyncIterator[TicketRepository]:
    async with a_database(tmp_path) as database:
        yield TicketRepository(database)


async def test_a_draft_comes_back_with_its_evidence(tickets: TicketRepository) -> None:
    await tickets.put(a_draft())

    assert await tickets.get(a_draft().ticket_id) == a_draft()
    assert await tickets.get_for_call(CALL) == a_draft()


async def test_a_higher_revision_replaces_a_lower_and_never_the_other_way(
    tickets: TicketRepository,
) -> None:
    for revision in (2, 1, 2, 3, 2):
        await tickets.put(a_draft(revision, value=f"revision {revision}"))

    kept = await tickets.get(a_draft().ticket_id)

    assert kept == a_draft(3, value="revision 3")


async def test_what_was_never_put_is_none(tickets: TicketRepository) -> None:
    assert await tickets.get(TicketId("nothing")) is None
    assert await tickets.get_for_call(CallId("nobody")) is None
