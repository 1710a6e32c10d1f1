"""Hold the settings of ticket drafts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketsSettings:
    """``reopening_question`` answered ``reopening_answer`` in a return visit reopens the ticket.

    The two bounds say how much of the calls in progress is held in memory: the language last guessed for a
    caller, and the latest segments of a return visit.
    """

    reopening_question: str = "solved"
    reopening_answer: str = "no"
    remembered_calls: int = 4_000
    remembered_segments: int = 64
