"""Drain a WebSocket: every message is heard the moment it arrives, whatever else the process does.

An ASGI server hands messages over one by one through a queue, and stops reading the socket while one waits there. Fifty
times a second for every leg that costs more than the sound is worth, and a queue is a place where a call can wait. Our
server (`PushedWebSocket`) lets a wire plug itself in instead; under any other server the queue is drained as it stands.
"""

from collections.abc import Callable
from typing import Any, cast

from starlette.types import Message
from starlette.websockets import WebSocket
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

EXTENSION = "openhotline.push"
TAKE_FAILED = "openhotline.take_failed"

Take = Callable[[bytes | str], None]


async def drain(websocket: WebSocket, take: Take) -> Message:
    """Hand every message to ``take`` until the socket closes; returns the disconnect message, raises what ``take`` raised."""
    plug = websocket.scope.get("extensions", {}).get(EXTENSION)
    receive = websocket.receive
    pushed = False
    while True:
        if plug is not None and not pushed:
            pushed = plug(take)
        message = await receive()
        if message["type"] == "websocket.disconnect":
            return message
        failure = message.get(TAKE_FAILED)
        if failure is not None:
            raise failure
        sound = message.get("bytes")
        take(sound if sound is not None else message["text"])


class PushedWebSocket(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket, where a wire may take messages as they come instead of one by one."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._take: Take | None = None

    def push_to(self, take: Take) -> bool:
        """Hand messages to ``take`` from now on; False while some are waiting that must be heard first."""
        if not self.queue.empty():
            return False
        self._take = take
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        return True

    async def run_asgi(self) -> None:
        extensions: dict[str, object] = cast("dict[str, object]", self.scope["extensions"])
        extensions[EXTENSION] = self.push_to
        await super().run_asgi()

    async def send(self, message: Any) -> None:
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body"):
            self.handshake_complete = (
                True  # uvicorn 0.54 forgets it, and logs an error for every refusal
            )

    def send_receive_event_to_app(self) -> None:
        if self._take is None:
            super().send_receive_event_to_app()
            return
        data = self.frames[0] if len(self.frames) == 1 else b"".join(self.frames)
        self.frames = []
        if not self.close_sent:
            self._hand_over(data)

    def _hand_over(self, data: bytes) -> None:
        if self._take is None:
            return
        try:
            self._take(data if self.curr_msg_data_type == "bytes" else str(data, "utf-8"))
        except UnicodeDecodeError:
            self.conn.fail(1007, "text that is no UTF-8")
            self._take = None
            self.handle_parser_exception()
        except Exception as failure:  # noqa: BLE001 — supervisor: the wire's reader raises it in its own task
            self._take = None
            news: Any = {"type": "websocket.receive", TAKE_FAILED: failure}
            self.queue.put_nowait(news)
