"""Remember what was said in the return visits of this moment, to quote it when a ticket reopens."""

from collections import OrderedDict, deque

from domain.call import CallInfo, Direction
from domain.ids import CallId
from domain.transcript import TranscriptSegment


class SurveyTalk:
    """The latest segments of calls we placed, and for each question what had been said when it was answered."""

    def __init__(self, *, calls: int, segments: int) -> None:
        self._most_calls = calls
        self._most_segments = segments
        self._said: OrderedDict[CallId, deque[TranscriptSegment]] = OrderedDict()
        self._at_answer: dict[CallId, dict[str, tuple[TranscriptSegment, ...]]] = {}

    def begin(self, info: CallInfo) -> None:
        if info.direction is Direction.OUTBOUND:
            self._said.setdefault(info.call_id, deque(maxlen=self._most_segments))
        while len(self._said) > self._most_calls:
            self.forget(next(iter(self._said)))

    def is_survey(self, call_id: CallId) -> bool:
        return call_id in self._said

    def hear(self, segment: TranscriptSegment) -> None:
        if segment.call_id in self._said:
            self._said[segment.call_id].append(segment)

    def answered(self, call_id: CallId, question_id: str) -> None:
        """The later answer to a question counts."""
        if call_id in self._said:
            self._at_answer.setdefault(call_id, {})[question_id] = tuple(self._said[call_id])

    def at_answer(self, call_id: CallId, question_id: str) -> tuple[TranscriptSegment, ...]:
        noted = self._at_answer.get(call_id, {}).get(question_id)
        return tuple(self._said.get(call_id, ())) if noted is None else noted

    def forget(self, call_id: CallId) -> None:
        self._said.pop(call_id, None)
        self._at_answer.pop(call_id, None)
