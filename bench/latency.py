"""Summarise how long words and cards took."""

from collections.abc import Iterable
from typing import Any

from bench.percentiles import summary


def product_latency(views: Iterable[dict[str, Any]]) -> dict[str, dict[str, int | None]]:
    """Pool the utterances and cards of some calls, as ``GET /api/calls/ID`` shows them.

    ``first_partial_ms``: first sample of the speech at our socket → first grey words published.
    ``final_ms``: last sample of the speech → firm words published (the endpointer's silence included).
    ``card_ms``: last sample of the caller's phrase → card published.
    """
    calls = list(views)
    lines = [line for call in calls for line in call["transcript"]]
    cards = [card for call in calls for card in call["suggestions"]]
    return {
        "first_partial_ms": summary(line["first_partial_ms"] for line in lines),
        "final_ms": summary(line["final_ms"] for line in lines),
        "card_ms": summary(card["card_latency_ms"] for card in cards),
    }
