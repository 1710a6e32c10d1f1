"""Knock at a WebSocket wire of the product, and say in one sentence what to do when nobody opens."""

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit, urlunsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, InvalidStatus, InvalidURI
from websockets.typing import Subprotocol

from domain.errors import ContactCentreError, InputError, Refused

CONNECT_S = 10
CLOSE_S = 10
LARGEST_MESSAGE_BYTES = 4 * 1024 * 1024  # what our own server sends stays below a sixth of it
SAID_GOODBYE, NO_CLOSE_FRAME = 1000, 1006  # RFC 6455 section 7.4.1
SCHEMES = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}


def socket_url(address: str, path: str, query: Mapping[str, str] | None = None) -> str:
    """A wire's address for a server's own (``http://127.0.0.1:8000``). Raises InputError."""
    parts = urlsplit(address)
    scheme = SCHEMES.get(parts.scheme)
    if scheme is None or not parts.netloc:
        raise InputError(
            "call.url", f"expected an address like http://127.0.0.1:8000, got {address!r}"
        )
    asked = urlencode(query or {})
    return urlunsplit((scheme, parts.netloc, parts.path.rstrip("/") + path, asked, ""))


async def opened(
    url: str,
    *,
    subprotocol: str | None = None,
    compression: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> ClientConnection:
    """A connection that is open. Raises InputError when nobody answers, Refused when the server takes no call now."""
    try:
        return await connect(
            url,
            subprotocols=[Subprotocol(subprotocol)] if subprotocol else None,
            additional_headers=headers,
            compression=compression,
            proxy=None,  # like every other client of ours: the product is reached directly
            open_timeout=CONNECT_S,
            close_timeout=CLOSE_S,
            max_size=LARGEST_MESSAGE_BYTES,
        )
    except InvalidStatus as answer:
        raise _refusal(url, answer.response.status_code) from None
    except (OSError, InvalidHandshake, InvalidURI, EOFError):
        raise InputError(
            "call.unreachable",
            f"nobody answers at {url}; start the product with: hotline serve",
        ) from None


def _refusal(url: str, status: int) -> ContactCentreError:
    if status == 503:
        return Refused("call.server_full", f"{url} takes no more calls now; try again later")
    if status == 401:
        return Refused(
            "call.unauthorized", f"{url} wants to see a key that it knows; say it with --key"
        )
    return InputError("call.no_wire", f"{url} answered HTTP {status}, which is no OpenHotline wire")
