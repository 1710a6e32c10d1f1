"""Hold what a wire says about a call before its first sound."""

from dataclasses import dataclass

from domain.audio import Leg
from domain.call import Direction
from domain.ids import CallId
from media_gateway.codecs import Encoding


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOffer:
    """A call that wants in. ``legs`` are in the order of the wire's channels.

    With ``separate`` each leg is a stream with a clock of its own (two RTP streams, two tracks); else the channels are
    interleaved in one. ``joins`` names a conversation this line becomes part of; ``mode`` is how a supervisor listens.
    A wire on which silence sends nothing ``watches_itself``: it says when nobody is there any more, and the line's stall
    rule does not. A recording that is read faster than time is not ``in_real_time``: its source waits for the listeners instead.

    ``claimed_call_id`` and ``campaign_contact`` count only on a call that we announced ourselves;
    ``wire_call_id`` is the telephone system's own name for it, for its log and ours.
    """

    sample_rate_hz: int
    legs: tuple[Leg, ...]
    direction: Direction = Direction.INBOUND
    caller_number: str | None = None
    dialled_number: str | None = None
    title: str | None = None
    synthetic: bool = False
    claimed_call_id: CallId | None = None
    campaign_contact: str | None = None
    wire_call_id: str | None = None
    encoding: Encoding = Encoding.L16
    separate: bool = False
    joins: CallId | None = None
    mode: str | None = None
    in_real_time: bool = True
    watches_itself: bool = False
