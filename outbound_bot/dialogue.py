"""Decide what the bot says next: (state, heard) → (state, say).

Every state has a limited patience, every question is left once it is answered, and every path ends.
"""

from dataclasses import dataclass, replace
from enum import Enum, auto

from domain.ids import SegmentId
from domain.language import LanguageTag
from domain.survey import AnswerSource, AnswerValue, DialOutcome, SurveyAnswer
from outbound_bot.answer_reader import AnswerReader, Reading
from outbound_bot.script import Question, QuestionKind, Script, Wording

PATIENCE = 2  # prompts after silence, and misunderstandings, before the bot gives up on a question
REPEATS = 2  # times a question is said again on request
LOW_MARKS = ("1", "2")  # read back like a "no"
CONSENT_KEYS = {"1": AnswerValue.YES, "2": AnswerValue.NO}
CONFIRM_KEYS = {"1": AnswerValue.YES, "2": AnswerValue.NO}
REPEAT_KEYS = ("0", "*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The person said this."""

    text: str
    segment_id: SegmentId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """The person pressed this."""

    key: str


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing came for as long as we wait."""


@dataclass(frozen=True, slots=True)
class HungUp:
    """The person ended the call."""


Heard = Words | Key | Silence | HungUp


class Step(Enum):
    """Where in the talk we are."""

    CONSENT = auto()
    QUESTION = auto()
    CLARIFY = auto()  # a hedge was heard: which of the two?
    CONFIRM = auto()  # a "no" was heard: is that what is meant?
    OVER = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing to say. It may be talked into, except for what must be heard out: the disclosure and the goodbye."""

    text: str
    interruptible: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkState:
    """Everything the next decision depends on. ``pending`` waits for its confirmation."""

    step: Step = Step.CONSENT
    place: int = 0  # of the current question
    answers: tuple[SurveyAnswer, ...] = ()
    pending: SurveyAnswer | None = None
    silences: int = 0
    unclears: int = 0
    repeats: int = 0
    taken_back: bool = False  # a read-back "no" was denied once
    anything_heard: bool = False
    outcome: DialOutcome | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """The new state, what to say now, and the answer that has just become certain."""

    state: TalkState
    say: tuple[Line, ...] = ()
    answered: SurveyAnswer | None = None


class Dialogue:
    """The talk over one script in one language; holds no state of any call."""

    def __init__(self, script: Script, language: LanguageTag, reader: AnswerReader) -> None:
        self._script = script
        self._prompts = script.prompts
        self._language = language
        self._reader = reader

    def begin(self) -> Turn:
        state = TalkState()
        return Turn(
            state=state, say=(self._line(self._prompts.disclosure), self._question_line(state))
        )

    def hear(self, state: TalkState, heard: Heard) -> Turn:
        """Once the talk is over, nothing is said and nothing changes."""
        if state.step is Step.OVER:
            return Turn(state=state)
        if isinstance(heard, HungUp):
            return Turn(
                state=replace(state, step=Step.OVER, outcome=DialOutcome.HUNG_UP, pending=None)
            )
        if isinstance(heard, Silence):
            return self._silence(state)
        state = replace(state, anything_heard=True, silences=0)
        reading = self._read(state, heard)
        return self._answered(state, reading, heard)

    def refuses(self, text: str) -> bool:
        """Whether somebody wants out, which is honoured even in the middle of the disclosure."""
        return self._reader.read(text, language=self._language) is Reading.REFUSAL

    def _answered(self, state: TalkState, reading: Reading | str, heard: Words | Key) -> Turn:
        if reading is Reading.REFUSAL:
            return self._end(state, DialOutcome.REFUSED, self._prompts.refusal_closing)
        if reading is Reading.NOT_ME:
            return self._end(state, DialOutcome.UNCLEAR, self._prompts.handover_closing)
        if reading is Reading.REPEAT:
            return self._repeat(state)
        if reading is Reading.UNCLEAR:
            return self._unclear(state)
        if state.step is Step.CONSENT:
            return self._consented(state, reading)
        if state.step is Step.CONFIRM:
            return self._confirmed(state, reading)
        return self._value(state, reading, heard)

    def _read(self, state: TalkState, heard: Words | Key) -> Reading | str:
        """A `Reading`, or a mark on a scale."""
        if isinstance(heard, Key):
            return self._read_key(state, heard.key)
        question = self._question(state)
        topic = str(question.rate) if question.rate and state.step is not Step.CONSENT else None
        if state.step is Step.CONFIRM:
            return self._reader.read_confirmation(heard.text, language=self._language, topic=topic)
        reading = self._reader.read(heard.text, language=self._language, topic=topic)
        if state.step is Step.QUESTION and question.kind is QuestionKind.SCALE:
            return self._read_mark(heard.text, reading)
        return reading

    def _read_mark(self, text: str, reading: Reading) -> Reading | str:
        mark = self._reader.read_scale(text, language=self._language)
        if mark is not None:
            return mark
        return (
            reading
            if reading in (Reading.REFUSAL, Reading.REPEAT, Reading.NOT_ME)
            else Reading.UNCLEAR
        )

    def _read_key(self, state: TalkState, key: str) -> Reading | str:
        if key in REPEAT_KEYS:
            return Reading.REPEAT
        if state.step is Step.CONSENT:
            value: str | None = CONSENT_KEYS.get(key)
        elif state.step is Step.CONFIRM:
            value = CONFIRM_KEYS.get(key)
        else:
            value = self._question(state).keys.get(key)
        if value is None:
            return Reading.UNCLEAR
        return Reading(value) if value in tuple(AnswerValue) else value

    def _consented(self, state: TalkState, reading: Reading | str) -> Turn:
        if reading is Reading.NO:
            return self._end(state, DialOutcome.REFUSED, self._prompts.refusal_closing)
        if reading is Reading.YES:
            return self._ask(replace(_patient(state), step=Step.QUESTION, place=0))
        return self._unclear(state)

    def _value(self, state: TalkState, reading: Reading | str, heard: Words | Key) -> Turn:
        question = self._question(state)
        if reading is Reading.PARTLY and state.step is Step.QUESTION and question.clarification:
            return self._ask(
                replace(
                    _patient(state), step=Step.CLARIFY, pending=_answer(question, reading, heard)
                )
            )
        answer = _answer(question, reading, heard)
        if question.confirmation and (answer.value == AnswerValue.NO or answer.value in LOW_MARKS):
            return self._ask(replace(_patient(state), step=Step.CONFIRM, pending=answer))
        return self._next(state, answer)

    def _confirmed(self, state: TalkState, reading: Reading | str) -> Turn:
        pending = state.pending
        if pending is None:
            return self._unclear(state)
        if reading is Reading.YES:
            return self._next(state, pending)
        if reading is Reading.PARTLY and self._question(state).kind is QuestionKind.YES_NO:
            return self._next(state, replace(pending, value=AnswerValue.PARTLY))
        if state.taken_back:
            return self._unclear(replace(state, unclears=PATIENCE))
        return self._ask(
            replace(_patient(state), step=Step.QUESTION, pending=None, taken_back=True),
            offer_keys=True,
        )

    def _next(self, state: TalkState, answer: SurveyAnswer) -> Turn:
        state = replace(
            _patient(state), answers=(*state.answers, answer), place=state.place + 1,
            step=Step.QUESTION, pending=None, taken_back=False,
        )  # fmt: skip
        if state.place < len(self._script.questions):
            return replace(self._ask(state), answered=answer)
        return replace(
            self._end(state, DialOutcome.COMPLETED, self._prompts.closing), answered=answer
        )

    def _silence(self, state: TalkState) -> Turn:
        state = replace(state, silences=state.silences + 1)
        if state.silences <= PATIENCE:
            return Turn(
                state=state,
                say=(
                    self._line(self._prompts.still_there, interruptible=True),
                    self._question_line(state),
                ),
            )
        if state.step is Step.CLARIFY and state.pending is not None:
            return self._next(state, state.pending)  # the hedge stands
        if state.anything_heard:
            return self._end(state, DialOutcome.UNCLEAR, self._prompts.handover_closing)
        return self._end(state, DialOutcome.NO_SPEECH, self._prompts.silence_closing)

    def _unclear(self, state: TalkState) -> Turn:
        """Ask again, then offer keys, then leave it to a person."""
        state = replace(state, unclears=state.unclears + 1)
        if state.step is Step.CLARIFY and state.pending is not None:
            return self._next(state, state.pending)  # the hedge stands
        if state.unclears <= PATIENCE:
            say = (
                self._line(self._prompts.not_understood, interruptible=True),
                self._question_line(state),
            )
            offered = (self._keys_line(state),) if state.unclears == PATIENCE else ()
            return Turn(state=state, say=(*say, *offered))
        return self._end(state, DialOutcome.UNCLEAR, self._prompts.handover_closing)

    def _repeat(self, state: TalkState) -> Turn:
        if state.repeats >= REPEATS:
            return self._unclear(state)
        state = replace(state, repeats=state.repeats + 1)
        if (
            state.step is Step.CONSENT
        ):  # "who is this?" and "pardon?" are both answered by starting over
            return Turn(
                state=state, say=(self._line(self._prompts.disclosure), self._question_line(state))
            )
        return self._ask(state)

    def _ask(self, state: TalkState, *, offer_keys: bool = False) -> Turn:
        keys = (self._keys_line(state),) if offer_keys else ()
        return Turn(state=state, say=(self._question_line(state), *keys))

    def _end(self, state: TalkState, outcome: DialOutcome, closing: Wording) -> Turn:
        return Turn(
            state=replace(state, step=Step.OVER, outcome=outcome, pending=None),
            say=(self._line(closing),),
        )

    def _question(self, state: TalkState) -> Question:
        return self._script.questions[min(state.place, len(self._script.questions) - 1)]

    def _question_line(self, state: TalkState) -> Line:
        question = self._question(state)
        wording: Wording | None = question.text
        if state.step is Step.CONSENT:
            wording = self._prompts.consent
        elif state.step is Step.CONFIRM:
            wording = question.confirmation
        elif state.step is Step.CLARIFY:
            wording = question.clarification
        return self._line(wording or question.text, interruptible=True)

    def _keys_line(self, state: TalkState) -> Line:
        """In CONFIRM the keys are those of consent: 1 for yes, 2 for no."""
        asks_yes_no = state.step in (Step.CONSENT, Step.CONFIRM)
        wording = self._prompts.consent_keys if asks_yes_no else self._question(state).keys_text
        return self._line(wording, interruptible=True)

    def _line(self, wording: Wording, *, interruptible: bool = False) -> Line:
        return Line(text=wording[self._language], interruptible=interruptible)


def _patient(state: TalkState) -> TalkState:
    """A new question is met with fresh patience."""
    return replace(state, silences=0, unclears=0, repeats=0)


def _answer(question: Question, reading: Reading | str, heard: Words | Key) -> SurveyAnswer:
    return SurveyAnswer(
        question_id=question.question_id,
        value=str(reading),
        source=AnswerSource.SPEECH if isinstance(heard, Words) else AnswerSource.KEYS,
        heard=heard.text if isinstance(heard, Words) else heard.key,
        segment_id=heard.segment_id if isinstance(heard, Words) else None,
    )
