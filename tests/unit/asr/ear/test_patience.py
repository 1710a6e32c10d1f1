"""How long somebody is waited for depends on who it is and what was said last."""

import pytest

from asr.ear.endings import Ending, read_endings
from asr.ear.patience import Pace, SaidSoFar, wait_ms
from asr.settings import EndpointingSettings

SETTINGS = EndpointingSettings()


def wait(*, speech_ms: int = 2_000, ending: Ending = Ending.UNTOLD, pauses: int = 0) -> int:
    """For somebody who made twenty pauses of this many ms."""
    pace = Pace()
    for _ in range(20):
        pace.note(pauses)
    return wait_ms(SaidSoFar(speech_ms=speech_ms, ending=ending), pace, SETTINGS)


def test_nobody_is_waited_for_longer_or_shorter_than_the_settings_say() -> None:
    waits = [
        wait(speech_ms=speech_ms, ending=ending, pauses=pauses)
        for speech_ms in (100, 10_000)
        for ending in Ending
        for pauses in (0, 100, 500, 1_000)
    ]

    assert min(waits) >= SETTINGS.end_silence_min_ms
    assert max(waits) <= SETTINGS.end_silence_max_ms
    assert len(set(waits)) > 6


def test_stop_consonants_and_turns_are_no_pauses() -> None:
    assert wait(pauses=50) == wait(pauses=1_500) == wait()


def test_one_long_pause_hardly_counts() -> None:
    pace = Pace()
    pace.note(900)

    assert wait_ms(SaidSoFar(speech_ms=2_000), pace, SETTINGS) - wait() < 120


@pytest.mark.parametrize(
    ("text", "ending"),
    [
        ("我的社保卡丢了怎么办？", Ending.COMPLETE),
        ("你们周末上班吗", Ending.COMPLETE),
        ("I want to report a broken lamp.", Ending.COMPLETE),
        ("我的电话是138", Ending.GOES_ON),
        ("一三八零零", Ending.GOES_ON),
        ("my number is five five", Ending.GOES_ON),
        ("138 0013 8000", Ending.UNTOLD),
        ("因为", Ending.GOES_ON),
        ("the thing is, and", Ending.GOES_ON),
        ("I saw the band", Ending.UNTOLD),
        ("je voudrais", Ending.UNTOLD),
        ("감사합니다", Ending.COMPLETE),
        ("", Ending.UNTOLD),
        ("…", Ending.UNTOLD),
    ],
)
def test_last_words_tell_whether_more_is_to_come(text: str, ending: Ending) -> None:
    assert read_endings().of(text) is ending
