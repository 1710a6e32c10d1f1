"""Know what a connection's UUID stands for: told over HTTP before Asterisk connects."""

from dataclasses import dataclass
from uuid import UUID

from domain.audio import Leg
from domain.call import Direction
from domain.errors import Refused
from domain.ids import CallId
from domain.ports import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedLeg:
    """What will sound on one connection. Connections of one ``call`` are legs of one conversation.

    With ``is_bridged`` they hear each other through us; else Asterisk sends us copies of a call in which they hear each
    other already. ``call_id`` and ``campaign_contact`` count only on calls that we announced ourselves.
    """

    uuid: UUID
    leg: Leg = Leg.CALLER
    call: str | None = None
    is_bridged: bool = False
    direction: Direction = Direction.INBOUND
    caller_number: str | None = None
    dialled_number: str | None = None
    title: str | None = None
    synthetic: bool = False
    call_id: CallId | None = None
    campaign_contact: str | None = None


class ExpectedLegs:
    """A bounded list of legs to come; each is good for one connection and for a while."""

    def __init__(self, *, at_most: int, expires_ms: int, clock: Clock) -> None:
        self._at_most = at_most
        self._expires_ms = expires_ms
        self._clock = clock
        self._legs: dict[UUID, tuple[int, ExpectedLeg]] = {}

    def __len__(self) -> int:
        return len(self._legs)

    def expect(self, leg: ExpectedLeg) -> None:
        """A UUID that is told twice counts as it was told last. Raises Refused when too many are awaited."""
        self._forget_expired()
        self._legs.pop(leg.uuid, None)  # so that it expires by its new time
        if len(self._legs) >= self._at_most:
            raise Refused(
                "media_gateway.audiosocket_full",
                f"{self._at_most} legs are awaited already; tell of a leg when its call is dialled",
            )
        self._legs[leg.uuid] = (self._clock.monotonic_ms() + self._expires_ms, leg)

    def claim(self, uuid: UUID) -> ExpectedLeg | None:
        """What was told about this UUID; None when nothing was, or too long ago."""
        self._forget_expired()
        _, leg = self._legs.pop(uuid, (0, None))
        return leg

    def _forget_expired(self) -> None:
        now_ms = self._clock.monotonic_ms()
        while self._legs:
            oldest = next(iter(self._legs))
            if self._legs[oldest][0] > now_ms:
                return
            del self._legs[oldest]
