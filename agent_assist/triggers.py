"""Decide when help is worth an interruption; pure, time comes in as a number."""

from dataclasses import dataclass, replace

from agent_assist.settings import AssistSettings
from domain.assistance import Band
from domain.ids import ArticleId, SegmentId
from domain.knowledge import Hit


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The best answer to one phrase. ``since_ms`` is when it was found, ``heard_at_ms`` when the phrase ended."""

    hit: Hit
    band: Band
    because_segment_id: SegmentId
    heard_at_ms: int | None
    since_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What one call's agent has been shown. ``held`` is the best card still waiting for its turn."""

    shown: frozenset[ArticleId] = frozenset()
    last_shown_at_ms: int | None = None
    last_topic: str | None = None
    held: Card | None = None


def band_of(score: float, settings: AssistSettings) -> Band | None:
    """None is silence."""
    if score >= settings.high_from:
        return Band.HIGH
    return Band.MEDIUM if score >= settings.medium_from else None


def consider(
    desk: Desk, card: Card, now_ms: int, settings: AssistSettings
) -> tuple[Desk, Card | None]:
    """The desk afterwards, and the card if it is to be shown now."""
    if _article(card) in desk.shown:
        return desk, None
    if _may_interrupt(desk, card, now_ms, settings):
        return _with_shown(desk, card, now_ms), card
    return replace(desk, held=_better(desk.held, card)), None


def release(desk: Desk, now_ms: int, settings: AssistSettings) -> tuple[Desk, Card | None]:
    """Let the held card go: onto the desk when its turn has come, or away when it is too old."""
    card = desk.held
    if card is None:
        return desk, None
    if now_ms - card.since_ms >= settings.held_ms:
        return replace(desk, held=None), None
    if not _gap_is_over(desk, now_ms, settings):
        return desk, None
    return _with_shown(desk, card, now_ms), card


def release_at_ms(desk: Desk, settings: AssistSettings) -> int | None:
    """When `release` will have something to do; None while nothing is held."""
    if desk.held is None:
        return None
    too_old = desk.held.since_ms + settings.held_ms
    if desk.last_shown_at_ms is None:
        return too_old
    return min(too_old, desk.last_shown_at_ms + settings.gap_ms)


def _may_interrupt(desk: Desk, card: Card, now_ms: int, settings: AssistSettings) -> bool:
    if _gap_is_over(desk, now_ms, settings):
        return True
    return card.band is Band.HIGH and _topic(card) != desk.last_topic


def _gap_is_over(desk: Desk, now_ms: int, settings: AssistSettings) -> bool:
    return desk.last_shown_at_ms is None or now_ms - desk.last_shown_at_ms >= settings.gap_ms


def _better(held: Card | None, new: Card) -> Card:
    """The surer one; of two equally sure ones the newer."""
    return new if held is None or new.hit.score >= held.hit.score else held


def _with_shown(desk: Desk, card: Card, now_ms: int) -> Desk:
    kept = desk.held if desk.held is not None and _article(desk.held) != _article(card) else None
    return Desk(
        shown=desk.shown | {_article(card)},
        last_shown_at_ms=now_ms,
        last_topic=_topic(card),
        held=kept,
    )


def _article(card: Card) -> ArticleId:
    return card.hit.passage.article_id


def _topic(card: Card) -> str:
    """An article outside the taxonomy is a topic of its own."""
    return card.hit.passage.topic_id or _article(card)
