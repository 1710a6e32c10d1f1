"""Tell a page of ours from a page of somebody else's (RFC 6454)."""

from urllib.parse import urlsplit


def is_ours(origin: str | None, host: str | None) -> bool:
    """Whether a WebSocket with these request headers may come in.

    A page of another site may open sockets to us with its visitor's rights, and browsers say where a page came from;
    switches and programs send no Origin and are let in.
    """
    return origin is None or urlsplit(origin).netloc == host
