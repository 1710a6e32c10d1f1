"""Hear a FreeSWITCH fork to its end: sound as it is, texts for keys, an empty message as goodbye."""

import logging
from collections.abc import Callable

from starlette.websockets import WebSocket

from domain.call import EndReason
from media_gateway.ending import CallOver, Ending
from media_gateway.line import Line
from media_gateway.sockets.closing import goodbye
from media_gateway.sockets.reading import drain
from media_gateway.wires.audio_fork import KeyOnWire, Played, Unknown

log = logging.getLogger(__name__)

Read = Callable[[str], KeyOnWire | Played | Unknown]


async def heard_to_its_end(websocket: WebSocket, line: Line, read_text: Read) -> Ending:
    """Drain the socket until the call ends; nothing else may hold this loop. Raises what the line or ``read_text`` raise."""

    def take(message: bytes | str) -> None:
        if isinstance(message, str):
            line.note_text()
            _obey(read_text(message), line)
        elif message:
            line.hear(message)
        else:
            raise CallOver(EndReason.HUNG_UP)  # an empty binary message is the switch's goodbye

    return goodbye(await drain(websocket, take))


def _obey(said: KeyOnWire | Played | Unknown, line: Line) -> None:
    match said:
        case KeyOnWire(key=key):
            line.press(key)
        case Played(play_id=play_id):
            line.played(play_id)
        case Unknown():
            log.debug("a text on the wire meant nothing to us", extra={"call_id": line.call_id})
