"""Every room has the same furniture, and no file grows into a magnet."""

import ast
from pathlib import Path

import pytest

from tests.house.project import PACKAGES, ROOT, name, sources, tree

DOOR_NAMES = 7
README_LINES = 40
FILE_LINES = 400
NOT_VERBS = {"The", "A", "An", "This", "It", "Package", "Module", "Our", "These", "Some"}
FORBIDDEN_STEMS = {
    "utils",
    "util",
    "helpers",
    "helper",
    "manager",
    "common",
    "base_classes",
    "misc",
}


@pytest.mark.parametrize("package", PACKAGES)
def test_a_door_says_in_a_verb_what_the_room_does(package: str) -> None:
    docstring = ast.get_docstring(tree(ROOT / package / "__init__.py"))

    assert docstring, f"{package}/__init__.py has no docstring"
    assert docstring.split()[0].rstrip(":,") not in NOT_VERBS
    assert docstring.splitlines()[0].endswith(".")


@pytest.mark.parametrize("package", PACKAGES)
def test_a_door_is_narrow(package: str) -> None:
    module = tree(ROOT / package / "__init__.py")
    exported = [
        node.value
        for node in module.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        and "__all__" in ast.unparse(node).split("=")[0]
    ]
    names = [
        element
        for value in exported
        if isinstance(value, ast.List | ast.Tuple)
        for element in value.elts
    ]

    assert len(names) <= DOOR_NAMES


@pytest.mark.parametrize("package", PACKAGES)
def test_a_room_introduces_itself_in_one_page(package: str) -> None:
    readme = ROOT / package / "README.md"

    assert readme.exists()
    assert len(readme.read_text(encoding="utf-8").splitlines()) <= README_LINES


@pytest.mark.parametrize("path", sources(), ids=name)
def test_a_file_is_one_noun_and_starts_with_one_sentence(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert len(text.splitlines()) <= FILE_LINES, "which noun is hiding in it?"
    assert path.stem not in FORBIDDEN_STEMS
    if text.strip():
        assert ast.get_docstring(tree(path)), "no docstring"
