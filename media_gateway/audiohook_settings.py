"""Hold who may bring Genesys AudioHook calls, and how patient that wire is."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from domain.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioHookSettings:
    """Keys and waits of the AudioHook wire. All waits are positive.

    ``keys`` are (key id, base64 secret) pairs as entered in Genesys. An empty secret lets requests of that key in
    unsigned. Without any key only callers on this machine may come, unsigned: that is for trying things out.
    ``authority`` is the name Genesys calls us by, where a proxy in front of us rewrites the Host header.
    """

    keys: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    authority: str | None = None
    signature_age_s: int = 10
    clock_skew_s: int = 3
    nonces_kept: int = 100_000  # of the last 13 s: far more calls than we take
    refusal_ms: int = 500  # every refusal takes this long, whatever was wrong: time tells nothing
    flush_ms: int = 7_000  # for the last words after `close`; the client gives up after 10 s
    goodbye_ms: int = (
        3_000  # for the client to close after our `disconnect`, and its socket after `closed`
    )
    reconnect_ms: int = 1_000
    event_gap_ms: int = 50  # Genesys takes 20 text messages a second

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, int) and value <= 0:
                raise InputError(
                    "media_gateway.settings", f"expected {each.name} above 0, got {value}"
                )
        if len(self.secrets()) != len(self.keys) or "" in self.secrets():
            raise InputError(
                "media_gateway.audiohook_keys",
                "expected every AudioHook key once and with a name; remove the doubled or nameless one",
            )

    def secrets(self) -> Mapping[str, bytes]:
        """The secret of every key id. Raises InputError when one is not base64."""
        return {key_id: _secret(key_id, text) for key_id, text in self.keys}


def _secret(key_id: str, text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise InputError(
            "media_gateway.audiohook_keys",
            f"expected the secret of AudioHook key {key_id!r} in base64; copy it as Genesys shows it",
        ) from None
