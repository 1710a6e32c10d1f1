"""Read a survey script from YAML; every refusal names the file, the line and what was expected there."""

import re
from datetime import time

from domain.errors import InputError
from domain.language import HOTLINE_LANGUAGES, LanguageTag
from domain.survey import AnswerValue
from outbound_bot.script import (
    AfterInterruption,
    Hours,
    Prompts,
    Question,
    QuestionKind,
    Rate,
    Retry,
    Script,
    Wording,
)
from outbound_bot.yaml_field import YamlField

CODE = "outbound_bot.script"
LONGEST_SCRIPT = 100_000  # characters; a survey is a page or two
SCRIPT_KEYS = ("name", "languages", "prompts", "questions", "retry", "hours", "after_interruption")
PROMPT_KEYS = (
    "disclosure", "consent", "consent_keys", "still_there", "not_understood",
    "closing", "refusal_closing", "handover_closing", "silence_closing",
)  # fmt: skip
QUESTION_KEYS = (
    "id", "kind", "rate", "title", "text", "keys", "keys_text", "confirm", "confirmation", "clarification", "escalates",
)  # fmt: skip
TITLE_LANGUAGES = (LanguageTag("zh"), LanguageTag("en"))  # what the desk shows, whatever is spoken
SAYS_A_MACHINE_SPEAKS = {
    "zh": re.compile("人工智能|机器人|智能语音|语音助手|AI", re.IGNORECASE),
    "en": re.compile(
        r"\b(AI|artificial|automated|automatic|machine|robot|computer)\b", re.IGNORECASE
    ),
}
SCALE_ANSWERS = ("1", "2", "3", "4", "5")


def read_script(text: str, *, file: str = "script") -> Script:
    """Raises InputError("outbound_bot.script")."""
    if len(text) > LONGEST_SCRIPT:
        raise InputError(
            CODE, f"{file} line 1: expected at most {LONGEST_SCRIPT} characters, got {len(text)}"
        )
    root = YamlField.parse(text, file=file, code=CODE)
    root.keys(allowed=SCRIPT_KEYS)
    languages = _languages(root.get("languages"))
    return Script(
        name=root.get("name").text(longest=100),
        languages=languages,
        prompts=_prompts(root.get("prompts"), languages),
        questions=_questions(root.get("questions"), languages),
        retry=_retry(root.get("retry")),
        hours=_hours(root.get("hours")),
        after_interruption=_after_interruption(root.find("after_interruption")),
    )


def _languages(field: YamlField) -> tuple[LanguageTag, ...]:
    return tuple(LanguageTag(element.choice(HOTLINE_LANGUAGES)) for element in field.elements())


def _wording(field: YamlField, languages: tuple[LanguageTag, ...]) -> Wording:
    field.keys(allowed=languages)
    return {language: field.get(language).text() for language in languages}


def _prompts(field: YamlField, languages: tuple[LanguageTag, ...]) -> Prompts:
    field.keys(allowed=PROMPT_KEYS)
    _check_disclosure(field.get("disclosure"))
    return Prompts(**{key: _wording(field.get(key), languages) for key in PROMPT_KEYS})


def _check_disclosure(field: YamlField) -> None:
    """A generated voice must say so at the start of the call."""
    for language, text in field.items():
        pattern = SAYS_A_MACHINE_SPEAKS.get(language)
        if pattern is not None and not pattern.search(text.text()):
            text.refuse("a sentence that says a machine speaks (人工智能, 机器人, AI, automated …)")


def _questions(field: YamlField, languages: tuple[LanguageTag, ...]) -> tuple[Question, ...]:
    questions: list[Question] = []
    for element in field.elements():
        question = _question(element, languages)
        if any(other.question_id == question.question_id for other in questions):
            element.get("id").refuse("an id that no other question has")
        questions.append(question)
    return tuple(questions)


def _question(field: YamlField, languages: tuple[LanguageTag, ...]) -> Question:
    field.keys(allowed=QUESTION_KEYS)
    kind = QuestionKind(field.get("kind").choice(tuple(QuestionKind)))
    rate = field.find("rate")
    return Question(
        question_id=_identifier(field.get("id")),
        kind=kind,
        title=_wording(field.get("title"), TITLE_LANGUAGES),
        text=_wording(field.get("text"), languages),
        keys=_keys(field.get("keys"), kind),
        keys_text=_wording(field.get("keys_text"), languages),
        rate=Rate(rate.choice(tuple(Rate))) if rate else None,
        confirmation=_confirmation(field, languages),
        clarification=_clarification(field, kind, languages),
        escalates=_flag(field.find("escalates")),
    )


def _identifier(field: YamlField) -> str:
    value = field.text(longest=40)
    return (
        value
        if re.fullmatch(r"[a-z][a-z0-9_]*", value)
        else field.refuse("a short id in a-z, 0-9 and _")
    )


def _confirmation(field: YamlField, languages: tuple[LanguageTag, ...]) -> Wording | None:
    return _wording(field.get("confirmation"), languages) if _flag(field.find("confirm")) else None


def _clarification(
    field: YamlField, kind: QuestionKind, languages: tuple[LanguageTag, ...]
) -> Wording | None:
    """A yes/no question always has one: a hedge must be asked about before it is counted."""
    if kind is QuestionKind.YES_NO:
        return _wording(field.get("clarification"), languages)
    return None


def _keys(field: YamlField, kind: QuestionKind) -> dict[str, str]:
    allowed = SCALE_ANSWERS if kind is QuestionKind.SCALE else tuple(AnswerValue)
    keys: dict[str, str] = {}
    for key, value in field.items():
        if key not in "123456789" or key in keys or len(key) != 1:
            value.refuse(
                f"each key once and from 1 to 9 (0 and * repeat the question), not {key!r}"
            )
        keys[key] = value.choice(allowed)
    return keys or field.refuse("at least one key")


def _flag(field: YamlField | None) -> bool:
    return field is not None and field.boolean()


def _retry(field: YamlField) -> Retry:
    field.keys(allowed=("attempts", "wait_seconds"))
    return Retry(
        attempts=field.get("attempts").integer(1, 5),
        wait_s=field.get("wait_seconds").integer(0, 7 * 86_400),
    )


def _hours(field: YamlField) -> Hours:
    field.keys(allowed=("from", "to", "days", "utc_offset"))
    begin, end = _time(field.get("from")), _time(field.get("to"))
    if begin >= end:
        field.get("to").refuse(f"a time after {begin:%H:%M}")
    return Hours(
        begin=begin,
        end=end,
        days=tuple(element.integer(1, 7) for element in field.get("days").elements()),
        utc_offset_minutes=_offset(field.get("utc_offset")),
    )


def _time(field: YamlField) -> time:
    match = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)", field.text())
    return (
        time(int(match[1]), int(match[2]))
        if match
        else field.refuse('a time of day such as "09:00"')
    )


def _offset(field: YamlField) -> int:
    match = re.fullmatch(r"([+-])(0\d|1[0-4]):([0-5]\d)", field.text())
    if not match:
        field.refuse('an offset from UTC such as "+08:00"')
    minutes = int(match[2]) * 60 + int(match[3])
    return -minutes if match[1] == "-" else minutes


def _after_interruption(field: YamlField | None) -> AfterInterruption:
    """Nobody is called twice by accident unless the script asks for it."""
    return (
        AfterInterruption(field.choice(tuple(AfterInterruption)))
        if field
        else AfterInterruption.HAND_OVER
    )
