"""Place one call on a running server as a SIP telephone would: one call for each leg, joined on the server."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

from domain.audio import SAMPLE_BYTES, Leg, Speech, samples_from_ms
from domain.ids import CallId
from media_gateway.client.farewell import Farewell
from media_gateway.client.metadata import Metadata
from media_gateway.client.mouth import Source
from media_gateway.client.pacing import Pacer
from media_gateway.client.sip_phone import on_a_phone, sip_uri
from media_gateway.client.sip_seat import SipSeat
from media_gateway.codecs import deinterleaved
from media_gateway.sip.numbers import uri_for
from media_gateway.sip.phone_call import CALL_HEADER, DIRECTION_HEADER, SYNTHETIC_HEADER
from media_gateway.sip.ports import target_of
from media_gateway.sip.server import SipServer
from media_gateway.sip.settings import SipSettings
from media_gateway.sip.trunk import Trunk

FRAME_MS = 20  # RTP leaves in frames of 20 ms, however the source is cut
NOBODY = "anonymous"
SERVICE = "hotline"

Heard = Callable[[Speech], Awaitable[None]]


class SipCall:
    """One call of one or two legs to ``sip:host:port[;transport=tcp|tls]``.

    Two legs are two calls of one conversation; the server joins them for peers it trusts. ``on_speech`` gets what the
    server said to the first leg, when it pauses.
    """

    def __init__(
        self,
        *,
        address: str,
        metadata: Metadata,
        on_sent: Callable[[int], None] | None = None,
        on_speech: Heard | None = None,
        block_ms: int = FRAME_MS,
        pacer: Pacer | None = None,
        settings: SipSettings | None = None,
    ) -> None:
        self._address = sip_uri(address)
        self._metadata = metadata
        self._on_sent = on_sent
        self._on_speech = on_speech
        self._pacer = pacer or Pacer()
        self._settings = settings
        self._seats: list[SipSeat] = []
        self._leaving = asyncio.Event()
        self._sent_samples = 0
        self._call_id: CallId | None = None

    async def run(self, source: Source) -> Farewell:
        """Raises InputError when nobody answers at the address, Refused when the call is not taken."""
        by_server = await on_a_phone(
            self._address, self._settings, lambda phone: self._call(phone, source)
        )
        return Farewell(
            said_goodbye=True,
            reason="the server hung up" if by_server else "",
            sent_samples=self._sent_samples,
            by_server=by_server,
            call_id=self._call_id,
            wire_call_id=self._seats[0].wire_call_id,
        )

    async def press(self, key: str) -> None:
        """Press a telephone key on the first leg; nothing happens when the call is not in progress."""
        if self._seats:
            await self._seats[0].press(key)

    def hang_up(self) -> None:
        """End the call with a goodbye, in the middle of whatever is being said."""
        self._leaving.set()

    async def _call(self, phone: SipServer, source: Source) -> bool:
        async with AsyncExitStack() as stack:
            for leg in self._metadata.legs_of(source.channels):
                seat = self._new_seat(phone, source.sample_rate_hz)
                stack.push_async_callback(seat.leave)
                await self._sit_down(seat, leg)
            return await self._converse(source)

    def _new_seat(self, phone: SipServer, sample_rate_hz: int) -> SipSeat:
        target = target_of(self._address)
        trunk = Trunk(
            uri=self._address,
            domain=target.host,
            user=self._metadata.caller_number or NOBODY,
            next_hop=self._address,
        )
        return SipSeat(phone=phone, trunk=trunk, sample_rate_hz=sample_rate_hz)

    async def _sit_down(self, seat: SipSeat, leg: Leg) -> None:
        number = self._metadata.dialled_number or SERVICE
        await seat.sit_down(f"{uri_for(number, self._address)};leg={leg}", self._headers())
        self._seats.append(seat)
        named = seat.answer.get_header(CALL_HEADER) if seat.answer is not None else None
        self._call_id = self._call_id or (CallId(named) if named else None)

    def _headers(self) -> dict[str, str]:
        said = self._metadata
        headers = {
            CALL_HEADER: self._call_id,
            "Subject": said.title,
            DIRECTION_HEADER: said.direction,
            SYNTHETIC_HEADER: "1" if said.synthetic else None,
        }
        return {name: value for name, value in headers.items() if value is not None}

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
        samples = samples_from_ms(FRAME_MS, source.sample_rate_hz)
        while (block := source.take(samples)) is not None:
            await self._pacer.due(self._sent_samples / source.sample_rate_hz)
            legs = deinterleaved(block, source.channels)
            for seat, pcm in zip(self._seats, legs, strict=True):
                seat.say(pcm.ljust(SAMPLE_BYTES * samples, b"\0"))
            self._sent_samples += len(legs[0]) // SAMPLE_BYTES
            if self._on_sent is not None:
                self._on_sent(self._sent_samples)
        await self._pacer.due(self._sent_samples / source.sample_rate_hz)

    async def _listen(self) -> None:
        while self._on_speech is not None:
            await self._on_speech(await self._seats[0].ear.speech())
