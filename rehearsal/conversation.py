"""Read a demonstration conversation: who says what, in which voice."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from domain.audio import Leg
from domain.errors import InputError
from domain.language import LanguageTag

CONVERSATIONS = Path(__file__).with_name("data") / "conversations"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing said."""

    leg: Leg
    language: LanguageTag
    text: str
    voice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A scripted call; ``name`` is the file's stem and fixes the order of the demonstration."""

    name: str
    title_zh: str
    title_en: str
    caller_number: str
    dialled_number: str
    lines: tuple[Line, ...]

    @property
    def title(self) -> str:
        return f"{self.title_zh} · {self.title_en}"


def load_conversations(folder: Path = CONVERSATIONS) -> tuple[Conversation, ...]:
    """All conversations of the folder, by name. Raises InputError naming the file that is wrong."""
    return tuple(load_conversation(path) for path in sorted(folder.glob("*.yaml")))


def load_conversation(path: Path) -> Conversation:
    try:
        return _conversation(path.stem, yaml.safe_load(path.read_text(encoding="utf-8")))
    except (KeyError, TypeError, ValueError, yaml.YAMLError) as error:
        raise InputError(
            "rehearsal.conversation",
            f"{path.name} is not a conversation (title_zh, title_en, caller_number, dialled_number, voices, lines): {error}",
        ) from error


def _conversation(name: str, raw: dict[str, Any]) -> Conversation:
    return Conversation(
        name=name,
        title_zh=raw["title_zh"],
        title_en=raw["title_en"],
        caller_number=raw["caller_number"],
        dialled_number=raw["dialled_number"],
        lines=tuple(_line(line, raw["voices"]) for line in raw["lines"]),
    )


def _line(raw: dict[str, str], voices: dict[str, str]) -> Line:
    return Line(
        leg=Leg(raw["leg"]),
        language=LanguageTag(raw["language"]),
        text=raw["text"],
        voice=raw.get("voice", voices[raw["leg"]]),
    )
