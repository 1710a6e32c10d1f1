"""Hold a survey script: what the machine says, what it asks, and the rules it dials by."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, time, timedelta, timezone
from enum import StrEnum

from domain.language import LanguageTag

Wording = Mapping[LanguageTag, str]  # one text per language of the script


class QuestionKind(StrEnum):
    """How a question can be answered."""

    YES_NO = "yes_no"
    SCALE = "scale"  # 1 to 5


class Rate(StrEnum):
    """The three published rates (三率) a question may feed; also the topic its answers talk about."""

    CONTACTED = "contacted"
    SOLVED = "solved"
    SATISFIED = "satisfied"


class AfterInterruption(StrEnum):
    """What happens to somebody whose call our own crash cut off."""

    HAND_OVER = "hand_over"
    CALL_BACK = "call_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One fact, asked once. ``keys`` maps a telephone key to the answer it stands for.

    ``confirmation`` reads a "no" back before it is believed; ``clarification`` follows a hedge; a confirmed "no"
    to a question that ``escalates`` goes to a person.
    """

    question_id: str
    kind: QuestionKind
    title: Wording
    text: Wording
    keys: Mapping[str, str]
    keys_text: Wording
    rate: Rate | None = None
    confirmation: Wording | None = None
    clarification: Wording | None = None
    escalates: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """How often somebody who was not reached is tried in all, and how long to wait in between."""

    attempts: int
    wait_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When calls are permitted, in the local time of the called party; ``days`` are ISO weekdays (1 = Monday)."""

    begin: time
    end: time
    days: tuple[int, ...]
    utc_offset_minutes: int

    def wait_s(self, now: datetime) -> float:
        """Seconds until dialling is permitted; 0 when it is permitted now."""
        local = now.astimezone(timezone(timedelta(minutes=self.utc_offset_minutes)))
        for ahead in range(8):
            opens, closes = self._window(local + timedelta(days=ahead))
            if opens.isoweekday() in self.days and local < closes:
                return max(0.0, (opens - local).total_seconds())
        return timedelta(days=7).total_seconds()  # unreachable while ``days`` is not empty

    def _window(self, day: datetime) -> tuple[datetime, datetime]:
        midnight = day.replace(hour=0, minute=0, second=0, microsecond=0)
        opens = midnight + timedelta(hours=self.begin.hour, minutes=self.begin.minute)
        closes = midnight + timedelta(hours=self.end.hour, minutes=self.end.minute)
        return opens, closes


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompts:
    """Everything said besides the questions. ``disclosure`` comes first on every call: a machine speaks, and why."""

    disclosure: Wording
    consent: Wording
    consent_keys: Wording
    still_there: Wording
    not_understood: Wording
    closing: Wording
    refusal_closing: Wording
    handover_closing: Wording
    silence_closing: Wording

    def all(self) -> tuple[Wording, ...]:
        return tuple(getattr(self, field.name) for field in fields(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A whole return visit."""

    name: str
    languages: tuple[LanguageTag, ...]
    prompts: Prompts
    questions: tuple[Question, ...]
    retry: Retry
    hours: Hours
    after_interruption: AfterInterruption

    def lines(self, language: LanguageTag) -> tuple[str, ...]:
        """Every text that may be said in one language, so that a voice can prepare them."""
        wordings = [*self.prompts.all()]
        for question in self.questions:
            spoken = (
                question.text,
                question.keys_text,
                question.confirmation,
                question.clarification,
            )
            wordings += [wording for wording in spoken if wording is not None]
        return tuple(dict.fromkeys(wording[language] for wording in wordings))
