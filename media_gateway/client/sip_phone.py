"""Open a SIP telephone of our own for the length of one call."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager

from domain.errors import ContactCentreError, EngineError, InputError, NotFound, Refused
from media_gateway.sip.ports import target_of
from media_gateway.sip.server import SipServer
from media_gateway.sip.settings import SipSettings
from media_gateway.sip.udp import address_towards

# Longer than the way over any network a product is tried on; with the usual half second somebody would wait half a
# minute (64 of them, RFC 3261 section 17.1.1.2) to hear that SIP is off.
T1_S = 0.15


class EmptyHouse:
    """What stands behind a client: it takes no calls."""

    def place(self) -> AbstractContextManager[None]:
        raise Refused("call.client", "this is a client; it takes no calls")

    def note_refusal(self, wire: str, why: str | ContactCentreError) -> None:
        """Nobody counts."""


def sip_uri(address: str) -> str:
    return address if address.startswith(("sip:", "sips:")) else f"sip:{address}"


async def on_a_phone(
    address: str, settings: SipSettings | None, talk: Callable[[SipServer], Awaitable[bool]]
) -> bool:
    """What ``talk`` says, with a telephone that can reach the address. Raises what it raised, InputError without a port."""
    phone = SipServer(
        settings=settings or _settings_towards(address), gateway=EmptyHouse(), t1_s=T1_S
    )
    try:
        await phone.open()
    except OSError as error:
        raise InputError("call.port", f"cannot open a SIP port here: {error}") from None
    failure: ContactCentreError | None = None
    by_server = False
    async with asyncio.TaskGroup() as group:
        running = group.create_task(phone.run())
        await asyncio.sleep(0)
        try:
            by_server = await talk(phone)
        except ContactCentreError as error:
            failure = error  # a group would wrap it
        running.cancel()
    if failure is not None:
        raise failure
    return by_server


def not_taken(error: NotFound | EngineError, address: str) -> ContactCentreError:
    """Why a call was not taken, and what to do: nobody is there, or somebody said no."""
    if isinstance(error, NotFound) or "does not answer" in error.message:
        return InputError(
            "call.unreachable",
            f"nobody answers at {address}; switch SIP on in the product (HOTLINE_WIRES__SIP__UDP_PORT=5060 and"
            " TCP_PORT), or say with --at where it is",
        )
    return Refused("call.refused", error.message)


def _settings_towards(address: str) -> SipSettings:
    """Any free port, on the address of ours that the far side can answer to."""
    host = target_of(address).host
    own = "127.0.0.1" if host == "localhost" else address_towards(host)
    return SipSettings(host=own or "127.0.0.1", udp_port=0)
