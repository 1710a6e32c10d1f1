"""Hold where Asterisk takes media WebSockets, for calls that we are to fetch."""

from dataclasses import dataclass

from domain.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class AsteriskMediaSettings:
    """``url`` is Asterisk's HTTP server (``ws://pbx.example:8088``); None: Asterisk dials us and we never dial it.

    A call that is to be fetched waits at most ``connect_ms`` for Asterisk; ``waiting`` of them may queue.
    """

    url: str | None = None
    connect_ms: int = 5_000
    waiting: int = 200

    def __post_init__(self) -> None:
        if self.connect_ms <= 0 or self.waiting <= 0:
            raise InputError(
                "media_gateway.settings", "expected connect_ms and waiting above 0, got less"
            )
        if self.url is not None and not self.url.startswith(("ws://", "wss://")):
            raise InputError(
                "media_gateway.settings",
                f"expected Asterisk's address like ws://pbx.example:8088, got {self.url!r}",
            )
