"""A torchaudio whose native libraries cannot be loaded does not take others down with it."""

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from models.torchaudio_shim import allow_torchaudio

BROKEN = "raise OSError('libtorch_cuda.so: cannot open shared object file')\n"
PACKAGE = "from . import _extension\nfrom ._extension import fail_if_no_align\n@fail_if_no_align\ndef align(): return 'aligned'\n"


@pytest.fixture(autouse=True)
def no_torchaudio(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test has a torchaudio of its own; the real one, if any, is as it was afterwards."""
    before = {name: module for name, module in sys.modules.items() if _is_torchaudio(name)}
    _forget()
    yield
    _forget()
    sys.modules.update(before)


def _is_torchaudio(name: str) -> bool:
    return name.split(".")[0] == "torchaudio"


def _forget() -> None:
    for name in [name for name in sys.modules if _is_torchaudio(name)]:
        del sys.modules[name]


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An importable torchaudio; its extension is for the test to write."""
    folder = tmp_path / "torchaudio"
    folder.mkdir()
    (folder / "__init__.py").write_text(PACKAGE)
    monkeypatch.syspath_prepend(tmp_path)
    return folder


def test_one_with_broken_natives_can_be_imported_and_refuses_only_what_needs_them(
    installed: Path,
) -> None:
    (installed / "_extension.py").write_text(BROKEN)

    allow_torchaudio()
    torchaudio = import_module("torchaudio")

    assert torchaudio._extension._IS_TORCHAUDIO_EXT_AVAILABLE is False
    with pytest.raises(RuntimeError, match="native libraries"):
        torchaudio.align()


def test_a_whole_one_keeps_its_natives(installed: Path) -> None:
    (installed / "_extension.py").write_text("def fail_if_no_align(f): return f\n")

    allow_torchaudio()

    assert import_module("torchaudio").align() == "aligned"


def test_twice_is_once(installed: Path) -> None:
    (installed / "_extension.py").write_text(BROKEN)

    allow_torchaudio()
    first = import_module("torchaudio")
    allow_torchaudio()

    assert import_module("torchaudio") is first


def test_where_there_is_none_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.torchaudio_shim.find_spec", lambda _name: None)

    allow_torchaudio()

    assert not any(_is_torchaudio(name) for name in sys.modules)
