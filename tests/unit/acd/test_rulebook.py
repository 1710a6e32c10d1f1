"""A wrong rule file is refused with the line and what was expected."""

from pathlib import Path

import pytest

from acd import load_policy
from domain.errors import InputError

LAST = "  - {id: last, when: {}, queue: q, reason_zh: 中, reason_en: e}\n"

WRONG = [
    ("", "line 1"),
    ("language_min_percent: 70\n", "missing or unknown: rules"),
    ("language_min_percent: 170\nrules:\n" + LAST, "whole number from 0 to 100"),
    (
        "language_min_percent: 70\nrules:\n  - {id: a, when: {mood: [bad]}, queue: q, reason_zh: 中, reason_en: e}\n"
        + LAST,
        "line 3: no fact is called 'mood'",
    ),
    (
        "language_min_percent: 70\nrules:\n  - {id: a, when: {key: ['1']}, queue: q, reason_zh: 中, reason_en: e}\n",
        "last rule must have no conditions",
    ),
    ("language_min_percent: 70\nrules:\n" + LAST + LAST, "twice: last"),
    ("rules: [", "not YAML"),
]


@pytest.mark.parametrize(("text", "expected"), WRONG)
def test_a_wrong_rule_is_named_with_its_line(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(InputError, match=r"rules\.yaml") as refused:
        load_policy(path)

    assert expected in str(refused.value)


def test_a_missing_rule_file_says_what_to_set(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="HOTLINE_ACD__RULES"):
        load_policy(tmp_path / "nowhere.yaml")
