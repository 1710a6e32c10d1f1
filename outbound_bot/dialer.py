"""Call one contact when it is allowed, at most as often as the script says, and never twice by accident.

The promise: an attempt is on disk before its number is dialled. Finding an attempt without an outcome therefore means
that we died during it and that the telephone may have rung: the machine does not dial again unless the script says so.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from bus.port import EventBus
from domain.errors import ContactCentreError, EngineError, NotFound, Refused
from domain.events import SurveyFinished
from domain.ids import CallId, CampaignId, ContactId
from domain.ports import Clock, LineProvider, LiveCalls, TextToSpeech
from domain.survey import DialOutcome, SurveyAnswer, SurveyResult
from outbound_bot.answer_reader import AnswerReader
from outbound_bot.conversation import Conversation, Talk
from outbound_bot.dialogue import Dialogue
from outbound_bot.ear import EAR_HEARS
from outbound_bot.outcome import TRY_AGAIN, needs_human
from outbound_bot.script import AfterInterruption, Script
from outbound_bot.script_file import read_script
from outbound_bot.settings import OutboundSettings
from storage.engine import Database
from storage.repositories.campaigns import (
    AttemptRecord,
    CampaignRecord,
    CampaignRepository,
    ContactRecord,
)

log = logging.getLogger(__name__)

AFTER_FAULT_S = 30.0  # our own fault before dialling: the contact waits, no attempt is counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything known about one contact when their turn comes."""

    campaign: CampaignRecord
    script: Script
    contact: ContactRecord
    attempts: tuple[AttemptRecord, ...]

    @property
    def cut_off(self) -> AttemptRecord | None:
        """The attempt during which our process died."""
        return next((attempt for attempt in self.attempts if attempt.outcome is None), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How an attempt ended; ``final`` means that trying again is pointless."""

    outcome: DialOutcome
    final: bool = False


class Dialer:
    """Makes visits; one contact at a time per line."""

    def __init__(
        self,
        *,
        database: Database,
        bus: EventBus,
        live_calls: LiveCalls,
        voice: TextToSpeech,
        line_for: Callable[[str], LineProvider],
        reader: AnswerReader,
        clock: Clock,
        settings: OutboundSettings,
        new_id: Callable[[], str],
    ) -> None:
        """``line_for`` turns a campaign's line URL into its line."""
        self._database = database
        self._bus = bus
        self._live_calls = live_calls
        self._voice = voice
        self._line_for = line_for
        self._reader = reader
        self._clock = clock
        self._settings = settings
        self._new_id = new_id
        self._in_hand: set[tuple[CampaignId, ContactId]] = set()
        # The queue keeps to this by itself; a trunk that is full answers with false no-answers, so it is kept twice.
        self._lines = asyncio.Semaphore(settings.lines)

    async def visit(self, campaign_id: CampaignId, contact_id: ContactId) -> float | None:
        """One turn. Returns the seconds until the next one, None when this contact is done with."""
        who = (campaign_id, contact_id)
        if who in self._in_hand:
            return AFTER_FAULT_S  # their open attempt is alive, not cut off
        self._in_hand.add(who)
        try:
            return await self._visit(campaign_id, contact_id)
        except Exception:
            log.exception("a visit failed", extra={"campaign_id": campaign_id})
            return AFTER_FAULT_S
        finally:
            self._in_hand.discard(who)

    async def announce(self, campaign_id: CampaignId, contact_id: ContactId) -> None:
        """Tell the house how this contact ended; done again after a crash, so told at least once."""
        async with self._database.reading() as session:
            campaigns = CampaignRepository(session)
            contact = await campaigns.contact(campaign_id, contact_id)
            attempts = await campaigns.attempts(campaign_id, contact_id)
            answers = (await campaigns.answers(campaign_id, contact_id)).get(contact_id, ())
        if contact.outcome is None or not attempts:
            return
        result = SurveyResult(
            campaign_id=campaign_id,
            contact_id=contact_id,
            outcome=contact.outcome,
            answers=answers,
        )
        await self._bus.publish(
            SurveyFinished(
                call_id=attempts[-1].call_id, result=result, ticket_ref=contact.ticket_ref
            )
        )

    async def _visit(self, campaign_id: CampaignId, contact_id: ContactId) -> float | None:
        case = await self._case(campaign_id, contact_id)
        if case.contact.outcome is not None:
            return None
        if case.cut_off is not None:
            ended = Ended(outcome=DialOutcome.INTERRUPTED)
            return await self._close(case, case.cut_off.call_id, case.cut_off.number, ended)
        await self._prepare_voice(case)
        async with self._lines:
            wait_s = case.script.hours.wait_s(self._clock.now())
            return wait_s if wait_s > 0 else await self._attempt(case)

    async def _case(self, campaign_id: CampaignId, contact_id: ContactId) -> Case:
        async with self._database.reading() as session:
            campaigns = CampaignRepository(session)
            campaign = await campaigns.campaign(campaign_id)
            return Case(
                campaign=campaign,
                script=read_script(campaign.script),
                contact=await campaigns.contact(campaign_id, contact_id),
                attempts=tuple(await campaigns.attempts(campaign_id, contact_id)),
            )

    async def _prepare_voice(self, case: Case) -> None:
        """Nobody waits on the line for a sentence to be synthesised."""
        language = case.contact.language
        for text in case.script.lines(language):
            await self._voice.speak(text, language=language)

    async def _attempt(self, case: Case) -> float | None:
        call_id = CallId(self._new_id())
        number = len(case.attempts) + 1
        async with self._database.writing() as session:
            await CampaignRepository(session).begin_attempt(
                case.campaign.campaign_id,
                case.contact.contact_id,
                number=number,
                call_id=call_id,
                now_ms=self._now_ms(),
            )
        ended = await self._call(case, call_id)
        if ended is None:
            async with self._database.writing() as session:
                await CampaignRepository(session).withdraw_attempt(call_id)
            return self._settings.line_retry_s
        return await self._close(case, call_id, number, ended)

    async def _call(self, case: Case, call_id: CallId) -> Ended | None:
        """None when the line was down and nothing was dialled."""
        try:
            return Ended(outcome=await self._converse(case, call_id))
        except Refused as refusal:
            rejected = refusal.code == "line.rejected"
            return Ended(outcome=DialOutcome.NO_ANSWER, final=rejected)
        except EngineError as error:
            if error.code == "line.down":
                log.warning("the line is down", extra={"campaign_id": case.campaign.campaign_id})
                return None
            log.warning("a call broke", extra={"call_id": call_id, "code": error.code})
        except Exception:
            log.exception("a call failed", extra={"call_id": call_id})
        await self._drop(call_id)
        return Ended(outcome=DialOutcome.INTERRUPTED)

    async def _converse(self, case: Case, call_id: CallId) -> DialOutcome:
        campaign_id, contact = case.campaign.campaign_id, case.contact
        talk = Talk(
            call_id=call_id,
            campaign_id=campaign_id,
            contact_id=contact.contact_id,
            language=contact.language,
        )
        conversation = Conversation(
            talk=talk,
            dialogue=Dialogue(case.script, contact.language, self._reader),
            bus=self._bus,
            live_calls=self._live_calls,
            voice=self._voice,
            clock=self._clock,
            settings=self._settings,
            keep_answer=lambda answer: self._keep_answer(talk, answer),
        )
        line = self._line_for(case.campaign.line_url)

        async def place_call() -> None:
            self._live_calls.expect(call_id)
            await line.place_call(
                call_id,
                contact.phone,
                campaign_contact=f"{campaign_id}/{contact.contact_id}",
            )
            await self._mark_answered(call_id)

        async with self._bus.subscribe(*EAR_HEARS, name=None) as envelopes:
            return await conversation.hold(envelopes, place_call)

    async def _close(self, case: Case, call_id: CallId, number: int, ended: Ended) -> float | None:
        """Write how it ended and, unless it is tried again, that this contact is done with."""
        again = number < case.script.retry.attempts and _may_try_again(case.script, ended)
        campaign_id, contact_id = case.campaign.campaign_id, case.contact.contact_id
        async with self._database.writing() as session:
            campaigns = CampaignRepository(session)
            await campaigns.end_attempt(call_id, ended.outcome, now_ms=self._now_ms())
            if not again:
                answers = (await campaigns.answers(campaign_id, contact_id)).get(contact_id, ())
                await campaigns.finish_contact(
                    campaign_id,
                    contact_id,
                    ended.outcome,
                    needs_human=needs_human(case.script, ended.outcome, answers),
                )
        return float(case.script.retry.wait_s) if again else None

    async def _keep_answer(self, talk: Talk, answer: SurveyAnswer) -> None:
        async with self._database.writing() as session:
            await CampaignRepository(session).keep_answer(
                talk.campaign_id, talk.contact_id, talk.call_id, answer
            )

    async def _mark_answered(self, call_id: CallId) -> None:
        async with self._database.writing() as session:
            await CampaignRepository(session).mark_answered(call_id)

    async def _drop(self, call_id: CallId) -> None:
        try:
            await self._live_calls.hang_up(call_id)
        except NotFound:
            return  # it has ended by itself
        except ContactCentreError as error:
            log.warning("could not hang up", extra={"call_id": call_id, "code": error.code})

    def _now_ms(self) -> int:
        return int(self._clock.now().timestamp() * 1000)


def _may_try_again(script: Script, ended: Ended) -> bool:
    if ended.outcome is DialOutcome.INTERRUPTED:
        return script.after_interruption is AfterInterruption.CALL_BACK
    return ended.outcome in TRY_AGAIN and not ended.final
