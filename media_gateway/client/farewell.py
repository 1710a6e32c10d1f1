"""Say how a call that we placed ended, whatever wire it went over."""

from dataclasses import dataclass

from domain.ids import CallId


@dataclass(frozen=True, slots=True, kw_only=True)
class Farewell:
    """The end of one call of ours.

    ``said_goodbye``: the wire ended as its protocol wants it, by either side; ``reason`` is the server's sentence, or
    empty. ``sent_samples`` counts each leg's, at the source's rate. ``call_id`` is what the server calls the call, None
    when it never said; ``wire_call_id`` is what the wire called it. ``code`` is the wire's own closing code, if it has
    such codes.
    """

    said_goodbye: bool
    reason: str
    sent_samples: int
    by_server: bool
    call_id: CallId | None = None
    wire_call_id: str | None = None
    code: int | None = None
