"""Answer like a FunASR server whose machine hears pitches: real sockets, scripted words.

It keeps to what the servers do: online texts continue each other, the corrected text replaces them, and nothing
at all is said where no words were heard.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from socket import SHUT_RDWR, SO_RCVBUF, SOL_SOCKET
from threading import Barrier, Event, Thread
from typing import Any

import numpy as np
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request
from websockets.sync.server import ServerConnection, serve
from websockets.typing import Subprotocol

_RATE_HZ = 16_000
_LOUD = 0.01
_BUFFER_BYTES = 1 << 16  # else a system may hold minutes of sound that nobody takes


class FunasrServer:
    """``openings`` and ``block_bytes`` show what clients sent.

    ``goes_after_s`` closes in mid-utterance, once or each time; one that ``hangs`` takes the opening and nothing
    more. ``lets_in_together``: so many must knock before the first is let in.
    """

    def __init__(
        self,
        words: Mapping[int, str],
        *,
        ends_like_cpp: bool = True,
        mode: str = "2pass",
        goes_after_s: float | None = None,
        goes_once: bool = False,
        hangs: bool = False,
        lets_in_together: int = 1,
    ) -> None:
        self._words = words
        self._ends_like_cpp = ends_like_cpp
        self._mode = mode
        self._goes_after_s = goes_after_s
        self._goes_once = goes_once
        self._hangs = hangs
        self._door = Barrier(lets_in_together)
        self.is_over = Event()
        self.openings: list[dict[str, Any]] = []
        self.block_bytes: list[int] = []

    def let_in(self, connection: ServerConnection, request: Request) -> None:
        self._door.wait(timeout=5)

    def talk(self, connection: ServerConnection) -> None:
        try:
            self._talk(connection)
        except ConnectionClosed:
            return

    def _talk(self, connection: ServerConnection) -> None:
        self.openings.append(json.loads(connection.recv(timeout=5)))
        if self._hangs:
            self.is_over.wait(30)
            return
        pcm, shown = b"", 0
        for message in connection:
            if isinstance(message, str):
                self._correct(connection, pcm)
                continue
            self.block_bytes.append(len(message))
            pcm += message
            if self._goes_now(pcm):
                connection.socket.shutdown(SHUT_RDWR)  # as a machine does whose power goes
                return
            shown = self._continue(connection, pcm, shown)

    def _goes_now(self, pcm: bytes) -> bool:
        if self._goes_after_s is None or (self._goes_once and len(self.openings) > 1):
            return False
        return len(pcm) > self._goes_after_s * _RATE_HZ * 2

    def _continue(self, connection: ServerConnection, pcm: bytes, shown: int) -> int:
        """One more character for each 600 ms that were heard."""
        due = len(pcm) // 19_200
        more = self._said(pcm)[shown:due]
        if more and self._mode != "online":
            self._tell(connection, "2pass-online", more, is_final=False)
        return shown + len(more)

    def _correct(self, connection: ServerConnection, pcm: bytes) -> None:
        if said := self._said(pcm):
            mode = "online" if self._mode == "online" else "2pass-offline"
            self._tell(connection, mode, said, is_final=self._ends_like_cpp)

    def _tell(self, connection: ServerConnection, mode: str, text: str, *, is_final: bool) -> None:
        answer = {"mode": mode, "text": text, "wav_name": "leg", "is_final": is_final}
        connection.send(json.dumps(answer))

    def _said(self, pcm: bytes) -> str:
        sound = np.frombuffer(pcm, "<i2").astype(np.float32) / 32_768
        if not len(sound):
            return ""
        spectrum = np.abs(np.fft.rfft(sound))
        loudest = spectrum.argmax()
        hz = round(float(np.fft.rfftfreq(len(sound), 1 / _RATE_HZ)[loudest]) / 10) * 10
        return self._words.get(hz, "") if spectrum[loudest] > len(sound) * _LOUD / 4 else ""


@contextmanager
def serving(server: FunasrServer) -> Iterator[str]:
    """The server on a free port of the loopback; yields its ws:// address."""
    with serve(
        server.talk,
        "127.0.0.1",
        0,
        subprotocols=[Subprotocol("binary")],
        process_request=server.let_in,
        close_timeout=0.1,
    ) as listening:
        listening.socket.setsockopt(SOL_SOCKET, SO_RCVBUF, _BUFFER_BYTES)
        thread = Thread(target=listening.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"ws://127.0.0.1:{listening.socket.getsockname()[1]}"
        finally:
            server.is_over.set()
            listening.shutdown()
            thread.join(timeout=5)
