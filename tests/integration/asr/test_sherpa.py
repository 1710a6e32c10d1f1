"""sherpa-onnx loads a directory of each family and decodes sound with it; the weights are random, the path is real."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from asr.ear.tape import Waveform
from asr.engines.sherpa import SherpaKind, SherpaMachine, kind_of
from domain.errors import EngineError
from domain.language import ZH, LanguageTag
from tests.fakes import sherpa_models
from tests.fakes.sherpa_models import WORDS

FAMILIES = [
    (sherpa_models.sense_voice, SherpaKind.SENSE_VOICE),
    (sherpa_models.paraformer, SherpaKind.PARAFORMER),
    (sherpa_models.streaming_transducer, SherpaKind.STREAMING_TRANSDUCER),
]


def some_sound(seconds: float = 3) -> Waveform:
    samples = np.random.default_rng(0).normal(size=int(16_000 * seconds)) * 0.1
    return samples.astype(np.float32)


@pytest.mark.parametrize(("made", "kind"), FAMILIES, ids=[kind for _, kind in FAMILIES])
def test_a_directory_is_known_by_its_files_and_read(
    made: Callable[[Path], Path], kind: SherpaKind, tmp_path: Path
) -> None:
    place = made(tmp_path / "model")

    machine = SherpaMachine({ZH: place}, threads=1)
    stream = machine.open(ZH, ("社保",))
    stream.feed(some_sound())
    heard = stream.finish()

    assert (machine.kind(ZH), machine.languages, machine.engine) == (kind, (ZH,), "model")
    assert heard.text
    assert set(heard.text) <= set(WORDS)


def test_a_streaming_model_hears_only_what_is_new(tmp_path: Path) -> None:
    machine = SherpaMachine({ZH: sherpa_models.streaming_transducer(tmp_path / "model")}, threads=1)
    in_parts, at_once = machine.open(ZH, ()), machine.open(ZH, ())
    sound = some_sound()

    texts = [in_parts.feed(sound[at : at + 8_000]) for at in range(0, len(sound), 8_000)]
    at_once.feed(sound)

    assert all(later.startswith(earlier) for earlier, later in pairwise(texts))
    assert in_parts.finish().text == at_once.finish().text


def test_one_directory_serves_several_languages(tmp_path: Path) -> None:
    place = sherpa_models.sense_voice(tmp_path / "sense-voice")
    ja = LanguageTag("ja")

    machine = SherpaMachine({ZH: place, ja: place}, threads=1)

    assert (machine.languages, machine.engine) == ((ZH, ja), "sense-voice")


@pytest.mark.parametrize(
    ("files", "missing"),
    [
        ((), r"tokens\.txt missing"),
        (("tokens.txt",), r"model\*\.onnx missing"),
        (("tokens.txt", "encoder.onnx"), r"decoder\*\.onnx missing"),
        (("tokens.txt", "model.onnx"), r"model\.onnx is no ONNX network"),
    ],
)
def test_a_directory_that_is_no_model_names_what_is_missing(
    files: tuple[str, ...], missing: str, tmp_path: Path
) -> None:
    for name in files:
        (tmp_path / name).touch()

    with pytest.raises(EngineError, match=missing):
        kind_of(tmp_path)
