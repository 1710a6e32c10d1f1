"""Imports go downstairs only, and this test can fail."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.project import PACKAGES, ROOT

LINT = Path(sys.executable).with_name("lint-imports")

VIOLATIONS = {
    "a room importing a room": ("nlu/settings.py", "import kb_retrieval\n", "floors"),
    "a service importing a room": ("storage/engine.py", "import quality\n", "floors"),
    "the vocabulary importing a third party": ("domain/ids.py", "import numpy\n", "vocabulary"),
    "a routing decision looking at a clock": ("acd/decide.py", "import time\n", "routing-is-pure"),
    "a room naming a machine": (
        "quality/service.py",
        "import bus.local\n",
        "only-the-caretaker-names-machines",
    ),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINT, "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(folder), "PATH": ""},
    )


def copy_of_the_house(folder: Path) -> Path:
    shutil.copy(ROOT / "pyproject.toml", folder)
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package,
            folder / package,
            ignore=shutil.ignore_patterns("static", "__pycache__", "*.yaml"),
        )
    return folder


def test_the_floors_hold() -> None:
    finished = lint(ROOT)

    assert finished.returncode == 0, finished.stdout


@pytest.mark.parametrize("wrong", VIOLATIONS)
def test_a_broken_floor_is_noticed(wrong: str, tmp_path: Path) -> None:
    file, line, contract = VIOLATIONS[wrong]
    copy = copy_of_the_house(tmp_path)
    assert lint(copy).returncode == 0
    source = copy / file
    source.write_text(source.read_text(encoding="utf-8") + line, encoding="utf-8")

    finished = lint(copy)

    assert finished.returncode == 1
    broken = next(c["name"] for c in contracts() if c["id"] == contract)
    assert f"{broken} BROKEN" in finished.stdout


def contracts() -> list[dict[str, str]]:
    from tests.house.project import PYPROJECT

    found: list[dict[str, str]] = PYPROJECT["tool"]["importlinter"]["contracts"]
    return found
