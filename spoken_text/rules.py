"""Apply rewriting rules that lie in a table: a pattern, and how each named part of it is rewritten."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files

Converter = Callable[[str], str | None]  # None: this is not meant as a number, leave it


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """``write`` is a template over the named groups; None rewrites each of them where it stands.

    ``is_sure``: so long a number that a kept phrase inside it is chance.

    The name of a group, without a number at its end, names its converter.
    """

    name: str
    pattern: re.Pattern[str]
    write: str | None
    is_sure: bool
    examples: tuple[tuple[str, str], ...]


class Rules:
    """Rules in their order; a kept phrase is never touched, not even in part."""

    def __init__(
        self,
        rules: tuple[Rule, ...],
        kept: re.Pattern[str] | None,
        convert: Mapping[str, Converter],
    ) -> None:
        self.rules = rules
        self._kept = kept
        self._convert = convert

    def apply(self, text: str) -> str:
        for rule in self.rules:
            text = self._applied(rule, text)
        return text

    def _applied(self, rule: Rule, text: str) -> str:
        if rule.pattern.search(text) is None:
            return text
        kept = [] if rule.is_sure else self._kept_spans(text)

        def rewritten(match: re.Match[str]) -> str:
            if any(start < match.end() and match.start() < end for start, end in kept):
                return match.group()
            return self._rewritten(rule, match)

        return rule.pattern.sub(rewritten, text)

    def _kept_spans(self, text: str) -> list[tuple[int, int]]:
        return [] if self._kept is None else [match.span() for match in self._kept.finditer(text)]

    def _rewritten(self, rule: Rule, match: re.Match[str]) -> str:
        parts: dict[str, str] = {}
        for group, said in match.groupdict().items():
            if said is None:
                continue
            part = self._convert[kind_of(group)](said)
            if part is None:
                return match.group()
            parts[group] = part
        if rule.write is not None:
            return rule.write.format_map({**dict.fromkeys(rule.pattern.groupindex, ""), **parts})
        return _in_place(match, parts)


def read_rules(name: str, convert: Mapping[str, Converter]) -> Rules:
    """Read ``name`` from this package: macros, kept phrases and rules. Raises re.error on a bad pattern."""
    table = tomllib.loads(files("spoken_text").joinpath(name).read_text("utf-8"))
    macros: dict[str, str] = {}
    for macro, pattern in table["macros"].items():
        macros[macro] = _expanded(pattern, macros)
    rules = tuple(
        Rule(
            name=row["name"],
            pattern=re.compile(_expanded(row["pattern"], macros)),
            write=row.get("write"),
            is_sure=row.get("is_sure", False),
            examples=tuple((said, written) for said, written in row["examples"]),
        )
        for row in table["rules"]
    )
    return Rules(rules, _kept(table.get("kept", {}), macros), convert)


def kind_of(group: str) -> str:
    """number_2 and number are both a number."""
    return re.sub(r"_?\d+$", "", group)


def _kept(table: Mapping[str, str], macros: Mapping[str, str]) -> re.Pattern[str] | None:
    """Every value is a list of phrases parted by spaces; a phrase may use macros and look around itself."""
    phrases = [_expanded(phrase, macros) for words in table.values() for phrase in words.split()]
    if not phrases:
        return None
    numeral = macros["N"]
    guarded = [
        f"(?<!{numeral})" + phrase + (f"(?!{numeral})" if re.match(numeral, phrase[-1]) else "")
        for phrase in sorted(phrases, key=len, reverse=True)
    ]
    return re.compile("|".join(guarded))


def _expanded(pattern: str, macros: Mapping[str, str]) -> str:
    """Put the macro D where ``<D>`` stands; groups are named in small letters."""
    return re.sub(r"<([A-Z_]+)>", lambda match: macros[match[1]], pattern)


def _in_place(match: re.Match[str], parts: Mapping[str, str]) -> str:
    text, start = match.group(), match.start()
    for group in sorted(parts, key=match.start, reverse=True):
        begin, end = match.start(group) - start, match.end(group) - start
        text = text[:begin] + parts[group] + text[end:]
    return text
