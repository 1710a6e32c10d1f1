"""Offer search and playback over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from domain.audio import Leg
from domain.ids import CallId
from domain.ports import RecordingStore, TranscriptHit, TranscriptIndex
from quality.playback import RecordingFiles, span_of
from quality.search import query_from
from quality.settings import QualitySettings


class HitAnswer(BaseModel):
    """One line that matches; ``marks`` are character ranges of ``text`` to highlight."""

    call_id: str
    segment_id: str
    leg: str
    start_ms: int
    end_ms: int
    text: str
    language: str | None
    said_at: str
    marks: list[tuple[int, int]]


class SearchAnswer(BaseModel):
    """A page of hits, and how many there are in all."""

    total: int
    hits: list[HitAnswer]


def quality_routes(
    *,
    index: TranscriptIndex,
    store: RecordingStore,
    files: RecordingFiles[Any],
    settings: QualitySettings,
) -> APIRouter:
    """``store`` and ``files`` are two sides of the same recordings: how they are named and how they are read."""
    router = APIRouter(tags=["quality"])

    @router.get("/api/search")
    async def search(
        q: Annotated[str, Query(max_length=500)] = "",
        language: Annotated[str | None, Query(max_length=12)] = None,
        leg: str | None = None,
        from_day: Annotated[str | None, Query(alias="from")] = None,
        to_day: Annotated[str | None, Query(alias="to")] = None,
        limit: Annotated[int, Query(ge=1, le=settings.page_limit)] = 50,
        offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    ) -> SearchAnswer:
        """Find words in everything that was said, best hits first."""
        query = query_from(
            words=q,
            language=language,
            leg=leg,
            from_day=from_day,
            to_day=to_day,
            limit=limit,
            offset=offset,
        )
        found = await index.search(query)
        return SearchAnswer(total=found.total, hits=[_answer(hit) for hit in found.hits])

    @router.get("/api/calls/{call_id}/recordings/{leg}.wav", response_class=StreamingResponse)
    async def recording(
        call_id: str, leg: Leg, wanted: Annotated[str | None, Header(alias="range")] = None
    ) -> Response:
        """One leg as WAV; a Range of bytes is honoured."""
        kept = await files.find(store.key(CallId(call_id), leg))
        span = span_of(wanted, kept.file_bytes)
        if span is None:
            return Response(
                status_code=416, headers={"Content-Range": f"bytes */{kept.file_bytes}"}
            )
        return StreamingResponse(
            files.file_bytes(kept, span.start, span.stop),
            status_code=206 if span.partial else 200,
            media_type="audio/wav",
            headers=span.headers,
        )

    return router


def _answer(hit: TranscriptHit) -> HitAnswer:
    return HitAnswer(
        call_id=hit.call_id,
        segment_id=hit.segment_id,
        leg=hit.leg.value,
        start_ms=hit.start_ms,
        end_ms=hit.end_ms,
        text=hit.text,
        language=hit.language,
        said_at=hit.said_at.isoformat(),
        marks=list(hit.marks),
    )
