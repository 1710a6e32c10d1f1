"""Programs read the calls of the demonstration as JSON, on the command line and over HTTP."""

from typing import Any

import pytest

from tests.e2e.demonstration import Demonstration
from tests.e2e.product import Product, calls_as_json
from tests.e2e.view_shape import check_view

pytestmark = pytest.mark.weights


def test_calls_are_listed_newest_first(demonstration: Demonstration) -> None:
    demonstration.ended()

    listed = calls_as_json(demonstration.product, "list")["calls"]

    started = [call["started_at"] for call in listed]
    assert len(listed) >= len(demonstration.conversations)
    assert started == sorted(started, reverse=True)
    assert listed == demonstration.product.calls()


def test_an_ended_call_shows_all_that_was_understood(demonstration: Demonstration) -> None:
    calls = demonstration.ended()
    assert set(calls) == {conversation.name for conversation in demonstration.conversations}

    for call in calls.values():
        view = calls_as_json(demonstration.product, "show", call["call_id"])
        check_view(view)
        assert view == demonstration.product.call(call["call_id"])
        assert [leg["leg"] for leg in view["legs"]] == ["caller", "agent"]
        assert all(line["is_final"] for line in view["transcript"])
        assert view["suggestions"]
        assert view["ticket_drafts"]
        assert view["latency"]["final_ms"]["n"] == len(view["transcript"])


def test_each_caller_is_understood_in_their_own_language_and_routed_by_it(
    demonstration: Demonstration,
) -> None:
    """Mandarin, English, an emergency, and a language that wants an interpreter."""
    calls = demonstration.ended()

    routed = [
        (view["language"], view["queue"], view["routing"]["rule_id"]) for view in in_order(calls)
    ]
    assert routed == [
        ("zh", "mandarin", "language-mandarin"),
        ("en", "english", "language-english"),
        ("zh", "emergency", "emergency-first"),
        ("fr", "interpreter", "language-needs-interpreter"),
    ]


def test_a_call_nobody_knows_is_one_sentence(product: Product) -> None:
    finished = product.hotline("calls", "show", "no-such-call", "--json")

    assert finished.returncode == 2
    assert finished.stdout == ""
    assert finished.stderr.startswith("hotline: ")
    assert len(finished.stderr.splitlines()) == 1


def test_the_api_documents_what_it_answers(product: Product) -> None:
    paths = product.get("/api/openapi.json")["paths"]

    assert {"/api/calls", "/api/calls/{call_id}", "/api/search", "/api/campaigns"} <= set(paths)


def in_order(calls: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return [calls[name] for name in sorted(calls)]
