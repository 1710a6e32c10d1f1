"""Run campaigns: take a script and a list, keep them, and see every contact through to a verdict."""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from domain.errors import InputError
from domain.ids import CampaignId, ContactId
from domain.language import LanguageTag
from domain.ports import Clock
from domain.survey import DialOutcome, SurveyAnswer
from outbound_bot.contact_list import ContactList, Duplicate, read_contacts
from outbound_bot.crossing import Crossing
from outbound_bot.dialer import Dialer
from outbound_bot.script import Script
from outbound_bot.script_file import read_script
from outbound_bot.settings import OutboundSettings
from outbound_bot.visit_queue import VisitQueue
from storage.engine import Database
from storage.repositories.campaigns import (
    AttemptRecord,
    CampaignRecord,
    CampaignRepository,
    ContactRecord,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignSummary:
    """One campaign and how far it is; the count under None is still to be reached."""

    campaign: CampaignRecord
    counts: Mapping[DialOutcome | None, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignDetail:
    """Everything kept about one campaign."""

    summary: CampaignSummary
    script: Script
    contacts: tuple[ContactRecord, ...]
    attempts: tuple[AttemptRecord, ...]
    answers: Mapping[ContactId, tuple[SurveyAnswer, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A campaign that will be called, and the lines of its list that will not."""

    campaign_id: CampaignId
    duplicates: tuple[Duplicate, ...]


class Campaigns:
    """The room's service: ``run`` makes the calls, the rest answers questions at any time."""

    def __init__(
        self,
        *,
        database: Database,
        dialer: Dialer,
        clock: Clock,
        settings: OutboundSettings,
        voice_languages: tuple[LanguageTag, ...],
        queue_path: Path,
    ) -> None:
        """``queue_path`` is the file the durable queue lives in."""
        self._database = database
        self._clock = clock
        self._voice_languages = voice_languages
        self._running = False
        self._queue = VisitQueue(
            path=queue_path,
            lines=settings.lines,
            poll_s=settings.queue_poll_s,
            visit=dialer.visit,
            announce=dialer.announce,
        )

    async def run(self) -> None:
        """Work through every campaign until cancelled; what is cut off is taken up at the next start."""
        async with asyncio.TaskGroup() as tasks:
            await self._queue.open(Crossing(asyncio.get_running_loop(), tasks))
            try:
                self._running = True
                await self._take_up()
                await asyncio.get_running_loop().create_future()  # until cancelled
            finally:
                self._running = False
                await self._queue.aclose()

    async def start(self, *, script: str, contacts: str, line_url: str) -> Accepted:
        """Keep a campaign and begin it. The same script and list are the same campaign, whose line may have moved.

        Raises InputError that names file, line and what was expected.
        """
        read = read_script(script)
        self._check(read, line_url)
        people = read_contacts(contacts, languages=read.languages)
        campaign_id = CampaignId(hashlib.sha256(f"{script}\0{contacts}".encode()).hexdigest()[:16])
        await self._keep(campaign_id, read, script, people, line_url)
        if self._running:
            await self._queue.add(
                [(campaign_id, person.contact_id) for person in people.contacts], turn=0
            )
        return Accepted(campaign_id=campaign_id, duplicates=people.duplicates)

    async def summaries(self) -> list[CampaignSummary]:
        """Newest first."""
        async with self._database.reading() as session:
            campaigns = CampaignRepository(session)
            return [
                CampaignSummary(
                    campaign=each, counts=await campaigns.outcome_counts(each.campaign_id)
                )
                for each in await campaigns.campaigns()
            ]

    async def detail(self, campaign_id: CampaignId) -> CampaignDetail:
        """Raises NotFound."""
        async with self._database.reading() as session:
            campaigns = CampaignRepository(session)
            campaign = await campaigns.campaign(campaign_id)
            counts = await campaigns.outcome_counts(campaign_id)
            return CampaignDetail(
                summary=CampaignSummary(campaign=campaign, counts=counts),
                script=read_script(campaign.script),
                contacts=tuple(await campaigns.contacts(campaign_id)),
                attempts=tuple(await campaigns.attempts(campaign_id)),
                answers=await campaigns.answers(campaign_id),
            )

    async def _take_up(self) -> None:
        """Queue everybody without a verdict who is in no queue: kept while we were down, or failed beyond repair."""
        async with self._database.reading() as session:
            unfinished = await CampaignRepository(session).unfinished()
        await self._queue.add(unfinished, turn=self._now_ms())

    def _check(self, script: Script, line_url: str) -> None:
        if not line_url.startswith(("http://", "https://", "sip:")) or len(line_url) > 500:
            raise InputError(
                "outbound_bot.line_url",
                "expected a line URL that starts with http://, https:// or sip:",
            )
        silent = [
            language for language in script.languages if language not in self._voice_languages
        ]
        if silent:
            raise InputError(
                "outbound_bot.voice",
                f"expected script languages that have a voice ({', '.join(self._voice_languages)}), "
                f"got {', '.join(silent)}",
            )

    async def _keep(
        self, campaign_id: CampaignId, read: Script, script: str, people: ContactList, line_url: str
    ) -> None:
        campaign = CampaignRecord(
            campaign_id=campaign_id,
            name=read.name,
            script=script,
            line_url=line_url,
            created_at_ms=self._now_ms(),
        )
        contacts = [
            ContactRecord(
                campaign_id=campaign_id,
                contact_id=person.contact_id,
                name=person.name,
                phone=person.phone,
                language=person.language,
                ticket_ref=person.ticket_ref,
            )
            for person in people.contacts
        ]
        async with self._database.writing() as session:
            await CampaignRepository(session).add(campaign, contacts)

    def _now_ms(self) -> int:
        return int(self._clock.now().timestamp() * 1000)
