"""Fuzz one parser with atheris: ``python -m bench.fuzz.run TARGET --inputs N --folder FOLDER``.

The gateway is imported only once atheris can watch which lines an input reaches. Inputs that break the parser are kept,
one for each place, and the fuzzing goes on; an input that hangs or kills the process is left as ``killer-…``.
"""

import argparse
import json
import logging
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

RESULT = "result.json"
LONGEST_BYTES = 4_096
SLOW_S = 10
MEMORY_MB = 2_048
FUZZER_SHARE = 0.3
FRESH_SHARE = 0.3
WATCHED = ["media_gateway"]


class Tally:
    """Counts the inputs of one run and keeps the first finding of each place."""

    def __init__(self, target: Any, tried: Any, *, inputs: int, path: Path) -> None:
        self._target = target
        self._tried = tried
        self._inputs = inputs
        self._path = path
        self._count = 0
        self._findings: dict[str, dict[str, str]] = {}

    def take(self, data: bytes) -> None:
        self._count += 1
        found = self._tried(self._target, data)
        if found is not None and found.where not in self._findings:
            self._findings[found.where] = asdict(found)
            self.write()
        if self._count >= self._inputs:
            self.write()
            sys.stdout.flush()
            os._exit(0)  # the fuzzer would go on with its own idea of how many
        if self._count % 10_000 == 0:
            self.write()

    def write(self) -> None:
        told = {"inputs": self._count, "findings": list(self._findings.values())}
        self._path.write_text(json.dumps(told), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description="Fuzz one parser.")
    parser.add_argument("target")
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, required=True)
    order = parser.parse_args()
    fuzz(order.target, inputs=order.inputs, folder=order.folder)


def fuzz(name: str, *, inputs: int, folder: Path) -> None:
    """Never returns: the fuzzer ends the process."""
    logging.disable()
    atheris = import_module("atheris")
    with atheris.instrument_imports(include=WATCHED):
        targets = import_module("bench.fuzz.targets")
    target, tried = targets.named(name), import_module("bench.fuzz.target").tried
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds):
        (corpus / f"seed-{number}").write_bytes(seed)
    tally = Tally(target, tried, inputs=inputs, path=folder / RESULT)
    atheris.Setup(
        [
            "fuzz",
            str(corpus),
            f"-max_len={LONGEST_BYTES}",
            f"-timeout={SLOW_S}",
            f"-rss_limit_mb={MEMORY_MB}",
            f"-artifact_prefix={folder}/killer-",
            "-len_control=0",
            "-seed=1",
            "-verbosity=0",
        ],
        tally.take,
        custom_mutator=mutator_of(atheris, target),
    )
    atheris.Fuzz()


def mutator_of(atheris: Any, target: Any) -> Callable[[bytes, int, int], bytes]:
    """Spoil what once reached something new as we do, or as the fuzzer does; now and then begin with a good input again."""
    mutant = import_module("bench.fuzz.mutation").mutant
    dice = Random(1)  # noqa: S311 - the same every time, no secret

    def mutate(data: bytes, most_bytes: int, _: int) -> bytes:
        if dice.random() < FUZZER_SHARE:
            changed: bytes = atheris.Mutate(data, most_bytes)
            return changed
        good = dice.choice(target.seeds) if dice.random() < FRESH_SHARE else data
        spoiled: bytes = mutant(dice, good, target.seeds)
        return spoiled[:most_bytes]

    return mutate


if __name__ == "__main__":
    main()
