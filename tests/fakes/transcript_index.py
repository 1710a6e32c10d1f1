"""Look through a list of lines, for tests that need a search and no database."""

import re
from datetime import datetime, timedelta

from domain.ports import TranscriptHit, TranscriptHits, TranscriptQuery
from domain.transcript import TranscriptSegment


class FakeTranscriptIndex:
    """A TranscriptIndex that finds plain substrings; days are Beijing days."""

    def __init__(self) -> None:
        self.lines: dict[str, tuple[TranscriptSegment, datetime]] = {}

    async def add(self, segment: TranscriptSegment, said_at: datetime) -> None:
        self.lines.setdefault(segment.segment_id, (segment, said_at))

    async def search(self, query: TranscriptQuery) -> TranscriptHits:
        hits = [
            _hit(segment, said_at, marks)
            for segment, said_at in self.lines.values()
            if _passes(segment, said_at, query) and (marks := _marks(segment.text, query.words))
        ]
        hits.sort(key=lambda hit: (hit.said_at, hit.start_ms), reverse=True)
        return TranscriptHits(
            hits=tuple(hits[query.offset : query.offset + query.limit]), total=len(hits)
        )


def _passes(segment: TranscriptSegment, said_at: datetime, query: TranscriptQuery) -> bool:
    day = (said_at + timedelta(hours=8)).date()
    return (
        query.language in (None, segment.language)
        and query.leg in (None, segment.leg)
        and (query.from_day is None or query.from_day <= day)
        and (query.to_day is None or day <= query.to_day)
    )


def _marks(text: str, words: str) -> tuple[tuple[int, int], ...]:
    wanted = [re.escape(word) for word in re.findall(r'"[^"]+"|\w+', words)]
    found = [
        [m.span() for m in re.finditer(word.strip('"'), text, re.IGNORECASE)] for word in wanted
    ]
    if not found or not all(found):
        return ()
    return tuple(sorted(span for spans in found for span in spans))


def _hit(
    segment: TranscriptSegment, said_at: datetime, marks: tuple[tuple[int, int], ...]
) -> TranscriptHit:
    return TranscriptHit(
        call_id=segment.call_id,
        segment_id=segment.segment_id,
        leg=segment.leg,
        start_ms=segment.start_ms,
        end_ms=segment.end_ms,
        text=segment.text,
        language=segment.language,
        said_at=said_at,
        marks=marks,
    )
