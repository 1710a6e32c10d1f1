"""What somebody typed becomes a query, or one clear sentence."""

from datetime import date

import pytest

from domain.audio import Leg
from domain.errors import InputError
from domain.ports import TranscriptQuery
from quality.search import query_from


def asked(**changed: str) -> TranscriptQuery:
    given: dict[str, str | None] = {
        "language": None,
        "leg": None,
        "from_day": None,
        "to_day": None,
        **changed,
    }
    return query_from(words="社保卡", limit=50, offset=0, **given)


def test_empty_filters_mean_any() -> None:
    query = asked(language="", leg="", from_day="", to_day="")

    assert (query.language, query.leg, query.from_day, query.to_day) == (None, None, None, None)


def test_filters_are_understood() -> None:
    query = asked(language="zh", leg="caller", from_day="2026-11-01", to_day="2026-11-21")

    assert (query.language, query.leg, query.from_day) == ("zh", Leg.CALLER, date(2026, 11, 1))


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"leg": "nobody"}, "caller, caller-2, caller-3, agent"),
        ({"from_day": "yesterday"}, "a day like 2026-11-21"),
        ({"from_day": "2026-11-21", "to_day": "2026-11-01"}, "swap them"),
    ],
)
def test_a_wrong_filter_is_named(changed: dict[str, str], expected: str) -> None:
    with pytest.raises(InputError, match=expected):
        asked(**changed)
