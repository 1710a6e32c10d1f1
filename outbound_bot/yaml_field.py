"""Read values out of a YAML document and say which line is wrong when they are not what was expected."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

import yaml

from domain.errors import InputError


@dataclass(frozen=True, slots=True)
class YamlField:
    """One node of the document, with the file and the path that lead to it.

    Every reader below raises InputError(code) naming file, line, path, what was expected and what was there.
    """

    file: str
    code: str
    path: str
    node: yaml.Node

    @classmethod
    def parse(cls, text: str, *, file: str, code: str) -> "YamlField":
        try:
            node = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise InputError(
                code, f"{file} line {line}: not valid YAML: {error.problem}"
            ) from error
        except yaml.YAMLError as error:
            raise InputError(code, f"{file} line 1: not valid YAML: {error}") from error
        if node is None:
            raise InputError(code, f"{file} line 1: expected a mapping, got an empty file")
        return cls(file, code, "", node)

    @property
    def line(self) -> int:
        return int(self.node.start_mark.line) + 1

    def refuse(self, expected: str) -> NoReturn:
        where = f"{self.path}: " if self.path else ""
        raise InputError(
            self.code,
            f"{self.file} line {self.line}: {where}expected {expected}, got {self._seen()}",
        )

    def get(self, key: str) -> "YamlField":
        """The value under a key that must be there."""
        found = self.find(key)
        return self.refuse(f"a key {key!r}") if found is None else found

    def find(self, key: str) -> "YamlField | None":
        return next((value for name, value in self.items() if name == key), None)

    def items(self) -> Iterator[tuple[str, "YamlField"]]:
        if not isinstance(self.node, yaml.MappingNode):
            self.refuse("a mapping (key: value)")
        for key, value in self.node.value:
            name = str(key.value)
            yield name, YamlField(self.file, self.code, f"{self.path}.{name}".lstrip("."), value)

    def keys(self, *, allowed: tuple[str, ...]) -> None:
        """Refuse a key that means nothing here, and a key given twice."""
        seen: set[str] = set()
        for name, value in self.items():
            if name not in allowed:
                value.refuse(f"one of the keys {', '.join(allowed)} instead of {name!r}")
            if name in seen:
                value.refuse(f"{name!r} only once")
            seen.add(name)

    def elements(self) -> list["YamlField"]:
        if not isinstance(self.node, yaml.SequenceNode) or not self.node.value:
            self.refuse("a list with at least one element")
        return [
            YamlField(self.file, self.code, f"{self.path}[{place}]", value)
            for place, value in enumerate(self.node.value)
        ]

    def text(self, *, longest: int = 500) -> str:
        if not isinstance(self.node, yaml.ScalarNode) or not str(self.node.value).strip():
            self.refuse("a text")
        value = str(self.node.value).strip()
        return value if len(value) <= longest else self.refuse(f"at most {longest} characters")

    def integer(self, low: int, high: int) -> int:
        value = self.text()
        try:
            number = int(value)
        except ValueError:
            self.refuse(f"a whole number from {low} to {high}")
        return (
            number if low <= number <= high else self.refuse(f"a whole number from {low} to {high}")
        )

    def choice(self, allowed: tuple[str, ...]) -> str:
        value = self.text()
        return value if value in allowed else self.refuse(f"one of {', '.join(allowed)}")

    def boolean(self) -> bool:
        return self.choice(("true", "false")) == "true"

    def _seen(self) -> str:
        if isinstance(self.node, yaml.MappingNode):
            return "a mapping with " + (
                ", ".join(str(key.value) for key, _ in self.node.value) or "nothing in it"
            )
        if isinstance(self.node, yaml.SequenceNode):
            return f"a list of {len(self.node.value)}"
        value = str(self.node.value)
        return repr(value[:40]) if value else "nothing"
