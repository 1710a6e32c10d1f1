"""Hold what an utterance means, with the place each piece came from."""

from dataclasses import dataclass
from enum import StrEnum

from domain.ids import SegmentId


class Urgency(StrEnum):
    """How fast somebody must act: 紧急 / 次紧急 / 一般."""

    URGENT = "urgent"
    PRESSING = "pressing"
    NORMAL = "normal"


class EntityKind(StrEnum):
    """What kind of thing was named."""

    PHONE = "phone"
    ID_NUMBER = "id_number"
    TIME = "time"
    ADDRESS = "address"
    ORGANISATION = "organisation"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A matter of the two-level taxonomy: ``topic_id`` is ``"<category>.<topic>"``, e.g. ``social_security.card_lost``."""

    topic_id: str
    title_zh: str
    title_en: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """Something named in a segment: ``segment text[start_char:end_char] == text``; ``value`` is its normal form."""

    kind: EntityKind
    text: str
    value: str
    segment_id: SegmentId
    start_char: int
    end_char: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UrgencySign:
    """The words that made us think it urgent; without words there is no urgency."""

    urgency: Urgency
    text: str
    start_char: int
    end_char: int
