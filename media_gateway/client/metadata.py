"""Hold what we say about a call that we place; each wire says as much of it as it can."""

from dataclasses import dataclass

from domain.audio import Leg
from domain.call import Direction
from domain.ids import CallId


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """``legs`` names the source's channels if they are not caller, agent; ``wire_call_id`` is what the wire shall call it."""

    title: str | None = None
    synthetic: bool = False
    direction: Direction = Direction.INBOUND
    caller_number: str | None = None
    dialled_number: str | None = None
    call_id: CallId | None = None
    campaign_contact: str | None = None
    legs: tuple[Leg, ...] | None = None
    wire_call_id: str | None = None

    def legs_of(self, channels: int) -> tuple[Leg, ...]:
        """Whose sound each channel of a source is."""
        return self.legs or (Leg.CALLER, Leg.AGENT)[:channels]
