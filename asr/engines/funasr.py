"""Let a FunASR server on another machine hear utterances, over its WebSocket protocol.

The protocol is FunASR's own (runtime/docs/websocket_protocol.md): a JSON opening, 16-bit PCM, a JSON end, and JSON
results in between. Servers differ in what they answer: ``2pass-online`` texts continue each other, a
``2pass-offline`` one replaces those before it; ``is_final`` is true at the end in the C++ server and never in the
Python one; and neither says anything where it heard no words.
"""

import json
import ssl
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from socket import SHUT_RDWR
from threading import Event, Timer
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from asr.desk.stream import Heard
from asr.ear.resampling import RATE_HZ
from asr.ear.tape import Waveform
from asr.settings import RemoteSettings
from domain.errors import EngineError, InputError
from domain.language import LanguageTag

_BLOCK_SAMPLES = (
    960  # 60 ms: with chunk_interval 10 the server gathers its 600 ms out of ten of them
)
_CHUNK = {"chunk_size": [5, 10, 5], "chunk_interval": 10}
_LINGER_S = 0.2  # after a corrected sentence there may be one more
_GOODBYE_S = 0.5
_MOST_AT_ONCE = 1_000  # answers
_HOTWORD_WEIGHT = 20
_LONGEST_ANSWER = 1 << 20


class FunasrMachine:
    """A `StreamingMachine` on another computer: one connection for each utterance."""

    def __init__(self, settings: RemoteSettings, languages: tuple[LanguageTag, ...]) -> None:
        """Raises InputError when the certificate file cannot be read; the server need not be up yet."""
        self._settings = settings
        self._languages = languages
        self._host = urlsplit(settings.url).netloc.rpartition("@")[2]  # without a password
        self._trust = _trust(settings)

    @property
    def engine(self) -> str:
        return f"funasr@{self._host}"

    @property
    def languages(self) -> tuple[LanguageTag, ...]:
        return self._languages

    def open(self, language: LanguageTag, hotwords: tuple[str, ...]) -> "FunasrStream":
        """Raises EngineError when nobody answers."""
        stream = FunasrStream(self._host, self._settings, self._trust)
        try:
            stream.begin(language, hotwords)
        except EngineError:
            stream.close()
            raise
        return stream


class FunasrStream:
    """One utterance on its way through one connection."""

    def __init__(self, host: str, settings: RemoteSettings, trust: ssl.SSLContext | None) -> None:
        """Raises EngineError when nobody answers."""
        self._closing = ExitStack()
        try:
            self._connection = self._closing.enter_context(_dialled(settings, trust))
        except (OSError, WebSocketException) as refused:
            raise _lost(host, f"cannot be reached ({refused})") from refused
        self._host = host
        self._settings = settings
        self._unsent = np.zeros(0, np.float32)
        self._firm = ""
        self._grey = ""
        self._is_done = False
        self._is_corrected = False  # after its end: a server may go when it has said this

    def begin(self, language: LanguageTag, hotwords: tuple[str, ...]) -> None:
        opening: dict[str, Any] = _CHUNK | {
            "mode": self._settings.mode,
            "wav_name": "leg",
            "wav_format": "pcm",
            "audio_fs": RATE_HZ,
            "is_speaking": True,
            "itn": True,
            "svs_lang": language,
        }
        if hotwords:
            weights = dict.fromkeys(hotwords, _HOTWORD_WEIGHT)
            opening["hotwords"] = json.dumps(weights, ensure_ascii=False)
        with self._in_time():
            self._send(json.dumps(opening))

    def feed(self, waveform: Waveform) -> str:
        waiting = np.concatenate([self._unsent, waveform])
        whole = len(waiting) - len(waiting) % _BLOCK_SAMPLES
        self._unsent = waiting[whole:]
        with self._in_time():
            for at in range(0, whole, _BLOCK_SAMPLES):
                self._send(_pcm(waiting[at : at + _BLOCK_SAMPLES]))
        for _ in self._answers(within_s=0):
            pass
        return self._text

    def finish(self) -> Heard:
        """Raises EngineError when the server is gone: who hears no words says nothing, but answers a ping."""
        with self._in_time():
            if len(self._unsent):
                self._send(_pcm(self._unsent))
            self._send(json.dumps({"is_speaking": False}))
            pong = self._ping()
        for is_firm in self._answers(within_s=self._settings.silent_s):
            if self._is_done:
                break
            if is_firm:
                self._is_corrected = True
                self._linger()
                break
        if not (self._is_done or self._is_corrected or pong.is_set()):
            raise _lost(self._host, f"answered nothing for {self._settings.silent_s:g} s")
        self.close()
        return Heard(text=self._text)

    def close(self) -> None:
        self._closing.close()

    @property
    def _text(self) -> str:
        return (self._firm + self._grey).strip()

    def _linger(self) -> None:
        for _ in self._answers(within_s=_LINGER_S):
            if self._is_done:
                return

    def _answers(self, *, within_s: float) -> Iterator[bool]:
        """Take in what is there, and what comes within this time; True for a corrected sentence."""
        until = time.monotonic() + within_s
        for _ in range(_MOST_AT_ONCE):
            try:
                left_s = max(0.0, until - time.monotonic())
                answer = self._connection.recv(timeout=left_s)
            except TimeoutError:
                return
            except ConnectionClosed as closed:
                if self._is_corrected:
                    return
                raise self._left() from closed
            yield self._take(answer)

    def _take(self, answer: str | bytes) -> bool:
        try:
            said = json.loads(answer)
            text, mode = str(said["text"]), str(said["mode"])
        except (ValueError, KeyError, TypeError) as odd:
            raise _lost(self._host, "answered something that is not its protocol") from odd
        last = "online" if self._settings.mode == "online" else "offline"
        self._is_done = said.get("is_final") is True and mode.endswith(last)
        if mode.endswith("online"):
            self._grey += text
            return False
        self._firm, self._grey = self._firm + text, ""
        return True

    def _send(self, message: str | bytes) -> None:
        try:
            self._connection.send(message)
        except ConnectionClosed as closed:
            raise self._left() from closed

    def _ping(self) -> Event:
        try:
            return self._connection.ping()
        except ConnectionClosed as closed:
            raise self._left() from closed

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        """Cut the connection when sending takes too long: a server that takes no more would hold us for ever."""
        watch = Timer(self._settings.connect_s, self._cut)
        watch.start()
        try:
            yield
        finally:
            watch.cancel()

    def _cut(self) -> None:
        with suppress(OSError):  # it is closed already
            self._connection.socket.shutdown(SHUT_RDWR)

    def _left(self) -> EngineError:
        return _lost(self._host, "closed the connection in mid-utterance")


def _dialled(
    settings: RemoteSettings, trust: ssl.SSLContext | None
) -> AbstractContextManager[ClientConnection]:
    return connect(
        settings.url,
        ssl=trust,
        subprotocols=[Subprotocol("binary")],
        open_timeout=settings.connect_s,
        close_timeout=_GOODBYE_S,
        ping_interval=None,
        max_size=_LONGEST_ANSWER,
        compression=None,  # of a voice hardly anything can be saved
        proxy=None,
    )


def _pcm(waveform: Waveform) -> bytes:
    return (np.clip(waveform, -1, 1) * 32_767).astype("<i2").tobytes()


def _lost(host: str, why: str) -> EngineError:
    return EngineError("asr.remote", f"the FunASR server at {host} {why}", retryable=True)


def _trust(settings: RemoteSettings) -> ssl.SSLContext | None:
    if not settings.url.startswith("wss://"):
        return None
    try:
        return ssl.create_default_context(cafile=settings.ca_file or None)
    except (OSError, ssl.SSLError) as unreadable:
        raise InputError(
            "asr.setting", f"expected ca_file to be a PEM certificate, got {settings.ca_file}"
        ) from unreadable
