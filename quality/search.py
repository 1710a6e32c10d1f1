"""Turn what somebody typed into a query, or say what is wrong with it."""

from datetime import date

from domain.audio import Leg
from domain.errors import InputError
from domain.language import LanguageTag
from domain.ports import TranscriptQuery


def query_from(
    *,
    words: str,
    language: str | None,
    leg: str | None,
    from_day: str | None,
    to_day: str | None,
    limit: int,
    offset: int,
) -> TranscriptQuery:
    """Empty filters mean any. Raises InputError naming the one that cannot be used."""
    first, last = _day("from", from_day), _day("to", to_day)
    if first is not None and last is not None and first > last:
        raise InputError(
            "quality.days", f"expected from ({first}) not after to ({last}); swap them"
        )
    return TranscriptQuery(
        words=words,
        language=LanguageTag(language) if language else None,
        leg=_leg(leg),
        from_day=first,
        to_day=last,
        limit=limit,
        offset=offset,
    )


def _day(name: str, text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(
            "quality.day", f"expected {name} as a day like 2026-11-21, got {text[:20]!r}"
        ) from error


def _leg(text: str | None) -> Leg | None:
    if not text:
        return None
    try:
        return Leg(text)
    except ValueError as error:
        known = ", ".join(leg.value for leg in Leg)
        raise InputError(
            "quality.leg", f"expected leg as one of {known}, got {text[:20]!r}"
        ) from error
