"""Keep the list of visits still to be made on disk, so that neither a crash nor a restart loses or doubles one.

DBOS keeps the queue: one workflow per contact and turn, in a SQLite file of its own. Its threads only wait and
remember; every visit runs on the house's loop. A turn that must come again later (a retry, closed hours) queues its
successor with a delay instead of sleeping, so that waiting people hold no line.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from pathlib import Path
from typing import Any

from dbos import DBOS, DBOSConfig, SetEnqueueOptions, SetWorkflowID

from domain.errors import Refused
from domain.ids import CampaignId, ContactId
from outbound_bot.crossing import Crossing

Visit = Callable[
    [CampaignId, ContactId], Awaitable[float | None]
]  # seconds until the next turn, None when done
Announce = Callable[[CampaignId, ContactId], Awaitable[None]]
Turn = Callable[[str, str, int], Coroutine[Any, Any, None]]

QUEUE = "outbound_bot.visits"
WORKFLOW = "outbound_bot.visit"
# Pinned: DBOS otherwise derives a version from our source code and would leave a campaign's visits behind
# after every update. Raise it when a visit's steps change their order.
STEPS_VERSION = "visit-1"
ALIVE = ["ENQUEUED", "DELAYED", "PENDING"]


class VisitQueue:
    """The durable queue. DBOS is one per process: only one of these may be open at a time."""

    def __init__(
        self, *, path: Path, lines: int, poll_s: float, visit: Visit, announce: Announce
    ) -> None:
        self._path = path
        self._lines = lines
        self._poll_s = poll_s
        self._visit = visit
        self._announce = announce
        self._turn: Turn | None = None
        self._one_at_a_time = asyncio.Lock()

    async def open(self, crossing: Crossing) -> None:
        """Start working on what is queued, first on what was cut off."""
        await asyncio.to_thread(self._launch, crossing)

    async def aclose(self) -> None:
        """Stop taking visits; what is not done stays queued."""
        await asyncio.to_thread(DBOS.destroy, destroy_registry=True)
        self._turn = None

    async def add(self, contacts: Iterable[tuple[CampaignId, ContactId]], *, turn: int) -> None:
        """Queue who is not yet queued. ``turn`` must be higher than any this contact has had."""
        async with self._one_at_a_time:
            await asyncio.to_thread(self._add, list(contacts), turn)

    def _launch(self, crossing: Crossing) -> None:
        """Runs in a thread: launched beside a running loop, DBOS would take over that loop's thread pool."""
        # With a handler of ours in place DBOS adds no console handler; its records go to the house's log.
        logger = logging.getLogger("dbos")
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())
        DBOS(config=self._config())
        self._turn = DBOS.workflow(name=WORKFLOW)(self._workflow(crossing))
        DBOS.launch()
        DBOS.register_queue(
            QUEUE,
            worker_concurrency=self._lines,
            polling_interval_sec=self._poll_s,
            on_conflict="always_update",
        )

    def _config(self) -> DBOSConfig:
        return DBOSConfig(
            name="openhotline",
            system_database_url=f"sqlite:///{self._path}",
            application_version=STEPS_VERSION,
            executor_id="local",
            log_level="WARNING",
            enable_otlp=False,
        )

    def _workflow(self, crossing: Crossing) -> Turn:
        async def take_turn(campaign: str, contact: str, turn: int) -> None:
            """Its steps are remembered by their order: visit, then announce or queue the next turn."""
            who = CampaignId(campaign), ContactId(contact)

            async def visit() -> float | None:
                return await crossing.over(lambda: self._visit(*who))

            async def announce() -> None:
                await crossing.over(lambda: self._announce(*who))

            again_in_s = await DBOS.run_step_async({"name": "visit"}, visit)
            if again_in_s is None:
                await DBOS.run_step_async({"name": "announce"}, announce)
                return
            with (
                SetWorkflowID(_turn_id(*who, turn + 1)),
                SetEnqueueOptions(delay_seconds=again_in_s),
            ):
                await DBOS.enqueue_workflow_async(
                    QUEUE, self._opened(), campaign, contact, turn + 1
                )

        return take_turn

    def _add(self, contacts: list[tuple[CampaignId, ContactId]], turn: int) -> None:
        alive = DBOS.list_workflows(
            name=WORKFLOW, status=ALIVE, load_input=False, load_output=False
        )
        queued = {status.workflow_id.rpartition("/")[0] for status in alive}
        for campaign, contact in contacts:
            turn_id = _turn_id(campaign, contact, turn)
            if turn_id.rpartition("/")[0] not in queued:
                with SetWorkflowID(turn_id):
                    DBOS.enqueue_workflow(QUEUE, self._opened(), str(campaign), str(contact), turn)

    def _opened(self) -> Turn:
        if self._turn is None:
            raise Refused("outbound_bot.queue", "the queue of visits is not open")
        return self._turn


def _turn_id(campaign_id: CampaignId, contact_id: ContactId, turn: int) -> str:
    """Queuing a turn twice queues it once, because its id is its identity."""
    return f"visit/{campaign_id}/{contact_id}/{turn}"
