"""Keep the facts of recent calls at hand, so that news can show how a call stands now."""

from collections import OrderedDict
from dataclasses import dataclass, field

from console.view.legs import LEG_KINDS
from console.view.summary import SUMMARY_KINDS
from domain.envelope import Envelope
from domain.events import SurveyAnswered, SurveyFinished
from domain.ids import CallId
from storage.repositories.calls import CallRepository

KEPT_KINDS = (*SUMMARY_KINDS, *LEG_KINDS, SurveyAnswered, SurveyFinished)


@dataclass(slots=True)
class _Known:
    """One call: everything up to ``seq``, of the kinds that are kept."""

    seq: int = 0
    facts: list[Envelope] = field(default_factory=list)

    def take(self, fact: Envelope) -> None:
        self.seq = fact.seq or self.seq
        if isinstance(fact.event, KEPT_KINDS):
            self.facts.append(fact)


class CallBoard:
    """Shared by all desk sockets. Each tells it every fact it meets, in order; a hole is mended from the log."""

    def __init__(self, calls: CallRepository, *, size: int) -> None:
        self._calls = calls
        self._size = size
        self._known: OrderedDict[CallId, _Known] = OrderedDict()

    async def facts(self, fact: Envelope) -> list[Envelope]:
        """What is known about the fact's call, that fact included and perhaps newer ones. Raises StorageError."""
        known = self._known.get(fact.call_id) or _Known()
        seq = fact.seq or 0
        if seq == known.seq + 1:
            known.take(fact)
        elif seq > known.seq:
            known = await self._read(fact.call_id)
        self._keep(fact.call_id, known)
        return known.facts

    async def _read(self, call_id: CallId) -> _Known:
        known = _Known()
        for fact in await self._calls.facts(call_id):
            known.take(fact)
        return known

    def _keep(self, call_id: CallId, known: _Known) -> None:
        other = self._known.get(call_id)
        if other is None or other.seq <= known.seq:
            self._known[call_id] = known
        self._known.move_to_end(call_id)
        while len(self._known) > self._size:
            self._known.popitem(last=False)
