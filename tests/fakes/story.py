"""Tell one call as the rooms would: every fact that a page can show."""

from collections.abc import Iterable
from datetime import timedelta

from domain.assistance import Band, Suggestion
from domain.audio import GapCause, Leg
from domain.call import CallInfo, Direction, EndReason, Party
from domain.envelope import Envelope
from domain.events import (
    CallEnded,
    CallRouted,
    CallStarted,
    Event,
    KeyPressed,
    KnowledgeFound,
    LanguageGuessed,
    LegHeld,
    LegJoined,
    LegLeft,
    LegRecorded,
    LegResumed,
    LegTranscribed,
    PartyNamed,
    PassageMarked,
    RecordingGapMarked,
    SuggestionOffered,
    SurveyAnswered,
    SurveyFinished,
    TicketDrafted,
    TranscriptFinalised,
    TranscriptRevised,
    UtteranceUnderstood,
)
from domain.ids import (
    ArticleId,
    CallId,
    CampaignId,
    ContactId,
    EventId,
    PassageId,
    SegmentId,
    SuggestionId,
    TicketId,
)
from domain.knowledge import Hit, Passage
from domain.language import EN, ZH, LanguageGuess, LanguageTag
from domain.passage import PassageKind
from domain.routing import RoutingDecision
from domain.stages import Stages
from domain.survey import AnswerSource, DialOutcome, SurveyAnswer, SurveyResult
from domain.ticket import Evidence, TicketDraft, TicketField, TicketState
from domain.transcript import TranscriptSegment, Word
from domain.understanding import Entity, EntityKind, Intent, Urgency, UrgencySign
from tests.fakes.clock import BEGINNING

CALL = CallId("call-1")
WORDS = "我的社保卡丢了，电话13800138000"


def a_segment(
    text: str = WORDS,
    *,
    segment_id: str = "s1",
    call_id: CallId = CALL,
    leg: Leg = Leg.CALLER,
    revision: int = 3,
    is_final: bool = True,
    start_ms: int = 1_000,
) -> TranscriptSegment:
    return TranscriptSegment(
        call_id=call_id,
        leg=leg,
        segment_id=SegmentId(segment_id),
        revision=revision,
        is_final=is_final,
        start_ms=start_ms,
        end_ms=start_ms + 2_000,
        text=text,
        language=ZH,
        engine="fake",
        words=(Word(text="社保卡", start_ms=start_ms, end_ms=start_ms + 500, probability=0.9),),
        confidence=0.8,
    )


def a_start(call_id: CallId = CALL, direction: Direction = Direction.INBOUND) -> CallStarted:
    info = CallInfo(
        call_id=call_id,
        direction=direction,
        wire="audio-fork",
        caller_number="01012345678",
        title="丢失社保卡",
        synthetic=True,
    )
    return CallStarted(call_id=call_id, info=info)


def a_guess(
    language: LanguageTag | None,
    *,
    leg: Leg = Leg.CALLER,
    at_ms: int = 1_500,
    mixed: tuple[LanguageTag, ...] = (),
) -> LanguageGuessed:
    candidates = ((ZH, 0.7), (EN, 0.2))
    guess = LanguageGuess(language=language, probability=0.7, candidates=candidates, mixed=mixed)
    return LanguageGuessed(call_id=CALL, leg=leg, guess=guess, decided_at_ms=at_ms)


def an_understanding(
    *,
    segment: TranscriptSegment | None = None,
    urgency: Urgency | None = Urgency.PRESSING,
    topic: bool = True,
) -> UtteranceUnderstood:
    said = segment or a_segment()
    intent = Intent(
        topic_id="social_security.card_lost",
        title_zh="社保卡挂失",
        title_en="Lost social security card",
        confidence=0.91,
    )
    sign = (
        None
        if urgency is None
        else UrgencySign(urgency=urgency, text="丢了", start_char=5, end_char=7)
    )
    phone = Entity(
        kind=EntityKind.PHONE,
        text="13800138000",
        value="+8613800138000",
        segment_id=said.segment_id,
        start_char=10,
        end_char=21,
    )
    return UtteranceUnderstood(
        call_id=CALL,
        segment=said,
        intent=intent if topic else None,
        urgency=sign,
        entities=(phone,),
        question="社保卡丢了怎么办",
        heard_at_ms=5_000,
    )


def a_passage() -> Passage:
    return Passage(
        passage_id=PassageId("ss-1#zh#0"),
        article_id=ArticleId("ss-1"),
        language=ZH,
        title="社保卡挂失与补办",
        text="请先挂失，再到服务网点补办。",
        department="人力资源和社会保障局",
        version="2026-01",
        topic_id="social_security.card_lost",
    )


def a_suggestion(suggestion_id: str = "g1", latency_ms: int | None = 900) -> SuggestionOffered:
    suggestion = Suggestion(
        suggestion_id=SuggestionId(suggestion_id),
        passage=a_passage(),
        score=0.82,
        band=Band.HIGH,
        because_segment_id=SegmentId("s1"),
    )
    return SuggestionOffered(call_id=CALL, suggestion=suggestion, card_latency_ms=latency_ms)


def a_route(queue: str = "social_security", at_ms: int = 3_000) -> CallRouted:
    decision = RoutingDecision(
        queue=queue,
        rule_id="topic.social_security",
        reason_zh="来电涉及社保",
        reason_en="The call is about social security",
        inputs=(("language", "zh"), ("topic", "social_security.card_lost")),
    )
    return CallRouted(call_id=CALL, decision=decision, decided_at_ms=at_ms)


def a_draft(revision: int = 1, *, value: str = "社保卡挂失", call_id: CallId = CALL) -> TicketDraft:
    evidence = Evidence(
        call_id=call_id,
        segment_id=SegmentId("s1"),
        leg=Leg.CALLER,
        start_ms=1_000,
        start_char=2,
        end_char=5,
        quote="社保卡",
    )
    return TicketDraft(
        ticket_id=TicketId(f"ticket-{call_id}"),
        call_id=call_id,
        state=TicketState.DRAFT,
        revision=revision,
        fields=(TicketField(name="matter", value=value, evidence=(evidence,)),),
    )


def an_answer(question: str = "solved", value: str = "no") -> SurveyAnswer:
    return SurveyAnswer(
        question_id=question,
        value=value,
        source=AnswerSource.SPEECH,
        heard="没有解决",
        segment_id=SegmentId("s9"),
    )


def a_survey_answered(question: str = "solved", value: str = "no") -> SurveyAnswered:
    return SurveyAnswered(
        call_id=CALL,
        campaign_id=CampaignId("c1"),
        contact_id=ContactId("p1"),
        answer=an_answer(question, value),
    )


def a_survey_finished() -> SurveyFinished:
    result = SurveyResult(
        campaign_id=CampaignId("c1"),
        contact_id=ContactId("p1"),
        outcome=DialOutcome.COMPLETED,
        answers=(an_answer(),),
    )
    return SurveyFinished(call_id=CALL, result=result, ticket_ref="T-1")


STAGES = Stages(
    onset_heard_ms=1_000, speech_end_heard_ms=3_000, first_partial_ms=1_700, final_ms=3_600
)

WHOLE_CALL: tuple[Event, ...] = (
    a_start(),
    LegJoined(call_id=CALL, leg=Leg.CALLER, sample_rate_hz=8_000, joined_at_ms=0),
    LegJoined(call_id=CALL, leg=Leg.AGENT, sample_rate_hz=8_000, joined_at_ms=120),
    a_guess(ZH),
    TranscriptFinalised(call_id=CALL, segment=a_segment(), stages=STAGES),
    an_understanding(),
    KnowledgeFound(
        call_id=CALL,
        segment_id=SegmentId("s1"),
        question="社保卡丢了怎么办",
        hits=(Hit(passage=a_passage(), score=0.82, lexical_rank=1, dense_rank=None),),
        heard_at_ms=5_000,
    ),
    a_suggestion(),
    a_route(),
    TicketDrafted(call_id=CALL, draft=a_draft()),
    KeyPressed(call_id=CALL, leg=Leg.CALLER, key="#", pressed_at_ms=4_000),
    RecordingGapMarked(
        call_id=CALL,
        leg=Leg.AGENT,
        start_ms=100,
        end_ms=300,
        cause=GapCause.NETWORK,
        listener="recording",
    ),
    LegRecorded(call_id=CALL, leg=Leg.CALLER, recording="ab/call-1/caller.wav", duration_ms=9_000),
    a_survey_answered(),
    a_survey_finished(),
    LegTranscribed(call_id=CALL, leg=Leg.CALLER, speech_ms=4_000),
    PassageMarked(
        call_id=CALL,
        leg=Leg.CALLER,
        start_ms=6_000,
        end_ms=48_000,
        kind=PassageKind.HOLD_MUSIC,
    ),
    LegHeld(call_id=CALL, leg=Leg.CALLER, held_at_ms=5_000),
    LegResumed(call_id=CALL, leg=Leg.CALLER, resumed_at_ms=6_000),
    PartyNamed(
        call_id=CALL, leg=Leg.AGENT, party=Party(name="Wang", number="6001"), named_at_ms=6_500
    ),
    LegLeft(call_id=CALL, leg=Leg.AGENT, left_at_ms=9_000),
    CallEnded(call_id=CALL, reason=EndReason.HUNG_UP, duration_ms=9_500),
)
A_PARTIAL = TranscriptRevised(call_id=CALL, segment=a_segment("我的社", revision=1, is_final=False))


def posted(events: Iterable[Event], call_id: CallId = CALL) -> list[Envelope]:
    """The events as the log would give them back, a second apart."""
    return [
        Envelope(
            event_id=EventId(f"e{number}"),
            call_id=call_id,
            seq=number,
            position=100 + number,
            occurred_at=BEGINNING + timedelta(seconds=number),
            schema_version=1,
            event=event,
        )
        for number, event in enumerate(events, start=1)
    ]
