"""The socket's own edges: a far side that takes nothing holds nobody up."""

import asyncio
from typing import cast

import pytest
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from domain.call import EndReason
from domain.errors import NotFound
from media_gateway.ending import Ending
from media_gateway.sockets.audio_fork import AudioForkSocket
from media_gateway.sockets.closing import CLOSE_CODES, REASON_BYTES
from media_gateway.wires.audio_fork import JAMBONZ


class StuckWebSocket:
    """A WebSocket whose far side has stopped reading, or has gone."""

    client_state = WebSocketState.CONNECTED

    def __init__(self, *, is_gone: bool = False) -> None:
        self._is_gone = is_gone
        self.closed_with: tuple[int, str] | None = None

    async def send_text(self, text: str) -> None:
        if self._is_gone:
            raise WebSocketDisconnect(1006)
        await asyncio.Event().wait()

    async def close(self, code: int, reason: str) -> None:
        self.closed_with = (code, reason)
        await self.send_text(reason)


def a_wire(websocket: StuckWebSocket) -> AudioForkSocket:
    return AudioForkSocket(cast("WebSocket", websocket), JAMBONZ, send_ms=5)


@pytest.mark.parametrize("is_gone", [False, True])
async def test_a_far_side_that_takes_nothing_is_told_apart_within_bounds(is_gone: bool) -> None:
    wire = a_wire(StuckWebSocket(is_gone=is_gone))

    with pytest.raises(NotFound, match="nobody takes what we send"):
        await wire.play(bytes(320), sample_rate_hz=8_000, play_id="p")
    with pytest.raises(NotFound):
        await wire.stop_playing()
    with pytest.raises(NotFound):
        await wire.hang_up()
    await wire.close(Ending(reason=EndReason.STALLED))


async def test_a_long_reason_is_cut_to_what_a_close_frame_holds() -> None:
    websocket = StuckWebSocket()

    await a_wire(websocket).close(Ending(reason=EndReason.FLOODED, detail="太多声音" * 40))

    assert websocket.closed_with is not None
    code, reason = websocket.closed_with
    assert code == 1008
    assert reason.startswith("flooded: 太多声音")
    assert len(reason.encode()) <= REASON_BYTES


def test_every_reason_has_a_close_code() -> None:
    assert set(CLOSE_CODES) == set(EndReason)
