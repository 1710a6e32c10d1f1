"""Find words in everything that was said, with SQLite's full-text search."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import (
    ColumnElement,
    Integer,
    RowMapping,
    Text,
    column,
    func,
    insert,
    literal_column,
    select,
    table,
)
from sqlalchemy.ext.asyncio import AsyncSession

from domain.audio import Leg
from domain.ids import CallId, SegmentId
from domain.language import LanguageTag
from domain.ports import TranscriptHit, TranscriptHits, TranscriptQuery
from domain.transcript import TranscriptSegment
from storage.engine import Database
from storage.tables.transcript_lines import WORDS_TABLE, TranscriptLineRow
from storage.transcript_index.folding import fold
from storage.transcript_index.question import read_question
from storage.transcript_index.term import Term, joined
from storage.transcript_index.tokens import Segmenter, pair_tokens, word_tokens

_LINE = TranscriptLineRow.__table__.c
_WORDS = table(WORDS_TABLE, column("rowid", Integer), column("words", Text), column("pairs", Text))
# A word of the dictionary tells more than a pair of characters that happen to be neighbours.
_RANK: ColumnElement[float] = literal_column(f"bm25({WORDS_TABLE}, 2.0, 1.0)")
_LINES = select(*_LINE).join_from(TranscriptLineRow.__table__, _WORDS, _WORDS.c.rowid == _LINE.line)


class SqliteFts:
    """A TranscriptIndex. Best match first, the newer of equals before the older; days are counted in ``zone_hours``."""

    def __init__(self, database: Database, *, segmenter: Segmenter, zone_hours: float = 8) -> None:
        self._database = database
        self._segmenter = segmenter
        self._zone = timedelta(hours=zone_hours)

    async def load(self) -> None:
        """Load the Chinese dictionary now rather than at the first line."""
        await asyncio.to_thread(self._segmenter.load)

    async def add(self, segment: TranscriptSegment, said_at: datetime) -> None:
        """File one line. The same segment again changes nothing. Raises StorageError."""
        words, pairs = await asyncio.to_thread(self._tokens, segment.text)
        async with self._database.writing() as session:
            known = select(_LINE.line).where(_LINE.segment_id == segment.segment_id)
            if await session.scalar(known) is None:
                await self._file(session, segment, said_at, words, pairs)

    async def search(self, query: TranscriptQuery) -> TranscriptHits:
        """One page. A question with nothing to look for finds nothing. Raises StorageError."""
        terms = await asyncio.to_thread(read_question, query.words, self._segmenter)
        if not terms:
            return TranscriptHits(hits=(), total=0)
        matches: ColumnElement[bool] = literal_column(WORDS_TABLE).op("MATCH")(
            " AND ".join(term.expression() for term in terms)
        )
        found = _LINES.where(matches, *self._filters(query))
        page = found.order_by(_RANK, _LINE.said_at.desc(), _LINE.start_ms)
        async with self._database.reading() as session:
            total = await session.scalar(found.with_only_columns(func.count()))
            page = page.limit(query.limit).offset(query.offset)
            rows = (await session.execute(page)).mappings().all()
        return TranscriptHits(hits=tuple(_hit(row, terms) for row in rows), total=total or 0)

    async def _file(
        self,
        session: AsyncSession,
        segment: TranscriptSegment,
        said_at: datetime,
        words: str,
        pairs: str,
    ) -> None:
        row = insert(TranscriptLineRow).values(
            segment_id=segment.segment_id,
            call_id=segment.call_id,
            leg=segment.leg,
            start_ms=segment.start_ms,
            end_ms=segment.end_ms,
            text=segment.text,
            language=segment.language,
            said_at=said_at,
        )
        line = await session.scalar(row.returning(TranscriptLineRow.line))
        await session.execute(insert(_WORDS).values(rowid=line, words=words, pairs=pairs))

    def _tokens(self, said: str) -> tuple[str, str]:
        folded = fold(said).text
        return " ".join(word_tokens(folded, self._segmenter)), " ".join(pair_tokens(folded))

    def _filters(self, query: TranscriptQuery) -> list[ColumnElement[bool]]:
        wanted: list[ColumnElement[bool]] = []
        if query.language is not None:
            wanted.append(_LINE.language == query.language)
        if query.leg is not None:
            wanted.append(_LINE.leg == query.leg)
        if query.from_day is not None:
            wanted.append(
                _LINE.said_at >= datetime.combine(query.from_day, time(), UTC) - self._zone
            )
        if query.to_day is not None:
            end = datetime.combine(query.to_day, time(), UTC) + timedelta(days=1)
            wanted.append(_LINE.said_at < end - self._zone)
        return wanted


def _hit(row: RowMapping, terms: Sequence[Term]) -> TranscriptHit:
    folded = fold(row["text"])
    return TranscriptHit(
        call_id=CallId(row["call_id"]),
        segment_id=SegmentId(row["segment_id"]),
        leg=Leg(row["leg"]),
        start_ms=row["start_ms"],
        end_ms=row["end_ms"],
        text=row["text"],
        language=None if row["language"] is None else LanguageTag(row["language"]),
        said_at=row["said_at"],
        marks=joined([span for term in terms for span in term.spans(folded)]),
    )
