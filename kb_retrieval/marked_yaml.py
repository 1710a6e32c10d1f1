"""Read YAML so that a mistake can be told with its file and line."""

from collections.abc import Collection
from pathlib import Path

import yaml

from domain.errors import InputError, StorageError

ERROR = "kb_retrieval.yaml"


class MarkedYaml:
    """One YAML file; every ``read`` method refuses what it cannot use by naming file, line and remedy."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def root(self) -> yaml.Node:
        """Raises InputError on broken YAML, StorageError when the file cannot be read."""
        try:
            text = self._path.read_text(encoding="utf-8")
        except OSError as failure:
            raise StorageError(
                ERROR, f"{self._path} cannot be read: {failure.strerror}"
            ) from failure
        except UnicodeDecodeError as failure:
            raise InputError(
                ERROR, f"{self._path}: expected UTF-8 text; save the file as UTF-8"
            ) from failure
        try:
            root = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.YAMLError as failure:
            raise InputError(
                ERROR, f"{self._path}: {_first_line(failure)}; mend the YAML"
            ) from failure
        if root is None:
            raise InputError(ERROR, f"{self._path}:1: expected entries, got an empty file")
        return root

    def refuse(self, node: yaml.Node, message: str) -> InputError:
        return InputError(ERROR, f"{self._path}:{node.start_mark.line + 1}: {message}")

    def mapping(
        self,
        node: yaml.Node,
        *,
        required: Collection[str] = (),
        optional: Collection[str] | None = (),
    ) -> dict[str, yaml.Node]:
        """Names to nodes. ``optional`` None lets any further name in."""
        if not isinstance(node, yaml.MappingNode):
            raise self.refuse(node, f"expected names with values ({', '.join(required)})")
        found: dict[str, yaml.Node] = {}
        for name_node, value in node.value:
            name = self.text(name_node)
            if name in found:
                raise self.refuse(name_node, f"expected each name once, got {name!r} again")
            if optional is not None and name not in required and name not in optional:
                known = ", ".join((*required, *optional))
                raise self.refuse(name_node, f"expected one of {known}; got {name!r}")
            found[name] = value
        for name in required:
            if name not in found:
                raise self.refuse(node, f"expected {name!r} here; add it")
        return found

    def items(self, node: yaml.Node) -> list[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            raise self.refuse(node, "expected a list with at least one entry")
        return list(node.value)

    def text(self, node: yaml.Node) -> str:
        """Stripped and never empty."""
        if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
            raise self.refuse(node, "expected a text, got nothing or a list")
        return str(node.value).strip()

    def texts(self, node: yaml.Node) -> tuple[str, ...]:
        return tuple(self.text(item) for item in self.items(node))

    def flag(self, node: yaml.Node) -> bool:
        text = self.text(node)
        if text not in ("true", "false"):
            raise self.refuse(node, f"expected true or false, got {text!r}")
        return text == "true"


def _first_line(failure: yaml.YAMLError) -> str:
    mark = getattr(failure, "problem_mark", None)
    where = f"line {mark.line + 1}: " if mark is not None else ""
    return f"{where}{getattr(failure, 'problem', None) or str(failure).splitlines()[0]}"
