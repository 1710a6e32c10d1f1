"""A folder that is no model is refused, and the file that is missing is named."""

from pathlib import Path

import pytest

from asr.engines.whisper_decoder import WhisperDecoder
from asr.engines.whisper_weights import missing_file, weights_folder
from domain.errors import EngineError

FILES = ("config.json", "model.bin", "tokenizer.json", "vocabulary.txt")


def a_folder(place: Path, *, without: str = "") -> Path:
    for name in FILES:
        if name != without:
            (place / name).write_text("{}")
    return place


@pytest.mark.parametrize("name", ["config.json", "model.bin", "tokenizer.json"])
def test_the_missing_file_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(EngineError, match=name) as refused:
        WhisperDecoder(a_folder(tmp_path, without=name), compute_type="int8", threads=1, workers=1)

    assert refused.value.code == "asr.weights"


def test_either_spelling_of_the_vocabulary_will_do(tmp_path: Path) -> None:
    folder = a_folder(tmp_path, without="vocabulary.txt")
    assert missing_file(folder) == "vocabulary.json or vocabulary.txt"

    (folder / "vocabulary.json").write_text("[]")

    assert missing_file(folder) is None


def test_files_that_hold_no_network_are_refused_too(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="cannot load the recogniser") as refused:
        WhisperDecoder(a_folder(tmp_path), compute_type="int8", threads=1, workers=1)

    assert refused.value.code == "asr.weights"


def test_a_directory_is_taken_as_it_is(tmp_path: Path) -> None:
    assert weights_folder(str(tmp_path), tmp_path / "downloads") == tmp_path


def test_a_name_that_is_no_directory_and_not_on_the_hub_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(*_: object, **__: object) -> str:
        raise OSError("no network")

    monkeypatch.setattr("faster_whisper.utils.download_model", unreachable)

    with pytest.raises(EngineError, match="large-v9") as refused:
        weights_folder("large-v9", tmp_path)

    assert refused.value.code == "asr.weights"
