"""Keep the word table of a model in its file, mapped, and compute in float32 all the same."""

from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import nn

WEIGHTS_FILE = "model.safetensors"
HALVES = {"F16": torch.float16, "BF16": torch.bfloat16}


def kept_precision(directory: Path) -> torch.dtype:
    """The type in which the weights are read without a copy; float32 where it is not one half precision alone.

    Read from the file itself: what ``config.json`` claims may be narrower, and would lose digits.
    """
    try:
        with safe_open(directory / WEIGHTS_FILE, framework="pt") as weights:
            kinds = {weights.get_slice(name).get_dtype() for name in weights.keys()}  # noqa: SIM118 — not a mapping
    except (OSError, SafetensorError):
        return torch.float32  # lies otherwise or is damaged: loading it says so
    return HALVES.get(kinds.pop(), torch.float32) if len(kinds) == 1 else torch.float32


def compute_in_float32(model: nn.Module, table: nn.Module | None) -> None:
    """Widen everything but the word ``table``, whose rows are widened as they are looked up.

    Every half-precision number is also a float32 number, so the vectors are those of a model read as float32. The
    table is four fifths of a small multilingual model; mapped, only the rows of words that occur are in memory.
    """
    for module in model.modules():
        if module is not table:
            for weight in module.parameters(recurse=False):
                weight.data = weight.data.float()
    if table is not None:
        table.register_forward_hook(_widened)


def _widened(_table: nn.Module, _words: object, rows: torch.Tensor) -> torch.Tensor:
    return rows.float()
