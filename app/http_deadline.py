"""Let nobody hold a connection on which no request ever comes."""

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

HEADERS_WITHIN_S = 5.0


class PunctualHttp(H11Protocol):
    """uvicorn's HTTP, which waits for a connection's first request for a bounded time.

    Without it a thousand half-said requests take a thousand descriptors, and a call that wants in finds none.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._deadline = self.loop.call_later(HEADERS_WITHIN_S, self._give_up)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        super().connection_lost(exc)

    def _give_up(self) -> None:
        """Close unless a request has begun, or the connection has become a WebSocket."""
        has_begun = bool(self.cycle)
        if not has_begun and self.transport.get_protocol() is self:
            self.transport.close()
