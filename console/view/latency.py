"""Fold facts into how long people waited."""

from collections.abc import Iterable, Sequence

from console.shapes import Latency, Percentiles
from domain.events import Event, SuggestionOffered, TranscriptFinalised
from domain.stages import nearest_rank


def latency(events: Sequence[Event]) -> Latency:
    stages = [
        e.stages for e in events if isinstance(e, TranscriptFinalised) and e.stages is not None
    ]
    cards = [e.card_latency_ms for e in events if isinstance(e, SuggestionOffered)]
    return Latency(
        first_partial_ms=percentiles(stage.first_partial_latency_ms for stage in stages),
        final_ms=percentiles(stage.final_latency_ms for stage in stages),
        card_ms=percentiles(cards),
    )


def percentiles(figures: Iterable[int | None]) -> Percentiles:
    """Nearest rank, so that every figure shown was really measured."""
    known = sorted(figure for figure in figures if figure is not None)
    return Percentiles(p50=nearest_rank(known, 50), p95=nearest_rank(known, 95), n=len(known))
