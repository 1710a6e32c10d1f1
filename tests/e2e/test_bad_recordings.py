"""A recording that no telephone sounds like is refused in one sentence, and no call is begun."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.product import Product, last_words_are_in
from tests.e2e.wav_files import (
    write_nothing,
    write_silence,
    write_text,
    write_truncated,
    write_wav,
)

pytestmark = pytest.mark.weights

SECONDS = 1.5
Files = Callable[[Path], list[Path]]


def one(write: Callable[[Path], Path]) -> Files:
    return lambda folder: [write(folder / "recording.wav")]


def a_24_bit(path: Path) -> Path:
    return write_wav(path, seconds=SECONDS, subtype="PCM_24")


def a_float(path: Path) -> Path:
    return write_wav(path, seconds=SECONDS, rate_hz=16_000, channels=2, subtype="FLOAT")


def a_192_khz(path: Path) -> Path:
    return write_wav(path, seconds=SECONDS, rate_hz=192_000)


def missing(path: Path) -> Path:
    return path


def three(folder: Path) -> list[Path]:
    return [write_wav(folder / f"{n}.wav") for n in range(3)]


def stereo_and_mono(folder: Path) -> list[Path]:
    return [write_wav(folder / "both.wav", channels=2), write_wav(folder / "agent.wav")]


REFUSED: dict[str, tuple[Files, str]] = {
    "an empty file": (one(write_nothing), "empty"),
    "a truncated file": (one(write_truncated), "cut short"),
    "192 kHz": (one(a_192_khz), "--convert"),
    "24 bits": (one(a_24_bit), "--convert"),
    "float samples": (one(a_float), "--convert"),
    "silence": (one(write_silence), "only silence"),
    "a text called .wav": (one(write_text), "something else"),
    "a file that is not there": (one(missing), "none at"),
    "three files": (three, "got 3 files"),
    "a stereo and a mono file": (stereo_and_mono, "two mono files"),
}


@pytest.mark.parametrize("recording", REFUSED)
def test_it_is_refused_in_one_sentence_before_anybody_is_called(
    recording: str, product: Product, tmp_path: Path
) -> None:
    files, why = REFUSED[recording]
    before = call_ids(product)

    finished = product.hotline("call", *files(tmp_path))

    assert finished.returncode == 2
    assert finished.stdout == ""
    assert finished.stderr.startswith("hotline: ")
    assert len(finished.stderr.splitlines()) == 1
    assert why in finished.stderr
    assert call_ids(product) == before


@pytest.mark.parametrize("write", [a_24_bit, a_float, a_192_khz])
def test_it_is_taken_when_conversion_is_asked_for(
    write: Callable[[Path], Path], product: Product, tmp_path: Path
) -> None:
    finished = product.hotline("call", "--convert", "--quiet", write(tmp_path / "converted.wav"))

    assert finished.returncode == 0, finished.stderr
    view = product.call(finished.stdout.strip())
    assert view["title"] == "converted"
    assert last_words_are_in(view)
    assert all(lasts(leg["duration_ms"]) for leg in view["legs"])


def test_one_mono_file_is_a_call_of_the_caller_alone(product: Product, tmp_path: Path) -> None:
    recording = write_wav(tmp_path / "mono.wav", seconds=SECONDS)

    finished = product.hotline("call", "--title", "Alone", "--from", "13800000000", recording)

    assert finished.returncode == 0, finished.stderr
    newest = product.calls()[0]
    assert finished.stdout.startswith(newest["call_id"])
    assert (newest["title"], newest["caller_number"]) == ("Alone", "13800000000")
    (leg,) = product.call(newest["call_id"])["legs"]
    assert leg["leg"] == "caller"
    assert lasts(leg["duration_ms"])


def call_ids(product: Product) -> set[str]:
    return {call["call_id"] for call in product.calls()}


def lasts(duration_ms: int) -> bool:
    return abs(duration_ms - 1000 * SECONDS) < 50
