"""Read routing rules from a file, and say on which line one is wrong."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import yaml

from acd.facts import RoutingFacts
from acd.policy import Condition, Policy, Rule
from domain.errors import InputError

FACT_NAMES = tuple(field.name for field in fields(RoutingFacts) if field.name != "language_percent")
RULE_KEYS = {"id", "when", "queue", "reason_zh", "reason_en"}


def load_policy(path: Path) -> Policy:
    """Raises InputError("acd.rules") with file, line and what was expected."""
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except OSError as error:
        raise InputError(
            "acd.rules",
            f"cannot read {path}: {error.strerror}; set HOTLINE_ACD__RULES to a readable file",
        ) from error
    except yaml.YAMLError as error:
        raise InputError("acd.rules", f"{path} is not YAML: {error}") from error
    return _Reader(path).policy(node)


class _Reader:
    """Walks the YAML nodes, which remember their lines."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def policy(self, node: yaml.Node | None) -> Policy:
        top = self._mapping(node, {"language_min_percent", "rules"})
        percent = self._plain(top["language_min_percent"])
        if not isinstance(percent, int) or not 0 <= percent <= 100:
            raise self._wrong(
                top["language_min_percent"],
                "language_min_percent must be a whole number from 0 to 100",
            )
        rules = tuple(self._rule(item) for item in self._items(top["rules"], "rules"))
        if not rules or rules[-1].when:
            raise self._wrong(
                top["rules"],
                "the last rule must have no conditions (when: {}), so that every call has a queue",
            )
        self._refuse_twice(top["rules"], rules)
        return Policy(language_min_percent=percent, rules=rules)

    def _rule(self, node: yaml.Node) -> Rule:
        parts = self._mapping(node, RULE_KEYS)
        when = parts["when"]
        if not isinstance(when, yaml.MappingNode):
            raise self._wrong(when, "when must be a mapping of facts to lists of values")
        return Rule(
            rule_id=self._text(parts["id"]),
            when=tuple(self._condition(key, values) for key, values in when.value),
            queue=self._text(parts["queue"]),
            reason_zh=self._text(parts["reason_zh"]),
            reason_en=self._text(parts["reason_en"]),
        )

    def _condition(self, key: yaml.Node, values: yaml.Node) -> Condition:
        fact = self._text(key)
        if fact not in FACT_NAMES:
            raise self._wrong(
                key, f"no fact is called {fact!r}; expected one of {', '.join(FACT_NAMES)}"
            )
        return Condition(fact=fact, values=tuple(self._text(v) for v in self._items(values, fact)))

    def _refuse_twice(self, node: yaml.Node, rules: tuple[Rule, ...]) -> None:
        ids = [rule.rule_id for rule in rules]
        twice = sorted({rule_id for rule_id in ids if ids.count(rule_id) > 1})
        if twice:
            raise self._wrong(node, f"every rule needs an id of its own; twice: {', '.join(twice)}")

    def _mapping(self, node: yaml.Node | None, keys: set[str]) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            raise self._wrong(node, f"expected a mapping with {', '.join(sorted(keys))}")
        found = {str(key.value): value for key, value in node.value}
        if set(found) != keys:
            off = ", ".join(sorted(set(found) ^ keys))
            raise self._wrong(
                node, f"expected exactly {', '.join(sorted(keys))}; missing or unknown: {off}"
            )
        return found

    def _items(self, node: yaml.Node, name: str) -> list[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode):
            raise self._wrong(node, f"{name} must be a list")
        return list(node.value)

    def _text(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
            raise self._wrong(node, "expected a text that is not empty")
        return str(node.value)

    def _plain(self, node: yaml.Node) -> Any:
        return yaml.safe_load(yaml.serialize(node))

    def _wrong(self, node: yaml.Node | None, message: str) -> InputError:
        line = node.start_mark.line + 1 if node is not None else 1
        return InputError("acd.rules", f"{self._path.name}, line {line}: {message}")
