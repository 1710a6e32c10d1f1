"""Know what a call is, who dialled, and why it ended."""

from dataclasses import dataclass
from enum import StrEnum

from domain.ids import CallId


class Direction(StrEnum):
    """Who dialled."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class CallState(StrEnum):
    """A call is live until it has ended; there is no way back."""

    LIVE = "live"
    ENDED = "ended"


class EndReason(StrEnum):
    """Why a call ended; stable codes, shown on the desk and counted in metrics."""

    HUNG_UP = "hung_up"  # the far side said goodbye
    WE_HUNG_UP = "we_hung_up"  # the bot or an agent ended it
    VANISHED = "vanished"  # the connection broke without a goodbye
    STALLED = "stalled"  # nothing arrived for too long
    FLOODED = "flooded"  # far more sound than time
    BAD_WIRE = "bad_wire"  # it did not speak the wire's protocol
    DRAINED = "drained"  # we are shutting down
    FAILED = "failed"  # our own fault; the log has the error


@dataclass(frozen=True, slots=True, kw_only=True)
class CallInfo:
    """What is known about a call when it begins. Unknown is None, never an empty string.

    ``synthetic`` marks demonstration calls whose speech was generated; every page shows it.
    ``campaign_contact`` is ``"<campaign_id>/<contact_id>"`` on calls the bot placed. ``wire_call_id`` is what the
    telephone system calls it (SIP Call-ID, callSid, conversation id).
    """

    call_id: CallId
    direction: Direction
    wire: str
    caller_number: str | None = None
    dialled_number: str | None = None
    title: str | None = None
    synthetic: bool = False
    campaign_contact: str | None = None
    wire_call_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Who sits on a leg, as far as the telephone system says. ``wire_id`` is its own name for them (an AOR, a user id)."""

    name: str | None = None
    number: str | None = None
    wire_id: str | None = None
