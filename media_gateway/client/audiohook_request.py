"""Ask for an AudioHook session as Genesys does: address, headers, signature."""

import base64
import binascii
import secrets
import time
from urllib.parse import urlsplit
from uuid import uuid4

from domain.errors import InputError
from media_gateway.client.websocket_door import socket_url
from media_gateway.wires.audiohook_signature import UpgradeRequest, signed_headers

WIRE_PATH = "/wire/audiohook"
SIGNATURE_LIFE_S = 30


def wire_url(base_url: str, connector_id: str | None = None) -> str:
    """The wire's address for a server's own: ``http://host:8000`` → ``ws://host:8000/wire/audiohook``."""
    return socket_url(base_url, WIRE_PATH + (f"/{connector_id}" if connector_id else ""))


def request_headers(
    url: str, *, organization_id: str, session_id: str, key: tuple[str, str] | None
) -> dict[str, str]:
    """``key`` is a key id and its base64 secret; None asks unsigned. Raises InputError on a secret that is not base64."""
    headers = {
        "Audiohook-Organization-Id": organization_id,
        "Audiohook-Session-Id": session_id,
        "Audiohook-Correlation-Id": str(uuid4()),
    }
    if key is None:
        return headers
    headers["X-API-KEY"], secret = key
    parts = urlsplit(url)
    request = UpgradeRequest(
        target=parts.path,
        authority=parts.netloc,
        headers={name.lower(): value for name, value in headers.items()},
    )
    now_s = int(time.time())
    return headers | signed_headers(
        request,
        secret=_bytes(secret),
        created_s=now_s,
        expires_s=now_s + SIGNATURE_LIFE_S,
        nonce=base64.b64encode(secrets.token_bytes(18)).decode("ascii"),
    )


def _bytes(secret: str) -> bytes:
    try:
        return base64.b64decode(secret, validate=True)
    except (binascii.Error, ValueError):
        raise InputError(
            "call.secret", "expected the AudioHook secret in base64, got something else"
        ) from None
