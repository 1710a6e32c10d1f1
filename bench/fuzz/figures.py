"""Fuzz wire after wire, each parser in a process of its own, and give the figures."""

import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.fuzz.target import Finding, Target
from bench.fuzz.targets import WIRES, of_wire
from domain.errors import InputError

ROOT = Path(__file__).parents[2]
RESULT = "result.json"


def fuzz_figures(inputs: int, wires: Sequence[str] = ()) -> dict[str, Any]:
    """Per wire ``inputs``, ``seconds`` and ``findings``. All wires when none is named; ``inputs`` are for each wire.

    Raises InputError on a wire nobody speaks, and when atheris is not there.
    """
    if inputs <= 0:
        raise InputError("bench.inputs", f"expected inputs above 0, got {inputs}")
    chosen = {wire: of_wire(wire) for wire in (wires or WIRES)}
    check_atheris()
    return {wire: _wire_figures(targets, inputs) for wire, targets in chosen.items()}


def check_atheris() -> None:
    """Raises InputError when the fuzzer is not installed."""
    if importlib.util.find_spec("atheris") is None:
        raise InputError(
            "bench.atheris_missing",
            "the fuzzer atheris is not installed; install it with: pip install 'openhotline[dev]'",
        )


def _wire_figures(targets: Sequence[Target], inputs: int) -> dict[str, Any]:
    each = -(-inputs // len(targets))
    runs = {target.name: fuzz(target, each) for target in targets}
    return {
        "inputs": sum(run["inputs"] for run in runs.values()),
        "seconds": round(sum(run["seconds"] for run in runs.values()), 1),
        "findings": [finding for run in runs.values() for finding in run["findings"]],
        "parsers": {name: run["inputs"] for name, run in runs.items()},
    }


def fuzz(target: Target, inputs: int) -> dict[str, Any]:
    """One parser, in a process that may die of it."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="hotline-fuzz-") as name:
        folder = Path(name)
        command = [sys.executable, "-m", "bench.fuzz.run", target.name]
        command += ["--inputs", str(inputs), "--folder", name]
        ended = subprocess.run(  # noqa: S603 - our own module
            command, cwd=ROOT, capture_output=True, text=True, errors="replace", check=False
        )
        result = _result(folder)
        if ended.returncode:
            result["findings"].append(asdict(_death(target, folder, ended)))
    result["seconds"] = time.monotonic() - began
    return result


def _result(folder: Path) -> dict[str, Any]:
    path = folder / RESULT
    if not path.exists():
        return {"inputs": 0, "findings": []}
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return told


def _death(target: Target, folder: Path, ended: subprocess.CompletedProcess[str]) -> Finding:
    """The process died, took too long over one input, or took too much memory: the fuzzer left that input behind."""
    left = sorted(folder.glob("killer-*"))
    return Finding(
        target=target.name,
        error=f"exit {ended.returncode}: {ended.stderr.strip().splitlines()[-1:]}"[:300],
        where=left[0].name if left else "no input was left behind",
        data_hex=left[0].read_bytes().hex() if left else "",
    )
