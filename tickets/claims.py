"""Say what one utterance claims about the ticket, and which claims beat what stands there already."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from domain.audio import Leg
from domain.events import UtteranceUnderstood
from domain.language import LanguageTag
from domain.ticket import Evidence, TicketDraft, TicketField
from domain.transcript import TranscriptSegment
from domain.understanding import Entity, EntityKind, Intent, Urgency
from tickets.person_name import find_name

SURE = 0.8  # a matter read with less may be looked up, but is not written on a ticket
BETWEEN_MATTERS = ";"
LONGEST_DESCRIPTION = 200
ENTITY_FIELDS = {
    EntityKind.PHONE: "caller_phone",
    EntityKind.ID_NUMBER: "id_number",
    EntityKind.TIME: "time",
    EntityKind.ADDRESS: "address",
    EntityKind.ORGANISATION: "organisation",
    EntityKind.AMOUNT: "amount",
}
RANKS = (Urgency.NORMAL, Urgency.PRESSING, Urgency.URGENT)
_CORRECTS = re.compile(
    r"不对|错了|不是|应该是|更正|改成|换成|说错|\b(?:sorry|no,|wrong|i mean|actually|correction|instead)\b",
    re.IGNORECASE,
)
_READS_BACK = re.compile(
    r"您的|你的|对吗|对吧|是吗|是不是|核对|确认|复述|重复一遍|\b(?:your|correct|right|is that|confirm|repeat|read back)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A value for a field and its words. ``replaces``: it beats a different value that stands already."""

    name: str
    value: str
    evidence: tuple[Evidence, ...]
    replaces: bool


def claims(
    understood: UtteranceUnderstood, draft: TicketDraft, language: LanguageTag | None
) -> Iterator[Claim]:
    """What the caller states, or what the agent reads back; nobody else fills a ticket."""
    if understood.segment.leg is Leg.CALLER:
        yield from _callers(understood, draft)
        yield from _language(understood.segment, language)
    elif understood.segment.leg is Leg.AGENT:
        yield from _read_back(understood, draft)


def evidence(segment: TranscriptSegment, start_char: int, end_char: int) -> Evidence:
    return Evidence(
        call_id=segment.call_id,
        segment_id=segment.segment_id,
        leg=segment.leg,
        start_ms=segment.start_ms,
        start_char=start_char,
        end_char=end_char,
        quote=segment.text[start_char:end_char],
    )


def whole(segment: TranscriptSegment) -> Evidence:
    """All that was said, without the blanks around it."""
    text = segment.text
    return evidence(segment, len(text) - len(text.lstrip()), len(text.rstrip()))


def _callers(understood: UtteranceUnderstood, draft: TicketDraft) -> Iterator[Claim]:
    segment = understood.segment
    corrects = _CORRECTS.search(segment.text) is not None
    intent = understood.intent
    if intent is not None and _may_be_written(intent, draft.field("topic")):
        yield from _matter(understood, intent, draft)
    elif understood.question is not None and draft.field("description") is None:
        yield from _description(understood, draft, refined=False)
    yield from _urgency(understood, draft)
    yield from _name(segment, draft.field("caller_name"), corrects)
    for entity in _best_of_each_kind(understood.entities):
        field = ENTITY_FIELDS[entity.kind]
        yield Claim(
            name=field,
            value=entity.value,
            evidence=(evidence(segment, entity.start_char, entity.end_char),),
            replaces=corrects or _is_better(entity, draft.field(field)),
        )


def _matter(understood: UtteranceUnderstood, intent: Intent, draft: TicketDraft) -> Iterator[Claim]:
    """The first sure matter stands; a surer reading of it within its category refines it.

    A matter of another category is another matter of the same caller and is listed beside the first.
    """
    said, title = whole(understood.segment), _title(intent)
    topic = draft.field("topic")
    if topic is not None and _category(topic.value) != _category(intent.topic_id):
        yield from _other_matter(title, said, draft.field("other_matters"))
        return
    yield Claim(name="matter", value=title, evidence=(said,), replaces=True)
    yield Claim(name="topic", value=intent.topic_id, evidence=(said,), replaces=True)
    yield from _description(understood, draft, refined=_refines(intent, topic))


def _may_be_written(intent: Intent, topic: TicketField | None) -> bool:
    """An unsure reading may repeat the matter that stands, but not make one."""
    return intent.confidence >= SURE or (topic is not None and topic.value == intent.topic_id)


def _description(
    understood: UtteranceUnderstood, draft: TicketDraft, *, refined: bool
) -> Iterator[Claim]:
    """The sentence that says it best: all of it words that were quoted, over several breaths if need be."""
    said, described = whole(understood.segment), draft.field("description")
    quoted = (*_still_quoted(described, understood.question or "", said), said)
    words = " ".join(e.quote for e in quoted)
    fuller = described is None or len(described.value) < len(words) <= LONGEST_DESCRIPTION
    if refined or fuller:
        yield Claim(name="description", value=words, evidence=quoted, replaces=True)


def _refines(intent: Intent, topic: TicketField | None) -> bool:
    return topic is not None and topic.value != intent.topic_id


def _other_matter(title: str, said: Evidence, others: TicketField | None) -> Iterator[Claim]:
    if others is None:
        yield Claim(name="other_matters", value=title, evidence=(said,), replaces=False)
    elif title not in others.value.split(BETWEEN_MATTERS):
        value = f"{others.value}{BETWEEN_MATTERS}{title}"
        proof = (*others.evidence, said)
        yield Claim(name="other_matters", value=value, evidence=proof, replaces=True)


def _title(intent: Intent) -> str:
    return f"{intent.title_zh} / {intent.title_en}"


def _category(topic_id: str) -> str:
    return topic_id.partition(".")[0]


def _still_quoted(
    described: TicketField | None, question: str, said: Evidence
) -> Iterable[Evidence]:
    """What was quoted before and belongs to the question as it is asked now."""
    earlier = () if described is None else described.evidence
    return (e for e in earlier if e.quote in question and e.segment_id != said.segment_id)


def _urgency(understood: UtteranceUnderstood, draft: TicketDraft) -> Iterator[Claim]:
    sign, old = understood.urgency, draft.field("urgency")
    if sign is None:
        return
    rises = old is not None and RANKS.index(sign.urgency) > RANKS.index(Urgency(old.value))
    yield Claim(
        name="urgency",
        value=sign.urgency.value,
        evidence=(evidence(understood.segment, sign.start_char, sign.end_char),),
        replaces=rises,
    )


def _name(segment: TranscriptSegment, old: TicketField | None, corrects: bool) -> Iterator[Claim]:
    found = find_name(segment.text)
    if found is None:
        return
    fuller = old is not None and len(found.name) > len(old.value)
    if old is not None and not fuller and old.value.startswith(found.name):
        return
    yield Claim(
        name="caller_name",
        value=found.name,
        evidence=(evidence(segment, found.start_char, found.end_char),),
        replaces=corrects or fuller,
    )


def _language(segment: TranscriptSegment, guessed: LanguageTag | None) -> Iterator[Claim]:
    language = guessed or segment.language
    if language is not None:
        yield Claim(name="language", value=str(language), evidence=(whole(segment),), replaces=True)


def _read_back(understood: UtteranceUnderstood, draft: TicketDraft) -> Iterator[Claim]:
    """An agent confirms what stands; only a number that is read back may fill an empty field."""
    segment = understood.segment
    reads_back = _READS_BACK.search(segment.text) is not None
    for entity in understood.entities:
        old = draft.field(ENTITY_FIELDS[entity.kind])
        fills = old is None and reads_back and entity.kind in _NUMBERS
        if fills or (old is not None and old.value == entity.value):
            yield Claim(
                name=ENTITY_FIELDS[entity.kind],
                value=entity.value,
                evidence=(evidence(segment, entity.start_char, entity.end_char),),
                replaces=False,
            )


_NUMBERS = (EntityKind.PHONE, EntityKind.ID_NUMBER)


def _best_of_each_kind(entities: tuple[Entity, ...]) -> Iterator[Entity]:
    """Of several in one breath: the last number, the most exact time, the longest name."""
    for kind in ENTITY_FIELDS:
        named = [entity for entity in entities if entity.kind is kind]
        if named and kind in (*_NUMBERS, EntityKind.AMOUNT):
            yield named[-1]
        elif named:
            yield max(named, key=lambda entity: len(entity.value))


def _is_better(entity: Entity, old: TicketField | None) -> bool:
    """A number read back by the agent stands until the caller says it is wrong."""
    if old is None:
        return True
    if entity.kind in _NUMBERS:
        return all(e.leg is not Leg.AGENT for e in old.evidence)
    if entity.kind is EntityKind.TIME:
        return entity.value.startswith(old.value)
    return entity.kind is EntityKind.AMOUNT or len(entity.value) > len(old.value)
