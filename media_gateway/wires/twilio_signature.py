"""Check that a request was signed by Twilio: HMAC-SHA1 of the address it asked for, with the account's auth token."""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import urlsplit

# Twilio signs the address as its user wrote it. A proxy in front of us may have changed the scheme; some of Twilio's
# signers write the default port and some a slash at the end (twilio.com/docs/usage/security).
SCHEMES = ("wss", "https", "ws", "http")
DEFAULT_PORTS = {"wss": ":443", "https": ":443", "ws": ":80", "http": ":80"}


def signature(url: str, auth_token: str) -> str:
    digest = hmac.new(auth_token.encode(), url.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode("ascii")


def is_signed(given: str | None, *, auth_token: str, urls: Iterable[str]) -> bool:
    """Whether the signature is right for any of these spellings of the address."""
    if given is None or not given.isascii():
        return False
    rightful = [hmac.compare_digest(given, signature(url, auth_token)) for url in urls]
    return any(rightful)


def spellings(*, host: str, target: str, public_url: str | None = None) -> tuple[str, ...]:
    """Every address Twilio may have signed for one request. ``target`` is path and query as they came.

    ``public_url`` (``wss://hotline.example``) is what the world calls us, where a proxy does not tell in ``Host``.
    """
    public = urlsplit(public_url) if public_url else None
    schemes = (public.scheme,) if public else SCHEMES
    name = public.netloc if public else host
    path = (public.path.rstrip("/") if public else "") + target
    found: dict[str, None] = {}
    for scheme in schemes:
        port = DEFAULT_PORTS.get(scheme, "")
        for netloc in (name, name.removesuffix(port), name.removesuffix(port) + port):
            for ending in ("", "/"):
                found[f"{scheme}://{netloc}{path}{ending}"] = None
    return tuple(found)
