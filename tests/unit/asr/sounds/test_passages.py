"""Music, tones and keys become marked passages; whoever speaks is never one."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from asr.ear.tape import Waveform
from asr.ear.vad import WINDOW_SAMPLES
from asr.settings import PassageSettings
from asr.sounds import Passage, Passages
from bench.speech import line_sounds as line
from bench.speech import music
from bench.speech.music import Timbre
from domain.passage import PassageKind

RATE_HZ = 16_000
SETTINGS = PassageSettings()
NOBODY, SOMEBODY = 0.03, 0.95


def windows_of(wave: NDArray[np.float64]) -> Waveform:
    whole = len(wave) - len(wave) % WINDOW_SAMPLES
    return wave[:whole].astype(np.float32)


def told(
    wave: NDArray[np.float64], speech: Sequence[float] | None = None, *, windows: int = 3
) -> tuple[Passages, list[Passage]]:
    """Hear it in pieces of so many windows, nobody speaking unless said otherwise."""
    heard, sound = Passages(settings=SETTINGS), windows_of(wave)
    odds = list(speech or [NOBODY] * (len(sound) // WINDOW_SAMPLES))
    passages: list[Passage] = []
    for at in range(0, len(sound), windows * WINDOW_SAMPLES):
        piece = sound[at : at + windows * WINDOW_SAMPLES]
        first = at // WINDOW_SAMPLES
        passages += heard.hear(piece, odds[first : first + len(piece) // WINDOW_SAMPLES], at)
    return heard, passages + heard.end()


def kinds(passages: list[Passage]) -> list[PassageKind]:
    return [passage.kind for passage in passages]


def seconds(passages: list[Passage]) -> float:
    return sum(passage.samples for passage in passages) / RATE_HZ


def a_voice(length_s: float) -> NDArray[np.float64]:
    """A buzz whose pitch never stands still, as in speech."""
    t = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    hz = 150 + 40 * np.sin(2 * np.pi * 1.3 * t) + 15 * np.sin(2 * np.pi * 0.7 * t)
    phase = 2 * np.pi * np.cumsum(hz) / RATE_HZ
    buzz = sum((np.sin(n * phase) / n for n in range(1, 20)), np.zeros(len(t)))
    return np.asarray(0.2 * buzz * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * t)))


@pytest.mark.parametrize("timbre", [t for t in Timbre if t is not Timbre.SUNG])
def test_a_tune_is_hold_music_from_beginning_to_end(timbre: Timbre) -> None:
    _, passages = told(music.tune(4, 8, timbre, RATE_HZ))

    assert set(kinds(passages)) == {PassageKind.HOLD_MUSIC}
    assert seconds(passages) > 6


def test_a_band_is_hold_music() -> None:
    _, passages = told(music.band(7, 8, Timbre.BOWED, RATE_HZ))

    assert kinds(passages) == [PassageKind.HOLD_MUSIC]


def test_a_jingle_of_two_seconds_is_not_worth_a_record() -> None:
    _, passages = told(music.tune(4, 2, Timbre.STRUCK, RATE_HZ))

    assert passages == []


@pytest.mark.parametrize(
    ("hz", "on_off_s"),
    [
        ((450,), (1, 4)),
        ((425,), (1, 4)),
        ((440, 480), (2, 4)),
        ((400, 450), (0.4, 0.2, 0.4, 2)),
        ((480, 620), (0.5, 0.5)),
        ((350, 440), (9, 0.01)),
    ],
)
def test_ringing_with_its_pauses_is_one_passage(
    hz: tuple[int, ...], on_off_s: tuple[float, ...]
) -> None:
    _, passages = told(line.cadence(11, hz, on_off_s, RATE_HZ))

    assert kinds(passages) == [PassageKind.RING_BACK]


def test_keys_are_keys_however_quickly_they_are_pressed() -> None:
    _, passages = told(line.keys("18005550", RATE_HZ, on_s=0.08, off_s=0.08))

    assert set(kinds(passages)) == {PassageKind.DTMF}


def test_a_refusal_by_the_exchange_is_an_announcement() -> None:
    _, passages = told(np.concatenate([line.special_information(RATE_HZ), np.zeros(3 * RATE_HZ)]))

    assert kinds(passages) == [PassageKind.ANNOUNCEMENT]


@pytest.mark.parametrize(("hz", "on_off_s"), [(1_100, (0.5, 3)), (2_100, (3, 1))])
def test_a_fax_is_noise(hz: int, on_off_s: tuple[float, ...]) -> None:
    _, passages = told(line.cadence(8, (hz,), on_off_s, RATE_HZ))

    assert kinds(passages) == [PassageKind.NOISE]


@pytest.mark.parametrize(
    "wave",
    [
        np.zeros(5 * RATE_HZ),
        line.hiss(5, RATE_HZ, 1, level=0.03),
        line.hiss(5, RATE_HZ, 2, level=0.003, tilt=1),
        line.comfort_noise(5, RATE_HZ, 3),
        line.clicks(5, RATE_HZ, 4),
        line.breath(5, RATE_HZ, 5),
        line.typing(5, RATE_HZ, 6),
        line.knocks(5, RATE_HZ, 7),
        line.hum(5, RATE_HZ),
        a_voice(5),
    ],
    ids=[
        "silence",
        "hiss",
        "pink",
        "comfort",
        "clicks",
        "breath",
        "typing",
        "knocks",
        "hum",
        "voice",
    ],
)
def test_a_line_without_music_or_tones_has_no_passage(wave: NDArray[np.float64]) -> None:
    _, passages = told(wave)

    assert passages == []


def test_speech_over_music_ends_the_passage_and_music_after_it_begins_another() -> None:
    wave = music.band(7, 20, Timbre.ORGAN, RATE_HZ)
    speech = [NOBODY] * (len(wave) // WINDOW_SAMPLES)
    speech[300:360] = [SOMEBODY] * 60

    _, passages = told(wave, speech)

    assert kinds(passages) == [PassageKind.HOLD_MUSIC, PassageKind.HOLD_MUSIC]
    assert passages[0].end_sample <= 304 * WINDOW_SAMPLES
    assert passages[1].start_sample >= 352 * WINDOW_SAMPLES


def test_a_long_hold_is_told_while_it_lasts() -> None:
    heard = Passages(settings=PassageSettings(longest_ms=10_000))
    sound = windows_of(music.tune(4, 26, Timbre.ORGAN, RATE_HZ))

    early = heard.hear(sound, [NOBODY] * (len(sound) // WINDOW_SAMPLES), 0)
    passages = early + heard.end()

    assert len(early) == 2
    assert len(passages) == 3
    assert [p.start_sample for p in passages[1:]] == [p.end_sample for p in passages[:-1]]


def test_a_hole_ends_what_was_open_before_it() -> None:
    heard, sound = Passages(settings=SETTINGS), windows_of(music.tune(4, 5, Timbre.ORGAN, RATE_HZ))
    odds = [NOBODY] * (len(sound) // WINDOW_SAMPLES)

    heard.hear(sound, odds, 0)
    passages = heard.hear(sound, odds, 900_000) + heard.end()

    assert kinds(passages) == [PassageKind.HOLD_MUSIC, PassageKind.HOLD_MUSIC]
    assert passages[0].end_sample <= len(sound)
    assert passages[1].start_sample >= 900_000


def test_it_does_not_matter_in_what_pieces_the_sound_comes() -> None:
    wave = np.concatenate(
        [line.cadence(6, (450,), (1, 2), RATE_HZ), music.tune(4, 6, Timbre.PLUCKED, RATE_HZ)]
    )

    assert told(wave, windows=1)[1] == told(wave, windows=40)[1]


@pytest.mark.parametrize("timbre", [Timbre.ORGAN, Timbre.STRUCK])
def test_music_that_is_taken_for_speech_is_not_read(timbre: Timbre) -> None:
    wave = music.tune(4, 4, timbre, RATE_HZ)
    heard, _ = told(wave, [SOMEBODY] * (len(wave) // WINDOW_SAMPLES))

    assert heard.why_not_speech(0, len(wave)) is PassageKind.HOLD_MUSIC


def test_a_tone_that_is_taken_for_speech_is_not_read() -> None:
    wave = line.cadence(2, (440, 480), (2, 4), RATE_HZ)
    heard, _ = told(wave, [SOMEBODY] * (len(wave) // WINDOW_SAMPLES))

    assert heard.why_not_speech(0, len(wave)) is PassageKind.RING_BACK


def test_a_voice_is_read_and_so_is_a_voice_over_music() -> None:
    voice = a_voice(4)
    over = voice + 0.3 * music.tune(4, 4, Timbre.STRUCK, RATE_HZ)[: len(voice)]

    for wave in (voice, over):
        heard, _ = told(wave, [SOMEBODY] * (len(wave) // WINDOW_SAMPLES))
        assert heard.why_not_speech(0, len(wave)) is None


def test_one_long_vowel_on_one_pitch_is_read() -> None:
    wave = music.tune(4, 0.7, Timbre.ORGAN, RATE_HZ)
    heard, _ = told(wave, [SOMEBODY] * (len(wave) // WINDOW_SAMPLES))

    assert heard.why_not_speech(0, len(wave)) is None


def test_what_is_no_longer_remembered_is_read() -> None:
    heard = Passages(settings=SETTINGS)

    assert heard.why_not_speech(0, 16_000) is None
