"""Guess by what they say which voice answers for the office and which one calls it; a hint, never the truth."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files

from asr.belief.phantoms import plain
from asr.diarization.turns import UNKNOWN

STRONG, WEAK = 2.0, 1.0
ANSWERED = 1.0  # whoever speaks first on a call that came in has probably answered it
ASKS = 1.0  # whoever asks most of the questions; people answer an office more than they ask it
LEAST_QUESTIONS = 3
LEAST_LEAD = 2.0
QUESTION_MARKS = "?？؟"


class Role(StrEnum):
    """A guess about a voice. `domain.audio.Leg` is what a wire knows; this is not."""

    AGENT = "agent"
    CALLER = "caller"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """Something that speaks for a role; ``words`` is the phrase, or says in words what was noticed."""

    speaker: str
    role: Role
    words: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleHint:
    """Which speaker plays which role as far as the words tell, and the signs this rests on, weightiest first."""

    roles: Mapping[str, Role]
    signs: tuple[Sign, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """``found`` is the plain form to look for, ``words`` how people write it."""

    found: str
    words: str
    role: Role
    weight: float


def read_phrases() -> tuple[Phrase, ...]:
    """The phrases that come with this room, of all languages: people mix them."""
    text = files("asr.diarization").joinpath("role_hint.toml").read_text(encoding="utf-8")
    return tuple(
        Phrase(found=plain(words), words=words, role=role, weight=weight)
        for language in tomllib.loads(text).values()
        for key, role, weight in (
            ("agent", Role.AGENT, STRONG),
            ("agent_weak", Role.AGENT, WEAK),
            ("caller", Role.CALLER, STRONG),
            ("caller_weak", Role.CALLER, WEAK),
        )
        for words in language[key]
    )


def role_hint(
    lines: Sequence[tuple[str, str]], phrases: Iterable[Phrase], *, came_in: bool | None = None
) -> RoleHint:
    """``lines``: (speaker, text) in order of time; unknown speakers tell nothing. ``came_in``: an inbound call.

    Nobody gets a role unless one speaker leads the next by a clear weight that includes a phrase. The caller is
    named only where there are two speakers.
    """
    known = [(speaker, text) for speaker, text in lines if speaker != UNKNOWN]
    said = _said(known)
    signs = [sign for speaker, text in said.items() for sign in _phrases_in(speaker, text, phrases)]
    if not signs or len(said) < 2:
        return RoleHint(roles={}, signs=())
    signs += [*_answered(known, came_in), *_asks(known)]
    signs.sort(key=lambda sign: -sign.weight)
    return RoleHint(roles=_roles(signs, list(said)), signs=tuple(signs))


def _said(lines: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Everything each speaker said, plain. A line ends where it ends: no phrase reaches across."""
    said: dict[str, str] = {}
    for speaker, text in lines:
        said[speaker] = f"{said.get(speaker, '')}\n{plain(text)}"
    return said


def _phrases_in(speaker: str, text: str, phrases: Iterable[Phrase]) -> list[Sign]:
    """Each phrase once; one that lies inside another that was found does not count again."""
    found = sorted((p for p in phrases if p.found in text), key=lambda p: -len(p.found))
    kept: list[Phrase] = []
    for phrase in found:
        if not any(phrase.found in longer.found for longer in kept):
            kept.append(phrase)
    return [Sign(speaker=speaker, role=p.role, words=p.words, weight=p.weight) for p in kept]


def _answered(lines: Sequence[tuple[str, str]], came_in: bool | None) -> list[Sign]:
    if came_in is None or not lines:
        return []
    role = Role.AGENT if came_in else Role.CALLER
    return [Sign(speaker=lines[0][0], role=role, words="spoke first", weight=ANSWERED)]


def _asks(lines: Sequence[tuple[str, str]]) -> list[Sign]:
    """Whoever asks at least twice as often as all others together."""
    asked: dict[str, int] = {}
    for speaker, text in lines:
        asked[speaker] = asked.get(speaker, 0) + sum(text.count(mark) for mark in QUESTION_MARKS)
    speaker, most = max(asked.items(), key=lambda item: item[1])
    rest = sum(asked.values()) - most
    if most < LEAST_QUESTIONS or most < 2 * rest:
        return []
    return [Sign(speaker=speaker, role=Role.AGENT, words="asked most questions", weight=ASKS)]


def _roles(signs: Iterable[Sign], speakers: Sequence[str]) -> dict[str, Role]:
    weight = dict.fromkeys(speakers, 0.0)
    for sign in signs:
        weight[sign.speaker] += sign.weight if sign.role is Role.AGENT else -sign.weight
    ranked = sorted(weight, key=lambda speaker: -weight[speaker])
    agent, runner_up = ranked[0], ranked[1]
    if weight[agent] - weight[runner_up] < LEAST_LEAD:
        return {}
    roles = {runner_up: Role.CALLER} if len(speakers) == 2 else {}
    if weight[agent] > 0 or len(speakers) == 2:
        roles[agent] = Role.AGENT
    return roles
