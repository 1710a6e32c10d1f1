"""The map leads to places that exist, and the documents say nothing about the machine they were written on."""

import re
import subprocess

import pytest

from tests.house.project import PACKAGES, ROOT

MAP = ROOT / "docs" / "map.md"
PATH_IN_BACKTICKS = re.compile(r"`([\w./-]+/[\w./-]*|[\w-]+\.(?:py|md|toml|yaml|txt))`")
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:w[o]rk|r[o]ot|f[a]rm|h[o]me/[a-z]+)/")
REGISTRY = re.compile(
    r'"resolved": *"http|files\.pythonhosted|registry\.npmjs|pypi\.org|deb\.debian'
)


def test_every_path_on_the_map_exists() -> None:
    paths = set(PATH_IN_BACKTICKS.findall(MAP.read_text(encoding="utf-8")))

    assert paths
    assert sorted(path for path in paths if not (ROOT / path).exists()) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_is_on_the_map(package: str) -> None:
    assert f"`{package}/" in MAP.read_text(encoding="utf-8")


def test_the_journey_names_only_events_that_exist() -> None:
    from domain.events import EVENT_KINDS

    named = set(
        re.findall(
            r"`([A-Z][a-z]+[A-Z]\w+)`", (ROOT / "docs" / "journey.md").read_text(encoding="utf-8")
        )
    )

    assert set(EVENT_KINDS) <= named
    assert {word for word in named if word not in EVENT_KINDS} == set()


def test_no_committed_file_names_a_machine_path_or_a_registry() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    found = []
    for file in filter(None, listed.stdout.decode().split("\0")):
        path = ROOT / file
        if not path.is_file() or path.suffix in (".png", ".bin", ".wav"):
            continue
        text = path.read_text(encoding="utf-8", errors="ignore")
        found += [
            file
            for pattern in (MACHINE_PATH, REGISTRY)
            if pattern.search(text) and "test_docs.py" not in file
        ]

    assert found == []


def test_every_decision_is_listed_with_its_status() -> None:
    for record in sorted((ROOT / "docs" / "decisions").glob("0*.md")):
        text = record.read_text(encoding="utf-8")
        assert all(
            f"## {part}" in text
            for part in ("Context", "Decision", "Consequences", "Alternatives", "Enforced by")
        ), record.name
