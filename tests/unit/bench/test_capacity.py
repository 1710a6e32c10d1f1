"""A capacity counts only while words come in time and none are lost."""

import os
from typing import Any

from bench.capacity import keeps_up, looped, speech_accounts
from bench.process_tree import weigh_session
from media_gateway.client.recording import Recording

CALL: dict[str, Any] = {
    "transcript": [
        {"start_ms": 0, "end_ms": 3_000, "is_final": True},
        {"start_ms": 5_000, "end_ms": 5_900, "is_final": True},
    ],
    "legs": [
        {
            "passages": [
                {"start_ms": 4_000, "end_ms": 4_050, "kind": "unreadable"},
                {"start_ms": 9_000, "end_ms": 20_000, "kind": "hold_music"},
            ],
            "gaps": [
                {"start_ms": 7_000, "end_ms": 7_050, "listener": "asr"},
                {"start_ms": 7_000, "end_ms": 8_000, "listener": "recorder"},
            ],
        }
    ],
}


def test_speech_is_words_or_marked_or_missed_and_music_is_none_of_it() -> None:
    assert speech_accounts([CALL]) == {
        "speech_s": 4.0,
        "unreadable_s": 0.1,
        "missed_s": 0.1,
        "transcribed": 0.975,
    }


def test_a_call_without_speech_has_no_share() -> None:
    assert speech_accounts([]) | {"speech_s": 0} == {
        "speech_s": 0,
        "unreadable_s": 0.0,
        "missed_s": 0.0,
        "transcribed": None,
    }


def test_late_words_and_lost_words_both_end_the_count() -> None:
    good = {"final_ms": {"p95": 2_000}, "transcribed": 0.995}

    assert keeps_up(good)
    assert not keeps_up(good | {"final_ms": {"p95": 2_001}})
    assert not keeps_up(good | {"final_ms": {"p95": None}})
    assert not keeps_up(good | {"transcribed": 0.994})


def test_every_call_begins_with_another_recording_and_lasts_as_long() -> None:
    tapes = [
        Recording(legs=(bytes([n, 0]) * 8_000, bytes(16_000)), sample_rate_hz=8_000) for n in (1, 2)
    ]

    calls = [looped(tapes, number, 3) for number in range(3)]

    assert [call.legs[0][0] for call in calls] == [1, 2, 1]
    assert {call.duration_ms for call in calls} == {3_000}
    assert calls[0].legs[0][16_000] == 2


def test_a_session_weighs_what_its_processes_weigh() -> None:
    weight = weigh_session(os.getsid(0))

    assert weight.processes >= 1
    assert weight.memory_bytes > 1_000_000
    assert weight.cpu_s > 0
