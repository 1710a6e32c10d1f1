"""Read where a wire is to be reached."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from domain.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class HostPort:
    """One end of a socket."""

    host: str
    port: int


def host_port(address: str, *, scheme: str, default_port: int) -> HostPort:
    """``scheme://host:port``, or without the scheme or the port. Raises InputError."""
    whole = address if "://" in address else f"{scheme}://{address}"
    try:
        parts = urlsplit(whole)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme != scheme or not parts.hostname:
        raise InputError(
            "call.url",
            f"expected an address like {scheme}://127.0.0.1:{default_port}, got {address!r}",
        )
    return HostPort(host=parts.hostname, port=default_port if port is None else port)


def host_of(product: str) -> str:
    """The host on which a product runs. Raises InputError."""
    host = urlsplit(product).hostname
    if host is None:
        raise InputError(
            "call.url", f"expected an address like http://127.0.0.1:8000, got {product!r}"
        )
    return f"[{host}]" if ":" in host else host
