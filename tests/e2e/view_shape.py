"""Say what a program may count on when it reads a call."""

from collections.abc import Iterable, Mapping
from typing import Any

Json = Mapping[str, Any]

LINE = {"leg": str, "start_ms": int, "end_ms": int, "text": str, "is_final": bool}
LEG = {"leg": str, "sample_rate_hz": int, "joined_at_ms": int, "gaps": list}
GUESS = {"leg": str, "probability": float, "candidates": list, "decided_at_ms": int}
DECISION = {"queue": str, "rule_id": str, "reason_zh": str, "reason_en": str, "inputs": dict}
CARD = {"title": str, "text": str, "language": str, "band": str, "because_segment_id": str}
SOURCE = {"article_id": str, "passage_id": str, "title": str, "department": str, "version": str}
DRAFT = {"ticket_id": str, "state": str, "revision": int, "fields": list}
FIELD = {"name": str, "label_zh": str, "label_en": str, "value": str, "evidence": list}
PLACE = {"call_id": str, "segment_id": str, "leg": str, "start_ms": int, "quote": str}
LATENCIES = ("first_partial_ms", "final_ms", "card_ms")


def has(what: Json, shape: Mapping[str, type]) -> None:
    for name, kind in shape.items():
        assert isinstance(what[name], kind), f"{name} is {what[name]!r}"


def each_has(those: Iterable[Json], shape: Mapping[str, type]) -> None:
    for what in those:
        has(what, shape)


def check_view(view: Json) -> None:
    """Everything promised of a call, live or ended."""
    has(view, {"call_id": str, "state": str, "legs": list, "languages": list})
    each_has(view["legs"], LEG)
    each_has(view["languages"], GUESS)
    _check_transcript(view)
    _check_routing(view["routing"])
    _check_suggestions(view)
    _check_drafts(view)
    _check_latency(view["latency"])


def _check_transcript(view: Json) -> None:
    lines = view["transcript"]
    each_has(lines, LINE)
    assert all("language" in line for line in lines)
    assert all(line["start_ms"] < line["end_ms"] for line in lines)
    assert [line["start_ms"] for line in lines] == sorted(line["start_ms"] for line in lines)
    assert len({line["segment_id"] for line in lines}) == len(lines)


def _check_routing(routing: Json) -> None:
    has(routing, DECISION)
    each_has(routing["earlier"], DECISION)
    assert {"language", "direction"} <= set(routing["inputs"])


def _check_suggestions(view: Json) -> None:
    said = {line["segment_id"] for line in view["transcript"]}
    each_has(view["suggestions"], CARD)
    each_has((card["source"] for card in view["suggestions"]), SOURCE)
    assert {card["because_segment_id"] for card in view["suggestions"]} <= said


def _check_drafts(view: Json) -> None:
    """Every field leads to the exact words it came from."""
    words = {line["segment_id"]: line["text"] for line in view["transcript"]}
    each_has(view["ticket_drafts"], DRAFT)
    for draft in view["ticket_drafts"]:
        each_has(draft["fields"], FIELD)
        for field in draft["fields"]:
            assert field["evidence"], f"{field['name']} came from nowhere"
            each_has(field["evidence"], PLACE)
            for place in field["evidence"]:
                text = words[place["segment_id"]]
                assert text[place["start_char"] : place["end_char"]] == place["quote"] != ""


def _check_latency(latency: Json) -> None:
    assert set(latency) == set(LATENCIES)
    for figures in latency.values():
        has(figures, {"n": int})
        if figures["n"]:
            assert 0 < figures["p50"] <= figures["p95"]
        else:
            assert figures["p50"] is figures["p95"] is None
