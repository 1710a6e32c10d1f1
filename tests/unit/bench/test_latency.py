"""A figure says what was measured, and nothing when nothing was."""

from bench.latency import product_latency
from bench.percentiles import summary


def test_percentiles_are_values_that_really_occurred() -> None:
    assert summary([30, 10, None, 20]) == {"p50": 20, "p95": 30, "n": 3}


def test_nothing_measured_is_said_as_nothing() -> None:
    assert summary([None]) == {"p50": None, "p95": None, "n": 0}


def test_utterances_of_all_calls_are_pooled() -> None:
    call = {
        "transcript": [
            {"first_partial_ms": 500, "final_ms": 900},
            {"first_partial_ms": None, "final_ms": 700},
        ],
        "suggestions": [{"card_latency_ms": 1000}],
    }

    figures = product_latency([call, call])

    assert figures["first_partial_ms"] == {"p50": 500, "p95": 500, "n": 2}
    assert figures["final_ms"]["n"] == 4
    assert figures["card_ms"]["n"] == 2
