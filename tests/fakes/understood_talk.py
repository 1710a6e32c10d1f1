"""Say something and have it understood by the real rules, without weights."""

from datetime import date

from domain.audio import Leg
from domain.events import UtteranceUnderstood
from domain.ids import CallId, SegmentId
from domain.language import ZH, LanguageTag
from domain.transcript import TranscriptSegment
from domain.understanding import Intent
from nlu import NluSettings
from nlu.entities import find_entities
from nlu.urgency import load_urgency_signs

CALL = CallId("call-1")
TODAY = date(2026, 11, 21)
CARD_LOST = ("social_security.card_lost", "社保卡挂失补换", "Lost or damaged social security card")
WATER_OUT = ("city.water_outage", "停水与供水", "Water supply")
NOISE = ("city.noise", "噪音扰民", "Noise")
CARD_APPLY = ("social_security.card_apply", "社保卡申领", "Applying for a social security card")


class Talk:
    """One call; every line gets the next segment id."""

    def __init__(self, call_id: CallId = CALL) -> None:
        self.call_id = call_id
        self.lines = 0
        self._signs = load_urgency_signs(NluSettings().urgency_signs)

    def segment(
        self, text: str, leg: Leg = Leg.CALLER, language: LanguageTag | None = ZH
    ) -> TranscriptSegment:
        self.lines += 1
        return TranscriptSegment(
            call_id=self.call_id,
            leg=leg,
            segment_id=SegmentId(f"{self.call_id}-{self.lines}"),
            revision=1,
            is_final=True,
            start_ms=self.lines * 1_000,
            end_ms=self.lines * 1_000 + 900,
            text=text,
            language=language,
            engine="test",
        )

    def say(
        self,
        text: str,
        *,
        leg: Leg = Leg.CALLER,
        topic: tuple[str, str, str] | None = None,
        confidence: float = 0.9,
        question: str | None = None,
        language: LanguageTag | None = ZH,
    ) -> UtteranceUnderstood:
        segment = self.segment(text, leg, language)
        intent = None
        if topic is not None:
            intent = Intent(
                topic_id=topic[0], title_zh=topic[1], title_en=topic[2], confidence=confidence
            )
        return UtteranceUnderstood(
            call_id=self.call_id,
            segment=segment,
            intent=intent,
            urgency=self._signs.read(text) if leg is Leg.CALLER else None,
            entities=find_entities(segment, today=TODAY),
            question=question or (text if intent else None),
        )
