"""Hear what was understood and publish the draft as it stands now."""

import logging
from collections import OrderedDict

from bus.port import EventBus, Start
from domain.audio import Leg
from domain.events import (
    CallStarted,
    Event,
    LanguageGuessed,
    SurveyAnswered,
    SurveyFinished,
    TicketDrafted,
    TranscriptFinalised,
    UtteranceUnderstood,
)
from domain.ids import CallId, TicketId
from domain.language import LanguageTag
from domain.ticket import TicketDraft
from tickets.draft import empty_draft, fold
from tickets.return_visit import refusal, reopened, words_for
from tickets.settings import TicketsSettings
from tickets.shelf import TicketShelf
from tickets.survey_talk import SurveyTalk

log = logging.getLogger(__name__)

HEARD = (
    CallStarted,
    LanguageGuessed,
    TranscriptFinalised,
    UtteranceUnderstood,
    SurveyAnswered,
    SurveyFinished,
)


class TicketService:
    """The shelf is the memory: every event starts from the draft kept there, so a restart loses nothing.

    A draft is published before it is kept. Stopped in between, the same event makes the same revision again,
    which changes nothing for those who heard it.
    """

    def __init__(
        self, bus: EventBus, shelf: TicketShelf, settings: TicketsSettings | None = None
    ) -> None:
        self._bus = bus
        self._shelf = shelf
        self._settings = settings or TicketsSettings()
        self._languages: OrderedDict[CallId, LanguageTag] = OrderedDict()
        self._talk = SurveyTalk(
            calls=self._settings.remembered_calls, segments=self._settings.remembered_segments
        )

    async def run(self) -> None:
        """Until cancelled."""
        async with self._bus.subscribe(*HEARD, name="tickets", start=Start.NOW) as heard:
            async for envelope in heard:
                await self._hear(envelope.event)

    async def _hear(self, event: Event) -> None:
        if isinstance(event, CallStarted):
            self._talk.begin(event.info)
        elif isinstance(event, LanguageGuessed):
            self._note_language(event)
        elif isinstance(event, TranscriptFinalised):
            self._talk.hear(event.segment)
        elif isinstance(event, SurveyAnswered):
            self._talk.answered(event.call_id, event.answer.question_id)
        elif isinstance(event, SurveyFinished):
            await self._finish_survey(event)
        elif isinstance(event, UtteranceUnderstood) and not self._talk.is_survey(event.call_id):
            await self._fill(event)

    def _note_language(self, event: LanguageGuessed) -> None:
        if event.leg is not Leg.CALLER or event.guess.language is None:
            return
        self._languages[event.call_id] = event.guess.language
        self._languages.move_to_end(event.call_id)
        while len(self._languages) > self._settings.remembered_calls:
            self._languages.popitem(last=False)

    async def _fill(self, understood: UtteranceUnderstood) -> None:
        call_id = understood.call_id
        before = await self._shelf.get_for_call(call_id) or empty_draft(call_id)
        after = fold(before, understood, language=self._languages.get(call_id))
        await self._keep_if_new(before, after)

    async def _finish_survey(self, finished: SurveyFinished) -> None:
        call_id = finished.call_id
        answer = refusal(
            finished,
            question=self._settings.reopening_question,
            answer=self._settings.reopening_answer,
        )
        if answer is not None:
            before = await self._ticket_of(finished)
            words = words_for(
                answer,
                call_id=call_id,
                leg=finished.result.leg,
                said=self._talk.at_answer(call_id, answer.question_id),
            )
            await self._keep_if_new(before, reopened(before, words))
        self._talk.forget(call_id)

    async def _ticket_of(self, finished: SurveyFinished) -> TicketDraft:
        """The ticket the visit was about; one we do not have begins anew on the survey's own call."""
        reference = finished.ticket_ref
        known = None if reference is None else await self._shelf.get(TicketId(reference))
        if known is not None:
            return known
        return await self._shelf.get_for_call(finished.call_id) or empty_draft(finished.call_id)

    async def _keep_if_new(self, before: TicketDraft, after: TicketDraft) -> None:
        if after is before:
            return
        await self._bus.publish(TicketDrafted(call_id=after.call_id, draft=after))
        await self._shelf.put(after)
        log.info(
            "ticket drafted",
            extra={"ticket_id": after.ticket_id, "revision": after.revision, "state": after.state},
        )
