"""Describe a kind of call that may come as an INVITE, and say what is asked of it that it cannot do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from aiosipua.message import SipRequest

from media_gateway.sip.incoming import IncomingDialog
from media_gateway.sip.message import media_type, tokens

ALWAYS_UNDERSTOOD = frozenset({"timer"})


class InviteHandler(Protocol):
    """The first that wants an INVITE lives it. ``body_types`` empty means it reads anything."""

    @property
    def extensions(self) -> frozenset[str]:
        """The option tags it understands, in lower case."""
        ...

    @property
    def body_types(self) -> frozenset[str]: ...
    def wants(self, request: SipRequest) -> bool:
        """A quick look on the read path."""
        ...

    async def answer(self, dialog: IncomingDialog) -> None:
        """The whole life of the call: returns when it is over."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A final no to an INVITE, and what the caller could do about it."""

    code: int
    headers: Mapping[str, str] = field(default_factory=dict)
    challenges: tuple[str, ...] = ()


def refusal_by(handler: InviteHandler | None, request: SipRequest) -> Refusal | None:
    """420 for an extension, 415 for a body that this kind of call does not know (RFC 3261 §8.2.2.3, §8.2.3)."""
    if handler is None:
        return Refusal(code=404)
    unknown = tokens(request, "require") - handler.extensions - ALWAYS_UNDERSTOOD
    if unknown:
        return Refusal(code=420, headers={"Unsupported": ", ".join(sorted(unknown))})
    encodings = tokens(request, "content-encoding") - {"identity"}
    if request.body and encodings:
        return Refusal(code=415, headers={"Accept-Encoding": "identity"})
    if request.body and handler.body_types and media_type(request) not in handler.body_types:
        return Refusal(code=415, headers={"Accept": ", ".join(sorted(handler.body_types))})
    return None
