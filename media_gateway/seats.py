"""Give each line its legs, and keep a leg's sound in one place when people come and go on it."""

from dataclasses import dataclass

from domain.audio import GapCause, Leg, ms_from_samples, samples_from_ms
from domain.errors import Refused
from domain.ids import CallId
from media_gateway.fork import Fork


@dataclass(slots=True, kw_only=True)
class _Seat:
    """One leg; ``since_ms`` is the conversation's time at its first sample."""

    fork: Fork
    since_ms: int
    is_taken: bool = True

    @property
    def end_ms(self) -> int:
        return self.since_ms + ms_from_samples(self.fork.samples, self.fork.sample_rate_hz)


class Seats:
    """The legs of one conversation.

    Who comes takes the first seat of its kind that is free and has its sample rate: after a transfer the second agent
    goes on where the first left off, with a gap between them. Where two are there at once the second is ``agent-2``.
    """

    def __init__(self, *, call_id: CallId) -> None:
        self._call_id = call_id
        self._seats: dict[Leg, _Seat] = {}

    @property
    def end_ms(self) -> int:
        """How far the furthest leg has come."""
        return max((seat.end_ms for seat in self._seats.values()), default=0)

    def is_taken(self, leg: Leg) -> bool:
        return leg in self._seats and self._seats[leg].is_taken

    def take(
        self, legs: tuple[Leg, ...], sample_rate_hz: int, *, now_ms: int | None = None
    ) -> tuple[Fork, ...]:
        """Seats for a line, in its order, that begin at the conversation's time. Raises Refused when one is missing.

        Without a time it is where the furthest leg ends; sound that is still being gathered is not counted there.
        """
        now_ms = self.end_ms if now_ms is None else now_ms
        taken: list[Fork] = []
        try:
            for leg in legs:
                taken.append(self._take(leg, sample_rate_hz, now_ms))  # noqa: PERF401 - what was taken must be known
        except Refused:
            self.leave(tuple(fork.leg for fork in taken))
            raise
        return tuple(taken)

    def add(self, fork: Fork, *, since_ms: int) -> None:
        """A seat whose sound is made elsewhere: our own voice."""
        self._seats[fork.leg] = _Seat(fork=fork, since_ms=since_ms)

    def leave(self, legs: tuple[Leg, ...]) -> None:
        for leg in legs:
            self._seats[leg].is_taken = False

    def close(self) -> None:
        for seat in self._seats.values():
            seat.fork.close()

    def _take(self, wanted: Leg, sample_rate_hz: int, now_ms: int) -> Fork:
        for leg in (leg for leg in Leg if leg.role is wanted.role):
            seat = self._seats.get(leg)
            if seat is None:
                fork = Fork(call_id=self._call_id, leg=leg, sample_rate_hz=sample_rate_hz)
                self._seats[leg] = _Seat(fork=fork, since_ms=now_ms)
                return fork
            if not seat.is_taken and seat.fork.sample_rate_hz == sample_rate_hz:
                seat.is_taken = True
                seat.fork.skip(
                    samples_from_ms(max(now_ms - seat.end_ms, 0), sample_rate_hz), GapCause.ABSENT
                )
                return seat.fork
        raise Refused(
            "media_gateway.no_seat",
            f"every seat for another {wanted.role} on this call is taken; end one of them first",
        )
