"""Let torchaudio be imported where its native libraries cannot be loaded."""

import sys
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import NoReturn

EXTENSION = "torchaudio._extension"


def allow_torchaudio() -> None:
    """Make ``import torchaudio`` succeed if its Python part can; do nothing where it is absent or whole.

    The registry's torchaudio is linked to CUDA and raises OSError beside a CPU torch. Whatever imports it on the
    way fails too, ``transformers`` among them, so this runs before those. What needs the native part (forced
    alignment) then raises RuntimeError when called; resampling and features are plain torch and work.
    """
    if "torchaudio" in sys.modules or find_spec("torchaudio") is None:
        return
    try:
        import_module("torchaudio")
    except OSError:
        sys.modules[EXTENSION] = _without_natives()


def _without_natives() -> ModuleType:
    """What `torchaudio._extension` offers when torchaudio was built without an extension."""
    extension = ModuleType(EXTENSION)
    vars(extension).update(
        _IS_TORCHAUDIO_EXT_AVAILABLE=False,
        _IS_ALIGN_AVAILABLE=False,
        fail_if_no_align=_refusing,
    )
    return extension


def _refusing(_function: object) -> object:
    """Stand in for a function that would need the native part."""

    def refuse(*_arguments: object, **_named: object) -> NoReturn:
        raise RuntimeError("torchaudio's native libraries cannot be loaded beside this torch")

    return refuse
