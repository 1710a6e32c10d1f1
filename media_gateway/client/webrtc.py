"""Place one call on a running server as a browser would: WHIP, ICE, DTLS-SRTP and Opus, one session for each leg."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

import httpx
import numpy as np
import soxr

from domain.audio import Leg, Speech, samples_from_ms
from domain.errors import InputError
from domain.ids import CallId
from media_gateway.client.farewell import Farewell
from media_gateway.client.metadata import Metadata
from media_gateway.client.mouth import Source
from media_gateway.client.pacing import Pacer
from media_gateway.client.webrtc_seat import WHIP_PATH, BrowserSeat
from media_gateway.codecs import PCM16, deinterleaved
from media_gateway.webrtc.opus import LINE_RATE_HZ

HTTP_S = 15
PAUSE_S = 0.3  # what the server says is one speech until it pauses this long
LONGEST_SPEECH_BYTES = 2 * LINE_RATE_HZ * 60

Heard = Callable[[Speech], Awaitable[None]]


class WebRtcCall:
    """One call; two legs are two sessions of one conversation. ``run`` streams a source in real time until either side ends.

    ``on_speech`` gets what the server said when it pauses. ``joins`` names a conversation to become part of, ``mode`` how a
    supervisor does: listen, whisper or barge.
    """

    def __init__(
        self,
        *,
        address: str,
        metadata: Metadata,
        on_sent: Callable[[int], None] | None = None,
        on_speech: Heard | None = None,
        block_ms: int = 20,
        pacer: Pacer | None = None,
        token: str | None = None,
        joins: CallId | None = None,
        mode: str | None = None,
    ) -> None:
        self._url = whip_url(address)
        self._metadata = metadata
        self._on_sent = on_sent
        self._on_speech = on_speech
        self._block_ms = block_ms
        self._pacer = pacer or Pacer()
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._joins = joins
        self._mode = mode
        self._heard = bytearray()
        self._heard_more = asyncio.Event()
        self._leaving = asyncio.Event()
        self._seats: list[BrowserSeat] = []
        self._sent_samples = 0
        self._call_id: CallId | None = joins

    async def run(self, source: Source) -> Farewell:
        """Raises InputError when nobody answers at the address, Refused when the server takes no call now."""
        async with AsyncExitStack() as stack:
            http = await stack.enter_async_context(
                httpx.AsyncClient(timeout=HTTP_S, headers=self._headers, trust_env=False)
            )
            try:
                for leg in self._metadata.legs_of(source.channels):
                    await self._sit_down(stack, http, leg)
                by_server = await self._converse(source)
                for seat in reversed(self._seats):
                    await seat.leave(http)
            except httpx.HTTPError:
                raise InputError(
                    "call.unreachable",
                    f"nobody answers at {self._url}; start the product with: hotline serve",
                ) from None
        return self._farewell(by_server)

    async def press(self, key: str) -> None:
        """Press a telephone key on the first leg; nothing happens when the call is not in progress."""
        if self._seats:
            self._seats[0].press(key)

    def hang_up(self) -> None:
        """End the call with a goodbye, in the middle of whatever is being said."""
        self._leaving.set()

    async def _sit_down(self, stack: AsyncExitStack, http: httpx.AsyncClient, leg: Leg) -> None:
        seat = BrowserSeat(hear=_deaf if self._seats else self._hear)
        stack.push_async_callback(seat.close)
        call_id = await seat.sit_down(http, self._url, self._query(leg))
        self._call_id = self._call_id or call_id
        self._seats.append(seat)

    def _query(self, leg: Leg) -> dict[str, str]:
        said = self._metadata
        fields: dict[str, str | None] = {
            "leg": leg,
            "call": self._call_id,
            "mode": self._mode,
            "title": said.title,
            "synthetic": "true" if said.synthetic else None,
            "direction": said.direction,
            "from": said.caller_number,
            "to": said.dialled_number,
            "call_id": said.call_id,
            "campaign_contact": said.campaign_contact,
            "wire_call_id": said.wire_call_id,
        }
        return {name: value for name, value in fields.items() if value is not None}

    async def _converse(self, source: Source) -> bool:
        """Talk until one side ends; True when it was the server."""
        async with asyncio.TaskGroup() as call:
            speaking = call.create_task(self._speak(source))
            leaving = call.create_task(self._leaving.wait())
            listening = call.create_task(self._listen())
            ended = [call.create_task(seat.over.wait()) for seat in self._seats]
            await asyncio.wait((speaking, leaving, *ended), return_when=asyncio.FIRST_COMPLETED)
            by_server = any(seat.over.is_set() for seat in self._seats)
            for task in (speaking, leaving, listening, *ended):
                task.cancel()
        return by_server

    async def _speak(self, source: Source) -> None:
        samples = samples_from_ms(self._block_ms, source.sample_rate_hz)
        filters = [_Rate(source.sample_rate_hz) for _ in self._seats]
        while (block := source.take(samples)) is not None:
            await self._pacer.due(self._sent_samples / source.sample_rate_hz)
            legs = deinterleaved(block, source.channels)
            for seat, rate, pcm in zip(self._seats, filters, legs, strict=True):
                seat.say(rate.at_line_rate(pcm))
            self._sent_samples += len(legs[0]) // 2
            if self._on_sent is not None:
                self._on_sent(self._sent_samples)
        for seat, rate in zip(self._seats, filters, strict=True):
            seat.say(rate.at_line_rate(b"", is_last=True))
            await seat.finish_saying()

    def _hear(self, pcm: bytes) -> None:
        if len(self._heard) < LONGEST_SPEECH_BYTES:
            self._heard += pcm
        self._heard_more.set()

    async def _listen(self) -> None:
        """Hand on what the server says, speech by speech."""
        while True:
            try:
                async with asyncio.timeout(PAUSE_S if self._heard else None):
                    await self._heard_more.wait()
                    self._heard_more.clear()
            except TimeoutError:
                speech = Speech(pcm=bytes(self._heard), sample_rate_hz=LINE_RATE_HZ)
                self._heard.clear()
                if self._on_speech is not None:
                    await self._on_speech(speech)

    def _farewell(self, by_server: bool) -> Farewell:
        reason = next((seat.farewell for seat in self._seats if seat.farewell), "")
        return Farewell(
            said_goodbye=not by_server or bool(reason),
            reason=reason,
            sent_samples=self._sent_samples,
            by_server=by_server,
            call_id=self._call_id,
            wire_call_id=self._seats[0].session_id if self._seats else None,
        )


class _Rate:
    """A source's rate turned into the line's, sample by sample without seams."""

    def __init__(self, rate_hz: int) -> None:
        same = rate_hz == LINE_RATE_HZ
        self._filter = None if same else soxr.ResampleStream(rate_hz, LINE_RATE_HZ, 1, "int16")

    def at_line_rate(self, pcm: bytes, *, is_last: bool = False) -> bytes:
        if self._filter is None:
            return pcm
        return bytes(self._filter.resample_chunk(np.frombuffer(pcm, PCM16), last=is_last).tobytes())


def whip_url(address: str) -> str:
    """The endpoint at a server's own address: ``http://host:8000`` → ``http://host:8000/whip``."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise InputError(
            "call.url", f"expected an address like http://127.0.0.1:8000, got {address!r}"
        )
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}{WHIP_PATH}"


def _deaf(pcm: bytes) -> None:
    """The second leg of a recording hears nothing: nobody sits there."""
