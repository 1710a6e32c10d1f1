"""A player may ask for any part of a recording."""

import pytest

from quality.playback import Span, span_of


def part(start: int, stop: int, *, partial: bool = True) -> Span:
    return Span(start=start, stop=stop, total=1000, partial=partial)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, part(0, 1000, partial=False)),
        ("bytes=0-", part(0, 1000)),
        ("bytes=100-199", part(100, 200)),
        ("bytes=100-9999", part(100, 1000)),
        ("bytes=-100", part(900, 1000)),
        ("bytes=-9999", part(0, 1000)),
        ("bytes=-", part(0, 1000, partial=False)),
        ("seconds=1-2", part(0, 1000, partial=False)),
        ("bytes=0-1,5-6", part(0, 1000, partial=False)),
    ],
)
def test_a_range_is_understood_or_passed_over(header: str | None, expected: Span) -> None:
    assert span_of(header, 1000) == expected


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=5-4", "bytes=-0"])
def test_a_range_beyond_the_recording_is_refused(header: str) -> None:
    assert span_of(header, 1000) is None


def test_a_part_says_where_it_lies() -> None:
    assert part(100, 200).headers["Content-Range"] == "bytes 100-199/1000"
    assert "Content-Range" not in part(0, 1000, partial=False).headers
