"""Run one campaign in a process of its own, so that a test may kill it: real queue, real database, pretended people.

Usage: survey_process.py DATA_DIR SCRIPT CONTACTS REPLIES. Every number dialled is appended to DATA_DIR/dialled.txt;
the process ends by itself when every contact has a verdict.
"""

import asyncio
import json
import os
import sys
from pathlib import Path
from uuid import uuid4

from app.clock import SystemClock
from bus import codec
from bus.local import LocalBus
from domain.events import SurveyFinished
from domain.ids import CampaignId
from outbound_bot.answer_reader import AnswerReader
from outbound_bot.campaigns import Campaigns
from outbound_bot.dialer import Dialer
from outbound_bot.settings import OutboundSettings
from storage.engine import Database, open_database
from storage.event_log import SqlEventLog
from storage.migrate import upgrade
from tests.fakes.called_people import CalledPeople
from tests.fakes.voice import FakeVoice

SETTINGS = OutboundSettings(
    lines=2,
    silence_ms=300,
    settle_ms=20,
    words_wait_ms=300,
    goodbye_wait_ms=500,
    line_retry_s=0.2,
    queue_poll_s=0.05,
)
PROMPT_S = 0.1


async def main(data: Path, script: str, contacts: str, replies: dict[str, list[str]]) -> None:
    database = await open_database(data)
    await upgrade(database)
    clock = SystemClock()
    log = SqlEventLog(database, codec=codec, clock=clock)
    bus = LocalBus(log, clock=clock)
    voice = FakeVoice(ms_per_character=1)
    people = CalledPeople(
        bus=bus,
        voice=voice,
        replies=replies,
        on_dial=lambda number: note(data / "dialled.txt", number),
        play_s=PROMPT_S,
        clock=clock,
    )
    campaigns = campaigns_of(database, bus, people, voice, data)
    try:
        async with asyncio.TaskGroup() as tasks:
            living = [tasks.create_task(people.run()), tasks.create_task(campaigns.run())]
            accepted = await campaigns.start(
                script=script, contacts=contacts, line_url="http://line.test"
            )
            await until_finished(campaigns, accepted.campaign_id, log)
            for task in living:
                task.cancel()
    finally:
        await log.aclose()
        await database.aclose()


def campaigns_of(
    database: Database, bus: LocalBus, people: CalledPeople, voice: FakeVoice, data: Path
) -> Campaigns:
    clock = SystemClock()
    dialer = Dialer(
        database=database,
        bus=bus,
        live_calls=people,
        voice=voice,
        line_for=lambda url: people,
        reader=AnswerReader.load(),
        clock=clock,
        settings=SETTINGS,
        new_id=lambda: uuid4().hex,
    )
    return Campaigns(
        database=database,
        dialer=dialer,
        clock=clock,
        settings=SETTINGS,
        voice_languages=voice.languages,
        queue_path=data / "visits.db",
    )


def note(path: Path, number: str) -> None:
    """On disk before the telephone rings, so that a kill cannot hide a call."""
    with path.open("a", encoding="utf-8") as log:
        log.write(number + "\n")
        log.flush()
        os.fsync(log.fileno())


async def until_finished(campaigns: Campaigns, campaign_id: CampaignId, log: SqlEventLog) -> None:
    """Until everybody has a verdict and the house was told of each."""
    people = {contact.contact_id for contact in (await campaigns.detail(campaign_id)).contacts}
    async with asyncio.timeout(60):
        while True:
            facts = [fact.event for fact in await log.after(0, ["SurveyFinished"], 1000)]
            told = {fact.result.contact_id for fact in facts if isinstance(fact, SurveyFinished)}
            if told == people:
                return
            await asyncio.sleep(0.05)


if __name__ == "__main__":
    asyncio.run(
        main(
            Path(sys.argv[1]),
            Path(sys.argv[2]).read_text(encoding="utf-8"),
            Path(sys.argv[3]).read_text(encoding="utf-8"),
            json.loads(Path(sys.argv[4]).read_text(encoding="utf-8")),
        )
    )
