"""Hold one live survey call: say what the dialogue decides, and tell the house what was said and answered."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from bus.port import EventBus
from domain.audio import Leg
from domain.envelope import Envelope
from domain.errors import ContactCentreError, NotFound
from domain.events import SurveyAnswered, TranscriptFinalised
from domain.ids import CallId, CampaignId, ContactId, SegmentId
from domain.language import LanguageTag
from domain.ports import Clock, LiveCalls, TextToSpeech
from domain.survey import DialOutcome, SurveyAnswer
from domain.transcript import TranscriptSegment
from outbound_bot.dialogue import Dialogue, Line, TalkState, Turn
from outbound_bot.ear import CallLost, Ear
from outbound_bot.settings import OutboundSettings

SCRIPT_ENGINE = "script"  # the bot's own words are written, not recognised
LEAST_HEARD = 0.05  # of a line; less was not heard by anybody

KeepAnswer = Callable[[SurveyAnswer], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """Who is talked with, about which campaign, in which call."""

    call_id: CallId
    campaign_id: CampaignId
    contact_id: ContactId
    language: LanguageTag


class Conversation:
    """One call. Lives from before the number is dialled, so that nothing of the call is missed."""

    def __init__(
        self,
        *,
        talk: Talk,
        dialogue: Dialogue,
        bus: EventBus,
        live_calls: LiveCalls,
        voice: TextToSpeech,
        clock: Clock,
        settings: OutboundSettings,
        keep_answer: KeepAnswer,
    ) -> None:
        self._talk = talk
        self._dialogue = dialogue
        self._bus = bus
        self._live_calls = live_calls
        self._voice = voice
        self._settings = settings
        self._keep_answer = keep_answer
        self._lines_said = 0
        self._ear = Ear(
            call_id=talk.call_id,
            live_calls=live_calls,
            clock=clock,
            settings=settings,
            refuses=dialogue.refuses,
        )

    async def hold(
        self, envelopes: AsyncIterator[Envelope], place_call: Callable[[], Awaitable[None]]
    ) -> DialOutcome:
        """Dial, talk, hang up. Raises what ``place_call`` raises."""
        failure: ContactCentreError | None = None
        outcome = DialOutcome.INTERRUPTED
        async with asyncio.TaskGroup() as tasks:
            attending = tasks.create_task(self._ear.attend(envelopes))
            try:
                await place_call()
                outcome = await self._converse()
            except ContactCentreError as error:
                failure = error  # raised below, because a group would wrap it
            finally:
                attending.cancel()
        if failure is not None:
            raise failure
        return outcome

    async def _converse(self) -> DialOutcome:
        if not await self._ear.wait_for_sound():
            await self._hang_up()
            return DialOutcome.NO_ANSWER
        try:
            async with asyncio.timeout(self._settings.call_limit_ms / 1000):
                outcome = await self._talk_through()
        except TimeoutError:
            outcome = DialOutcome.UNCLEAR
        except CallLost:
            return DialOutcome.INTERRUPTED
        await self._hang_up()
        await self._ear.wait_for_end()
        return outcome

    async def _talk_through(self) -> DialOutcome:
        turn = self._dialogue.begin()
        before: TalkState | None = None
        while True:
            await self._keep(turn)
            if before is None or (before.step, before.place) != (turn.state.step, turn.state.place):
                self._ear.asked()
            await self._say(turn.say)
            if turn.state.outcome is not None:
                return turn.state.outcome
            before = turn.state
            turn = self._dialogue.hear(before, await self._ear.hear())

    async def _keep(self, turn: Turn) -> None:
        """An answer is safe on disk before the next word is said."""
        if turn.answered is None:
            return
        await self._keep_answer(turn.answered)
        await self._bus.publish(
            SurveyAnswered(
                call_id=self._talk.call_id,
                campaign_id=self._talk.campaign_id,
                contact_id=self._talk.contact_id,
                answer=turn.answered,
            )
        )

    async def _say(self, lines: tuple[Line, ...]) -> None:
        """Say them until somebody talks into them, or nobody is there any more (the ear knows why)."""
        for line in lines:
            try:
                if await self._say_line(line):
                    return
            except NotFound:
                return

    async def _say_line(self, line: Line) -> bool:
        """Whether it was talked into."""
        speech = await self._voice.speak(line.text, language=self._talk.language)
        start_ms = self._ear.voice_ms
        self._ear.begin_line(line)
        try:
            await self._live_calls.play(self._talk.call_id, speech)
        finally:
            interrupted = self._ear.end_line()
            spoken_ms = min(speech.duration_ms, self._ear.voice_ms - start_ms)
        share = spoken_ms / speech.duration_ms if interrupted and speech.duration_ms else 1.0
        await self._publish_spoken(line.text, start_ms, start_ms + spoken_ms, share)
        return interrupted

    async def _publish_spoken(self, text: str, start_ms: int, end_ms: int, share: float) -> None:
        """The transcript holds only what was really played, as well as characters tell the time."""
        heard = text if share >= 1.0 else text[: int(len(text) * share)]
        if share < LEAST_HEARD or not heard.strip():
            return
        self._lines_said += 1
        segment = TranscriptSegment(
            call_id=self._talk.call_id,
            leg=Leg.BOT,
            segment_id=SegmentId(f"{self._talk.call_id}-bot-{self._lines_said}"),
            revision=1,
            is_final=True,
            start_ms=start_ms,
            end_ms=end_ms,
            text=heard,
            language=self._talk.language,
            engine=SCRIPT_ENGINE,
        )
        await self._bus.publish(TranscriptFinalised(call_id=self._talk.call_id, segment=segment))

    async def _hang_up(self) -> None:
        try:
            await self._live_calls.hang_up(self._talk.call_id)
        except NotFound:
            return  # they were faster
