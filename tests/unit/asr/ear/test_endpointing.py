"""Utterances begin and end where speech does, whatever it is cut into."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.ear.endings import Ending
from asr.ear.endpointing import Closed, Divided, Endpointer, Opened, Paused, Stretch, Turn
from asr.settings import EndpointingSettings
from domain.errors import InputError

RATE_HZ = 16_000
WINDOW = 512  # 32 ms


def an_endpointer(**changes: int) -> Endpointer:
    return Endpointer(settings=EndpointingSettings(**changes), rate_hz=RATE_HZ)


def windows(ms: int) -> int:
    return ms * RATE_HZ // 1000 // WINDOW


def hear(endpointer: Endpointer, *stretches: tuple[float, int]) -> list[Turn]:
    """Each stretch is (probability, ms)."""
    return [
        turn
        for probability, ms in stretches
        for _ in range(windows(ms))
        for turn in endpointer.hear(probability, WINDOW)
    ]


def closings(turns: list[Turn]) -> list[Closed]:
    return [turn for turn in turns if isinstance(turn, Closed)]


def test_silence_opens_nothing() -> None:
    endpointer = an_endpointer()

    assert hear(endpointer, (0.1, 5_000)) == []
    assert endpointer.flush() == []


def test_an_utterance_keeps_the_sound_before_its_first_word() -> None:
    turns = hear(an_endpointer(pre_roll_ms=320), (0.0, 960), (0.9, 640), (0.0, 960))

    assert turns[0] == Opened(onset_sample=30 * WINDOW, audio_from=20 * WINDOW)


def test_an_utterance_ends_at_its_last_word_and_not_where_we_stopped_waiting() -> None:
    turns = hear(an_endpointer(post_roll_ms=192), (0.0, 320), (0.9, 640), (0.0, 960))

    stretch = Stretch(
        start_sample=10 * WINDOW,
        end_sample=30 * WINDOW,
        audio_to=36 * WINDOW,
        speech_samples=20 * WINDOW,
    )
    assert turns[1:] == [
        Paused(stretch=stretch),
        Closed(stretch=stretch, speech_samples=20 * WINDOW),
    ]


def test_a_click_is_no_utterance() -> None:
    assert hear(an_endpointer(min_speech_ms=160), (0.0, 320), (0.9, 96), (0.0, 2_000)) == []


def test_a_pause_for_breath_does_not_end_an_utterance() -> None:
    turns = hear(an_endpointer(end_silence_ms=600), (0.9, 960), (0.0, 480), (0.9, 640), (0.0, 960))

    assert len(closings(turns)) == 1


def test_a_doubtful_window_prolongs_speech_but_does_not_begin_it() -> None:
    doubtful = 0.4

    assert hear(an_endpointer(), (doubtful, 2_000)) == []
    assert closings(hear(an_endpointer(), (0.9, 320), (doubtful, 2_000))) == []


def test_the_next_utterance_never_takes_sound_of_the_one_before() -> None:
    turns = hear(
        an_endpointer(end_silence_min_ms=200, end_silence_ms=200, pre_roll_ms=1_000),
        (0.9, 640), (0.0, 256), (0.9, 640), (0.0, 640),
    )  # fmt: skip

    first_end = closings(turns)[0].stretch.audio_to
    second = [turn for turn in turns if isinstance(turn, Opened)][1]
    assert second.audio_from == first_end


def test_a_monologue_is_cut_at_its_longest_pause() -> None:
    turns = hear(
        an_endpointer(max_utterance_ms=8_000),
        (0.9, 4_800), (0.0, 128), (0.9, 640), (0.0, 320), (0.9, 640), (0.0, 128), (0.9, 3_200), (0.0, 960),
    )  # fmt: skip

    first, second = closings(turns)
    long_pause = range((4_800 + 128 + 640) * 16, (4_800 + 128 + 640 + 320) * 16)
    assert first.stretch.end_sample == long_pause.start
    assert first.stretch.audio_to in long_pause
    assert second == turns[-1]


@pytest.mark.parametrize(("before_ms", "is_cut"), [(3_200, False), (6_720, True)])
def test_who_talks_on_and_on_is_cut_at_a_breath_while_it_lasts(
    before_ms: int, is_cut: bool
) -> None:
    turns = hear(an_endpointer(max_utterance_ms=8_000), (0.9, before_ms), (0.0, 288))

    assert [closed.stretch.end_sample for closed in closings(turns)] == [before_ms * 16] * is_cut


def test_a_monologue_without_a_pause_is_cut_at_its_quietest_place() -> None:
    turns = hear(
        an_endpointer(max_utterance_ms=8_000), (0.9, 6_400), (0.6, 32), (0.9, 3_200), (0.0, 960)
    )

    first, second = closings(turns)
    assert first.stretch.audio_to == 6_400 * 16
    assert first.speech_samples + second.speech_samples == (6_400 + 32 + 3_200) * 16


def test_what_is_open_when_the_sound_ends_is_given_out() -> None:
    endpointer = an_endpointer()
    hear(endpointer, (0.9, 640))

    (closed,) = closings(endpointer.flush())

    assert closed.stretch.end_sample == closed.stretch.audio_to == 20 * WINDOW
    assert not endpointer.is_open


def test_after_a_hole_time_goes_on_behind_it() -> None:
    endpointer = an_endpointer()
    hear(endpointer, (0.9, 640))

    (closed,) = endpointer.jump(160_000)
    turns = hear(endpointer, (0.9, 640))

    assert isinstance(closed, Closed)
    assert turns == [Opened(onset_sample=160_000, audio_from=160_000)]


@pytest.mark.parametrize(
    ("setting", "value", "allowed"),
    [
        ("end_silence_ms", 50, "between 200 and 3000"),
        ("min_speech_ms", 0, "between 32 and 1000"),
        ("max_utterance_ms", 60_000, "between 4000 and 28000"),
        ("post_roll_ms", 700, "between 0 and 320"),
    ],
)
def test_a_setting_out_of_range_is_refused_with_the_range(
    setting: str, value: int, allowed: str
) -> None:
    with pytest.raises(InputError, match=f"{setting} {allowed}, got {value}"):
        an_endpointer(**{setting: value})


def wait_after(endpointer: Endpointer, *stretches: tuple[float, int]) -> int:
    """How long the silence after this lasted when the utterance was over, in ms."""
    hear(endpointer, *stretches)
    for count in range(1, 100):
        if closings(endpointer.hear(0.0, WINDOW)):
            return count * 32
    raise AssertionError("never over")


def test_a_short_answer_ends_sooner_than_a_sentence() -> None:
    assert wait_after(an_endpointer(), (0.9, 320)) < wait_after(an_endpointer(), (0.9, 2_560))


def test_who_pauses_long_is_waited_for_longer_and_who_hardly_pauses_not_so_long() -> None:
    slow, quick = an_endpointer(), an_endpointer()
    for _ in range(12):
        hear(slow, (0.9, 640), (0.0, 480))
        hear(quick, (0.9, 640), (0.0, 128))

    usual = wait_after(an_endpointer(), (0.9, 2_560))
    assert wait_after(slow, (0.9, 960)) > usual
    assert wait_after(quick, (0.9, 960)) < usual


def test_who_is_cut_off_is_waited_for_longer_next_time() -> None:
    endpointer = an_endpointer()
    for _ in range(8):
        hear(endpointer, (0.9, 1_280), (0.0, 640))

    assert wait_after(endpointer, (0.9, 1_280)) > 544


def test_a_number_holds_the_turn_and_a_complete_sentence_gives_it_up() -> None:
    waits = {}
    for ending in Ending:
        endpointer = an_endpointer()
        hear(endpointer, (0.9, 2_560))
        endpointer.hint(ending, 80 * WINDOW)
        waits[ending] = wait_after(endpointer)

    assert waits[Ending.COMPLETE] < waits[Ending.UNTOLD] < waits[Ending.GOES_ON]


def test_last_words_that_are_no_longer_the_last_do_not_count() -> None:
    endpointer = an_endpointer()
    hear(endpointer, (0.9, 1_280))
    endpointer.hint(Ending.GOES_ON, 40 * WINDOW)

    assert wait_after(endpointer, (0.9, 1_280)) == wait_after(an_endpointer(), (0.9, 2_560))


def test_a_long_utterance_is_read_in_phrases_cut_where_somebody_paused() -> None:
    turns = hear(
        an_endpointer(),
        (0.9, 2_560), (0.0, 416), (0.9, 1_280), (0.0, 448), (0.9, 4_480), (0.0, 960),
    )  # fmt: skip

    (divided,) = [turn for turn in turns if isinstance(turn, Divided)]
    (closed,) = closings(turns)
    assert divided.stretch.end_sample == (2_560 + 416 + 1_280) * 16
    assert divided.stretch.audio_to <= divided.audio_from <= closed.stretch.start_sample
    assert closed.stretch.speech_samples == 4_480 * 16
    assert closed.speech_samples == (2_560 + 1_280 + 4_480) * 16


def test_a_last_word_is_not_cut_off_from_its_sentence() -> None:
    turns = hear(an_endpointer(), (0.9, 7_040), (0.0, 416), (0.9, 640), (0.0, 960))

    assert [type(turn) for turn in turns if not isinstance(turn, Paused)] == [Opened, Closed]


@given(st.lists(st.sampled_from([0.0, 0.3, 0.4, 0.6, 0.95]), max_size=800), st.integers(0, 800))
def test_utterances_never_overlap_and_never_go_back(
    probabilities: list[float], hole_at: int
) -> None:
    endpointer = an_endpointer(
        max_utterance_ms=8_000, phrase_ms=4_000, end_silence_ms=200, end_silence_min_ms=200
    )
    turns: list[Turn] = []
    position = 0
    for at, probability in enumerate(probabilities):
        if at == hole_at:
            position += 5_000
            turns += endpointer.jump(position)
        turns += endpointer.hear(probability, WINDOW)
        position += WINDOW
    turns += endpointer.flush()

    free_from = onset = 0
    is_open = False
    for turn in turns:
        assert isinstance(turn, Opened) != is_open
        if isinstance(turn, Opened):
            assert free_from <= turn.audio_from <= turn.onset_sample
            free_from, onset, is_open = turn.audio_from, turn.onset_sample, True
            continue
        stretch = turn.stretch
        assert free_from <= stretch.start_sample < stretch.end_sample
        assert stretch.end_sample <= stretch.audio_to <= position
        assert 0 < stretch.speech_samples <= stretch.end_sample - stretch.start_sample
        assert stretch.audio_to - onset <= 8_000 * 16
        if isinstance(turn, Divided):
            free_from = turn.audio_from
        if isinstance(turn, Closed):
            free_from, is_open = stretch.audio_to, False
    assert not is_open
