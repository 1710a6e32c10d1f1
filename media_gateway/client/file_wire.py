"""Hand one recording to a running product, which plays it to itself as a call."""

import asyncio
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx

from domain.audio import Speech, samples_from_ms
from domain.call import EndReason
from domain.errors import InputError, Refused
from domain.ids import CallId
from media_gateway.client.farewell import Farewell
from media_gateway.client.metadata import Metadata
from media_gateway.client.mouth import Source
from media_gateway.client.pacing import Pacer

FILE_PATH = "/wire/file"
ANSWER_S = 60.0
POLL_S = 0.25
UPLOAD_MS = 1_000
UNKNOWN_LENGTH = 0xFFFFFFFF  # what programs write that stream a WAV into a pipe


class FileCall:
    """One call. The product keeps the time, so ``block_ms`` and ``pacer`` are not used; a recording hears nothing.

    With ``fast`` it plays as fast as its listeners hear it.
    """

    def __init__(
        self,
        *,
        address: str,
        metadata: Metadata,
        fast: bool = False,
        on_sent: Callable[[int], None] | None = None,
        on_speech: Callable[[Speech], Awaitable[None]] | None = None,
        block_ms: int = 20,
        pacer: Pacer | None = None,
    ) -> None:
        self._url = address.rstrip("/") + FILE_PATH
        self._metadata = metadata
        self._fast = fast
        self._on_sent = on_sent
        self._leaving = asyncio.Event()

    async def run(self, source: Source) -> Farewell:
        """Returns when the recording was played. Raises InputError when it cannot be taken, Refused when not now."""
        async with httpx.AsyncClient(trust_env=False, timeout=ANSWER_S) as client:
            begun = await self._ask(
                client, "POST", self._url, params=self._fields(), content=_wav(source)
            )
            call_id = CallId(str(begun["call_id"]))
            ended = await self._followed(client, f"{self._url}/{call_id}", source.sample_rate_hz)
        reason = str(ended["reason"])
        said_goodbye = reason == EndReason.HUNG_UP
        sentence = f"{reason}: {ended['detail']}" if ended["detail"] else reason
        return Farewell(
            said_goodbye=said_goodbye,
            reason="" if said_goodbye else sentence,
            sent_samples=samples_from_ms(int(ended["played_ms"]), source.sample_rate_hz),
            by_server=not said_goodbye,
            call_id=call_id,
            wire_call_id=self._metadata.wire_call_id,
        )

    async def press(self, key: str) -> None:
        """A recording presses no keys."""

    def hang_up(self) -> None:
        """Stop it in the middle."""
        self._leaving.set()

    async def _followed(
        self, client: httpx.AsyncClient, url: str, sample_rate_hz: int
    ) -> dict[str, Any]:
        """How it ended; tells meanwhile how far it is."""
        while True:
            state = await self._ask(client, "GET", url)
            if self._on_sent is not None:
                self._on_sent(samples_from_ms(int(state["played_ms"]), sample_rate_hz))
            if state["state"] == "ended":
                return state
            try:
                async with asyncio.timeout(POLL_S):
                    await self._leaving.wait()
            except TimeoutError:
                continue
            await client.delete(url)
            await asyncio.sleep(POLL_S)

    def _fields(self) -> dict[str, str]:
        known = self._metadata
        fields = {
            "fast": "1" if self._fast else None,
            "title": known.title,
            "from": known.caller_number,
            "to": known.dialled_number,
            "direction": known.direction,
            "synthetic": "1" if known.synthetic else None,
            "wire_call_id": known.wire_call_id,
            "legs": ",".join(known.legs) if known.legs else None,
        }
        return {name: value for name, value in fields.items() if value is not None}

    async def _ask(
        self, client: httpx.AsyncClient, method: str, url: str, **request: Any
    ) -> dict[str, Any]:
        try:
            answer = await client.request(method, url, **request)
        except (httpx.HTTPError, httpx.InvalidURL):
            raise InputError(
                "call.unreachable",
                f"nobody answers at {self._url}; start the product with: hotline serve",
            ) from None
        if answer.is_error:
            raise _refusal(answer)
        told: dict[str, Any] = answer.json()
        return told


async def _wav(source: Source) -> AsyncIterator[bytes]:
    """The source as a WAV file whose length nobody knows yet."""
    frame_bytes = 2 * source.channels
    described = struct.pack(
        "<4sIHHIIHH",
        b"fmt ",
        16,
        1,  # PCM
        source.channels,
        source.sample_rate_hz,
        source.sample_rate_hz * frame_bytes,
        frame_bytes,
        16,
    )
    yield struct.pack("<4sI4s", b"RIFF", UNKNOWN_LENGTH, b"WAVE") + described
    yield struct.pack("<4sI", b"data", UNKNOWN_LENGTH)
    samples = samples_from_ms(UPLOAD_MS, source.sample_rate_hz)
    while (block := source.take(samples)) is not None:
        yield block


def _refusal(answer: httpx.Response) -> Refused | InputError:
    try:
        error = answer.json()["error"]
        code, message = str(error["code"]), str(error["message"])
    except (ValueError, KeyError, TypeError):
        code = "call.no_wire"
        message = (
            f"{answer.request.url} answered HTTP {answer.status_code}, which is no OpenHotline wire"
        )
    return Refused(code, message) if answer.status_code == 503 else InputError(code, message)
