"""A capacity counts only while words come in time and none are lost."""

import tracemalloc
from typing import Any

from bench.capacity import completeness, keeps_up, looped, speech_accounts
from media_gateway.client.farewell import Farewell
from media_gateway.client.mouth import Source
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


def test_late_words_and_lost_words_and_lost_calls_all_end_the_count() -> None:
    good = {"final_ms": {"p95": 2_000}, "transcribed": 0.995, "cut_short": 0, "unfinished": 0}

    assert keeps_up(good)
    assert not keeps_up(good | {"final_ms": {"p95": 2_001}})
    assert not keeps_up(good | {"final_ms": {"p95": None}})
    assert not keeps_up(good | {"transcribed": 0.994})
    assert not keeps_up(good | {"cut_short": 1})
    assert not keeps_up(good | {"unfinished": 1})


def test_calls_that_the_product_ended_or_never_finished_are_told() -> None:
    heard = {"state": "ended", "legs": [{"transcribed": True}, {"transcribed": True}]}
    waiting = {"state": "ended", "legs": [{"transcribed": True}, {"transcribed": False}]}

    figures = completeness([heard, waiting], [farewell(by_server=False), farewell(by_server=True)])

    assert figures == {"cut_short": 1, "unfinished": 1}


def test_every_call_begins_with_another_recording_and_lasts_as_long() -> None:
    tapes = [tape(1), tape(2)]

    calls = [sent(looped(tapes, number, 3)) for number in range(3)]

    assert [call[0] for call in calls] == [1, 2, 1]
    assert {len(call) for call in calls} == {3 * 8_000 * 4}
    assert calls[0][8_000 * 4] == 2


def test_frames_are_those_of_the_recordings_in_a_row_wherever_they_are_cut() -> None:
    tapes = [tape(number, samples=number * 1_003) for number in (1, 2, 3)]
    in_a_row = b"".join(sent(tapes[number % 3].again()) for number in range(1, 20))

    call = sent(looped(tapes, 1, 2))

    assert call == in_a_row[: 2 * 8_000 * 4]


def test_calls_share_their_recordings_and_do_not_disturb_each_other() -> None:
    tapes = [tape(1), tape(2)]
    one, other = looped(tapes, 0, 2), looped(tapes, 0, 2)

    both = [(one.take(160), other.take(160)) for _ in range(100)]

    assert all(ours == theirs for ours, theirs in both)


def test_a_day_of_sound_takes_no_room() -> None:
    tapes = [tape(1), tape(2)]
    tracemalloc.start()
    try:
        call = looped(tapes, 0, 24 * 3_600)
        call.take(160)
        _, most_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert most_bytes < 100_000


def tape(number: int, samples: int = 8_000) -> Recording:
    """Two legs that tell the recording and the place in it."""
    caller = bytes(byte for n in range(samples) for byte in (number, n % 100))
    return Recording(legs=(caller, bytes(2 * samples)), sample_rate_hz=8_000)


def sent(source: Source) -> bytes:
    return b"".join(iter(lambda: source.take(160) or b"", b""))


def farewell(*, by_server: bool) -> Farewell:
    return Farewell(
        said_goodbye=True, code=1000, reason="", sent_samples=0, by_server=by_server, call_id=None
    )
