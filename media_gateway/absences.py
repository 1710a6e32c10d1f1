"""Remember which legs of a line are not listened to, and why."""

from collections.abc import Iterable
from enum import Enum

from domain.audio import Leg


class Away(Enum):
    """Why a leg is not listened to. Several may hold at once: it is heard again when the last is over."""

    THEY_HOLD = "they"
    WE_HOLD = "we"
    LEFT = "left"


class Absences:
    """The legs of one line. A leg is there while no reason stands against it."""

    def __init__(self, legs: Iterable[Leg]) -> None:
        self._reasons: dict[Leg, set[Away]] = {leg: set() for leg in legs}

    def is_away(self, leg: Leg) -> bool:
        return bool(self._reasons[leg])

    def has(self, leg: Leg, why: Away) -> bool:
        return why in self._reasons[leg]

    def begin(self, leg: Leg, why: Away) -> bool:
        """Whether the leg was there until now."""
        was_there = not self._reasons[leg]
        self._reasons[leg].add(why)
        return was_there

    def end(self, leg: Leg, why: Away) -> bool:
        """Whether this was the last reason, so that the leg is there again."""
        if why not in self._reasons[leg]:
            return False
        self._reasons[leg].discard(why)
        return not self._reasons[leg]

    def forget(self, leg: Leg) -> None:
        """Somebody new sits there: nothing that was true of the last one counts."""
        self._reasons[leg].clear()
