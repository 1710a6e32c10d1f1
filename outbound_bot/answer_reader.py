"""Read a spoken answer: yes, no, a hedge, a refusal, or nothing that can be counted."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib import resources

import yaml
import zhconv

from domain.language import ZH, LanguageTag

WITHOUT_SPACES = ("zh", "ja", "ko")
TAKE_WHAT_IS_LEFT = ("assent", "dissent", "softener")


class Reading(StrEnum):
    """What an utterance means as an answer."""

    YES = "yes"
    NO = "no"
    PARTLY = "partly"
    REFUSAL = "refusal"
    REPEAT = "repeat"
    NOT_ME = "not_me"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class _Phrase:
    """One expression: ``meaning`` is a section of the data file, ``topic`` what it speaks about (None: a bare word)."""

    pattern: re.Pattern[str]
    meaning: str
    topic: str | None


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    phrase: _Phrase


class AnswerReader:
    """Knows the phrases of every language; stateless, so one serves all calls."""

    def __init__(self, phrases: Mapping[LanguageTag, tuple[_Phrase, ...]]) -> None:
        self._phrases = phrases

    @classmethod
    def load(cls) -> "AnswerReader":
        """Read the phrases that come with the room."""
        text = (
            resources.files("outbound_bot")
            .joinpath("data/answers.yaml")
            .read_text(encoding="utf-8")
        )
        sections = yaml.safe_load(text)
        return cls(
            {LanguageTag(tag): tuple(_phrases(tag, section)) for tag, section in sections.items()}
        )

    def read(self, text: str, *, language: LanguageTag, topic: str | None = None) -> Reading:
        """``topic`` is what the question was about; phrases about something else then count only if nothing else does."""
        found = self._found(text, language, without=("scale",))
        return _decide([hit.phrase for hit in found], topic)

    def read_confirmation(
        self, text: str, *, language: LanguageTag, topic: str | None = None
    ) -> Reading:
        """Read the reply to "you mean it is not solved, right?": YES is "that is what I mean".

        Repeating the negative ("没有解决") agrees with it, and a positive ("解决了") takes it back.
        """
        phrases = [hit.phrase for hit in self._found(text, language, without=("scale",))]
        about = {phrase.meaning for phrase in _on_topic(phrases, topic) if phrase.topic is not None}
        if about == {"no"}:
            return Reading.YES
        if about == {"yes"}:
            return Reading.NO
        if (
            language == ZH
            and [phrase.meaning for phrase in phrases] == ["dissent"]
            and "没" in text
        ):
            return (
                Reading.YES
            )  # 没有 repeats the speaker's own "no"; to take it back one says 不是 or 不对
        return _decide(phrases, topic)

    def read_scale(self, text: str, *, language: LanguageTag) -> str | None:
        """A mark from "1" to "5", or None."""
        marks = [hit.phrase.topic for hit in self._found(text, language, only=("scale",))]
        return marks[0] if len(set(marks)) == 1 else None

    def _found(
        self,
        text: str,
        language: LanguageTag,
        *,
        only: tuple[str, ...] = (),
        without: tuple[str, ...] = (),
    ) -> list[_Found]:
        """The longest phrases that do not overlap, in the order they were said.

        A bare yes or no takes only what is left, or "no, it is not" would eat the "not" of "not solved".
        """
        spoken = normalise(text, language)
        hits = [
            _Found(match.start(), match.end(), phrase)
            for phrase in self._phrases.get(language, ())
            if phrase.meaning not in without and (not only or phrase.meaning in only)
            for match in phrase.pattern.finditer(spoken)
            if match.end() > match.start()
        ]
        kept: list[_Found] = []
        for hit in sorted(hits, key=_precedence):
            if all(hit.end <= other.start or hit.start >= other.end for other in kept):
                kept.append(hit)
        return sorted(kept, key=lambda hit: hit.start)


def _precedence(hit: _Found) -> tuple[bool, int, int]:
    return (hit.phrase.meaning in TAKE_WHAT_IS_LEFT, hit.start - hit.end, hit.start)


@lru_cache(maxsize=256)
def normalise(text: str, language: LanguageTag) -> str:
    """Lower case, no punctuation, simplified characters; no spaces where the language has none."""
    plain = unicodedata.normalize("NFKC", text).lower().replace("’", "'")
    if language == ZH:
        plain = zhconv.convert(plain, "zh-cn")
    words = re.sub(r"[^\w']+", " ", plain).split()
    return ("" if language in WITHOUT_SPACES else " ").join(words)


def _phrases(tag: str, section: Mapping[str, object]) -> Iterator[_Phrase]:
    for meaning, entries in section.items():
        if isinstance(entries, dict):
            for topic, expressions in entries.items():
                yield from (
                    _Phrase(_compile(tag, each), meaning, str(topic)) for each in expressions
                )
        elif isinstance(entries, list):
            yield from (_Phrase(_compile(tag, each), meaning, None) for each in entries)


def _compile(tag: str, expression: object) -> re.Pattern[str]:
    """Whole words where the language writes spaces."""
    text = f"(?:{expression})"
    return re.compile(text if tag in WITHOUT_SPACES else rf"(?<![\w']){text}(?![\w'])")


def _on_topic(phrases: list[_Phrase], topic: str | None) -> list[_Phrase]:
    """Leave out what speaks about another matter, unless that would leave nothing."""
    kept = [phrase for phrase in phrases if topic is None or phrase.topic in (None, "any", topic)]
    return kept if any(phrase.meaning != "softener" for phrase in kept) else phrases


def _decide(phrases: list[_Phrase], topic: str | None) -> Reading:
    relevant = _on_topic(phrases, topic)
    meanings = {phrase.meaning for phrase in relevant}
    for meaning, reading in (
        ("not_me", Reading.NOT_ME),
        ("refusal", Reading.REFUSAL),
        ("partly", Reading.PARTLY),
        ("unsure", Reading.UNCLEAR),
    ):
        if meaning in meanings:
            return reading
    polarity = _polarity(relevant)
    if polarity is Reading.YES and "softener" in meanings and "yes" in meanings:
        return Reading.PARTLY  # 应该解决了吧: a yes nobody should count as one
    if polarity is Reading.UNCLEAR and "repeat" in meanings:
        return Reading.REPEAT
    return polarity


def _polarity(phrases: list[_Phrase]) -> Reading:
    """Words that name the matter outweigh a bare yes or no; among equals they must agree."""
    named = {phrase.meaning for phrase in phrases if phrase.meaning in ("yes", "no")}
    bare = {phrase.meaning for phrase in phrases if phrase.meaning in ("assent", "dissent")}
    if named:
        return _agreed(named, "yes", "no")
    return _agreed(bare, "assent", "dissent")


def _agreed(meanings: set[str], yes: str, no: str) -> Reading:
    if meanings == {yes}:
        return Reading.YES
    if meanings == {no}:
        return Reading.NO
    return Reading.UNCLEAR
