"""The ear counts samples and forgets none."""

import numpy as np
import pytest

from asr.ear.arrivals import Arrivals
from asr.ear.ear import Began, Ear, EarEvent, Ended, Rested
from asr.ear.resampling import Resampler, at_16k
from asr.ear.tape import Tape
from asr.settings import AsrSettings
from domain.audio import GapCause, Sound
from domain.errors import InputError
from domain.ports import GapHeard
from tests.fakes.sound import blocks, gap, silence, tone
from tests.fakes.utterance_reader import LoudnessDetection


def an_ear() -> Ear:
    return Ear(detection=LoudnessDetection(), settings=AsrSettings())


def hear(ear: Ear, *sounds: Sound) -> list[EarEvent]:
    return [event for sound in sounds for event in ear.hear(sound)] + ear.end()


def utterances(events: list[EarEvent]) -> list[Ended]:
    return [event for event in events if isinstance(event, Ended)]


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 44_100, 48_000])
def test_every_rate_puts_speech_at_the_same_place(rate_hz: int) -> None:
    pcm = (
        silence(1_000, rate_hz=rate_hz)
        + tone(1_000, rate_hz=rate_hz)
        + silence(1_000, rate_hz=rate_hz)
    )

    (said,) = utterances(hear(an_ear(), *blocks(pcm, rate_hz=rate_hz)))

    assert said.onset_sample == pytest.approx(16_000, abs=512)
    assert said.end_sample == pytest.approx(32_000, abs=512)


@pytest.mark.parametrize("rate_hz", [8_000, 44_100])
def test_resampling_neither_loses_nor_shifts_samples(rate_hz: int) -> None:
    pcm = bytearray(silence(1_000, rate_hz=rate_hz))
    pcm[rate_hz : rate_hz + 2] = b"\xff\x7f"  # a click after half a second
    resampler = Resampler(rate_hz)

    parts = [resampler.feed(frame.pcm) for frame in blocks(bytes(pcm), rate_hz=rate_hz)]
    waveform = np.concatenate([*parts, resampler.flush()])

    assert len(waveform) == 16_000
    assert int(np.argmax(waveform)) == pytest.approx(8_000, abs=1)


def test_frames_of_any_size_give_the_same_utterances() -> None:
    pcm = silence(700) + tone(1_234) + silence(900) + tone(777)

    cut = [utterances(hear(an_ear(), *blocks(pcm, ms))) for ms in (20, 130, 1_000)]

    edges = [[(u.onset_sample, u.end_sample, len(u.phrase.waveform)) for u in said] for said in cut]
    assert len(edges[0]) == 2
    assert edges[0] == edges[1] == edges[2]


def test_an_utterance_brings_the_sound_around_it() -> None:
    (said,) = utterances(hear(an_ear(), *blocks(silence(1_000) + tone(1_000) + silence(1_000))))

    around = len(said.phrase.waveform) - (said.end_sample - said.onset_sample)
    assert around == pytest.approx((320 + 200) * 16, abs=32)


def test_the_open_utterance_can_be_listened_to() -> None:
    ear = an_ear()
    events = [event for frame in blocks(silence(500) + tone(1_000)) for event in ear.hear(frame)]

    assert [type(event) for event in events] == [Began]
    assert len(ear.so_far()) == pytest.approx((320 + 1_000) * 16, abs=2_400)
    assert ear.speech_samples == pytest.approx(16_000, abs=2_400)


def test_a_long_hole_ends_the_utterance_and_keeps_the_time_true() -> None:
    before, after = silence(200) + tone(1_000), tone(1_000) + silence(800)
    resumes = len(before) // 2 + 24_000

    events = hear(
        an_ear(),
        *blocks(before),
        gap(len(before) // 2, 24_000, cause=GapCause.OVERFLOW),
        *blocks(after, first_sample=resumes),
    )

    heard = [type(event) for event in events if not isinstance(event, Rested)]
    assert heard == [Began, Ended, GapHeard, Began, Ended]
    first, second = utterances(events)
    assert first.end_sample <= 1_200 * 16
    assert second.onset_sample == pytest.approx(4_200 * 16, abs=512)


def test_a_lost_packet_is_reported_and_does_not_cut_a_sentence_in_two() -> None:
    frames = list(blocks(silence(200) + tone(1_000) + silence(800)))

    events = hear(an_ear(), *frames[:30], *frames[32:])

    assert GapHeard(start_ms=600, end_ms=640, cause=GapCause.NETWORK) in events
    (said,) = utterances(events)
    assert said.end_sample == pytest.approx(1_200 * 16, abs=512)


def test_sound_that_comes_twice_is_heard_once() -> None:
    frames = list(blocks(silence(200) + tone(1_000) + silence(800), 100))

    (once,) = utterances(hear(an_ear(), *frames))
    (twice,) = utterances(hear(an_ear(), *[frame for frame in frames for _ in range(2)]))

    assert (once.onset_sample, once.end_sample) == (twice.onset_sample, twice.end_sample)


def test_an_unfinished_window_at_the_end_is_heard_and_lies_inside_the_sound() -> None:
    pcm = silence(100) + tone(333)

    (said,) = utterances(hear(an_ear(), *blocks(pcm)))

    assert said.end_sample == at_16k(len(pcm) // 2, 8_000)


def test_a_rate_that_changes_is_refused_with_both_rates() -> None:
    ear = an_ear()
    ear.hear(next(blocks(silence(20))))

    with pytest.raises(InputError, match="expected 8000 Hz for the whole leg, got 16000"):
        ear.hear(next(blocks(silence(20, rate_hz=16_000), rate_hz=16_000)))


def test_a_silent_leg_keeps_no_sound() -> None:
    ear = an_ear()
    for frame in blocks(silence(60_000), 100):
        ear.hear(frame)

    assert ear.kept_samples < 2 * 16_000


def test_a_tape_gives_what_it_still_has() -> None:
    tape = Tape(100)
    for _ in range(4):
        tape.append(np.ones(50, np.float32))
    tape.forget_before(210)

    assert (tape.start, tape.end) == (200, 300)
    assert len(tape.cut(0, 250)) == 50
    assert len(tape.cut(250, 9_999)) == 50
    assert len(tape.cut(400, 500)) == 0


def test_a_sample_was_heard_when_its_block_arrived() -> None:
    arrivals = Arrivals()
    for end, ms in ((320, 20), (640, 45), (960, 60)):
        arrivals.note(end, ms)

    assert [arrivals.heard_ms(sample) for sample in (0, 319, 320, 959, 5_000)] == [
        20,
        20,
        45,
        60,
        60,
    ]
    arrivals.forget_before(640)
    assert arrivals.heard_ms(0) == 60
