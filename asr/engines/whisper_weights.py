"""Find a directory of Whisper weights, and name the file that is missing where it is none."""

from pathlib import Path

from domain.errors import EngineError

_NEEDED = ("config.json", "model.bin", "tokenizer.json")
_VOCABULARIES = ("vocabulary.json", "vocabulary.txt")


def weights_folder(model: str, downloads: Path) -> Path:
    """Where the weights lie: ``model`` is a directory, a size ("large-v3-turbo") or an id on the model hub.

    What is no directory is brought from the hub into ``downloads``, once. Raises EngineError ("asr.weights").
    """
    if Path(model).is_dir() or model.startswith((".", "/", "~")):
        return Path(model).expanduser()
    return _from_hub(model, downloads)


def missing_file(folder: Path) -> str | None:
    """The first file without which CTranslate2 cannot run Whisper; None when all are there."""
    for name in _NEEDED:
        if not (folder / name).is_file():
            return name
    if any((folder / name).is_file() for name in _VOCABULARIES):
        return None
    return " or ".join(_VOCABULARIES)


def check_weights(folder: Path) -> None:
    """Raises EngineError ("asr.weights") naming what is missing."""
    missing = missing_file(folder)
    if missing is not None:
        raise EngineError(
            "asr.weights",
            f"expected a Whisper model for CTranslate2 in {folder}, but {missing} is missing; verify the weights",
            retryable=False,
        )


def _from_hub(model: str, downloads: Path) -> Path:
    from faster_whisper.utils import download_model

    try:
        return Path(download_model(model, cache_dir=str(downloads)))
    except Exception as broken:
        raise EngineError(
            "asr.weights",
            f"expected a directory, a Whisper size or the id of a CTranslate2 model on the hub, got {model},"
            " which could not be brought here; pull it where there is a network, or name a directory",
            retryable=False,
        ) from broken
