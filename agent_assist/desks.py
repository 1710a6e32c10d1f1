"""Remember what each call's agent has seen, and forget it once the call is over."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from agent_assist.settings import AssistSettings
from agent_assist.triggers import Desk
from domain.ids import CallId


@dataclass(slots=True)
class _Entry:
    """``machine_speaks``: the far side talks to our bot, so there is no agent to help."""

    forget_at_ms: int
    desk: Desk = field(default_factory=Desk)
    machine_speaks: bool = False


class Desks:
    """One desk per call. A call never heard of gets one too: this room may have restarted in the middle of it."""

    def __init__(self, settings: AssistSettings) -> None:
        self._settings = settings
        self._entries: dict[CallId, _Entry] = {}

    def start(self, call_id: CallId, now_ms: int, *, machine_speaks: bool) -> None:
        self._entry(call_id, now_ms).machine_speaks = machine_speaks

    def end(self, call_id: CallId, now_ms: int) -> None:
        """Its last words may still be on their way through recognition, so it is kept for the wrap-up."""
        if call_id in self._entries:
            self._entries[call_id].forget_at_ms = now_ms + self._settings.wrap_up_ms

    def get(self, call_id: CallId, now_ms: int) -> Desk | None:
        """None when there is no agent to show anything to."""
        entry = self._entry(call_id, now_ms)
        return None if entry.machine_speaks else entry.desk

    def put(self, call_id: CallId, desk: Desk) -> None:
        self._entries[call_id].desk = desk

    def forget_past(self, now_ms: int) -> None:
        self._entries = {
            call_id: entry
            for call_id, entry in self._entries.items()
            if entry.forget_at_ms > now_ms
        }

    def peek(self, call_id: CallId) -> Desk | None:
        """As `get`, but a call that is not remembered stays so."""
        entry = self._entries.get(call_id)
        return None if entry is None or entry.machine_speaks else entry.desk

    def __iter__(self) -> Iterator[CallId]:
        """The calls remembered now; it may be walked while they change."""
        return iter(tuple(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

    def _entry(self, call_id: CallId, now_ms: int) -> _Entry:
        return self._entries.setdefault(
            call_id, _Entry(forget_at_ms=now_ms + self._settings.forgotten_ms)
        )
