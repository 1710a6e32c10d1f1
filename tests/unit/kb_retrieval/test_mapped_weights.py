"""The precision that weights are read in follows the file, and never loses a digit."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from kb_retrieval.engines.mapped_weights import WEIGHTS_FILE, compute_in_float32, kept_precision


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16, torch.float32])
def test_weights_of_one_kind_are_read_as_they_lie(tmp_path: Path, kind: torch.dtype) -> None:
    save_file({"table": torch.ones(4, dtype=kind)}, tmp_path / WEIGHTS_FILE)

    assert kept_precision(tmp_path) is kind


@pytest.mark.parametrize("other", [torch.float32, torch.bfloat16])
def test_mixed_weights_are_read_as_float32(tmp_path: Path, other: torch.dtype) -> None:
    halves = {"table": torch.ones(4, dtype=torch.float16), "bias": torch.ones(4, dtype=other)}
    save_file(halves, tmp_path / WEIGHTS_FILE)

    assert kept_precision(tmp_path) is torch.float32


def test_other_and_damaged_files_are_left_to_the_loader(tmp_path: Path) -> None:
    assert kept_precision(tmp_path) is torch.float32

    (tmp_path / WEIGHTS_FILE).write_bytes(b"not weights")

    assert kept_precision(tmp_path) is torch.float32


def test_the_table_stays_half_and_what_is_computed_is_float32() -> None:
    table, layer = torch.nn.Embedding(5, 3).half(), torch.nn.Linear(3, 2).half()
    exact = torch.nn.functional.linear(
        table.weight[[4, 0]].float(), layer.weight.float(), layer.bias.float()
    )

    compute_in_float32(torch.nn.Sequential(table, layer), table)
    computed = layer(table(torch.tensor([4, 0])))

    assert table.weight.dtype is torch.float16
    assert torch.equal(computed, exact)
