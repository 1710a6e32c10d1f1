"""Record one call on a running server as a session border controller would: SIPREC with a stream for each leg."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from domain.audio import SAMPLE_BYTES, Leg, Speech, samples_from_ms
from domain.call import Direction
from media_gateway.client.farewell import Farewell
from media_gateway.client.metadata import Metadata
from media_gateway.client.mouth import Source
from media_gateway.client.pacing import Pacer
from media_gateway.client.sip_phone import on_a_phone, sip_uri
from media_gateway.client.siprec_seat import RecordingSeat
from media_gateway.codecs import deinterleaved
from media_gateway.sip.phone_call import SYNTHETIC_HEADER
from media_gateway.sip.ports import target_of
from media_gateway.sip.sdp import Flow
from media_gateway.sip.server import SipServer
from media_gateway.sip.settings import SipSettings
from media_gateway.sip.trunk import Trunk
from media_gateway.siprec.metadata import DataMode
from media_gateway.siprec.writing import Speaker, write_metadata

FRAME_MS = 20  # RTP leaves in frames of 20 ms, however the source is cut
RECORDER = "recorder"
NOBODY = "anonymous"
DESK = "hotline"


class SiprecCall:
    """One recorded call of one or two legs, sent to ``sip:host:port[;transport=tcp|tls]``.

    ``on_speech`` is never called: nobody speaks to a recording client.
    """

    def __init__(
        self,
        *,
        address: str,
        metadata: Metadata,
        on_sent: Callable[[int], None] | None = None,
        on_speech: Callable[[Speech], Awaitable[None]] | None = None,
        block_ms: int = FRAME_MS,
        pacer: Pacer | None = None,
        settings: SipSettings | None = None,
    ) -> None:
        self._address = sip_uri(address)
        self._metadata = metadata
        self._on_sent = on_sent
        self._pacer = pacer or Pacer()
        self._settings = settings
        self._leaving = asyncio.Event()
        self._sent_samples = 0
        self._speakers: tuple[Speaker, ...] = ()
        self._seat: RecordingSeat | None = None

    async def run(self, source: Source) -> Farewell:
        """Raises InputError when nobody answers at the address, Refused when the recording is not taken."""
        by_server = await on_a_phone(
            self._address, self._settings, lambda phone: self._record(phone, source)
        )
        return Farewell(
            said_goodbye=True,
            reason="the server ended the recording" if by_server else "",
            sent_samples=self._sent_samples,
            by_server=by_server,
            wire_call_id=self._seat.wire_call_id if self._seat is not None else None,
        )

    async def press(self, key: str) -> None:
        """A recording client has no keys: what was pressed is in the recorded streams."""

    def hang_up(self) -> None:
        """End the recording with a goodbye, in the middle of whatever is being said."""
        self._leaving.set()

    async def pause(self) -> None:
        """Pause the recording, as an agent does while a card number is read out. Raises NotFound."""
        if self._seat is not None:
            await self._seat.tell(None, flow=Flow.INACTIVE)

    async def resume(self) -> None:
        if self._seat is not None:
            await self._seat.tell(None, flow=Flow.SENDONLY)

    async def transfer(self, leg: Leg, *, aor: str, name: str | None = None) -> None:
        """Somebody else sits on a leg from now on. Raises NotFound."""
        before = next((who for who in self._speakers if who.key == leg), None)
        if self._seat is None or before is None:
            return
        after = Speaker(key=aor, aor=aor, label=before.label, name=name)
        gone = Speaker(key=before.key, aor=before.aor, label=before.label, has_left=True)
        await self._seat.tell(self._written((gone, after), DataMode.PARTIAL))

    async def _record(self, phone: SipServer, source: Source) -> bool:
        host = target_of(self._address).host
        legs = self._metadata.legs_of(source.channels)
        self._speakers = tuple(
            Speaker(key=leg, aor=f"sip:{self._user(leg)}@{host}", label=str(place + 1))
            for place, leg in enumerate(legs)
        )
        trunk = Trunk(uri=self._address, domain=host, user=RECORDER, next_hop=self._address)
        self._seat = seat = RecordingSeat(
            phone=phone,
            trunk=trunk,
            labels=[who.label or "" for who in self._speakers],
            rate_hz=source.sample_rate_hz,
        )
        try:
            await seat.sit_down(self._written(self._in_order(), DataMode.COMPLETE), self._headers())
            return await self._converse(seat, source)
        finally:
            await seat.leave()

    def _user(self, leg: Leg) -> str:
        """The caller is the outside party, whoever dialled."""
        told = self._metadata
        numbers = (told.caller_number, told.dialled_number)
        outside, inside = numbers if told.direction is Direction.INBOUND else reversed(numbers)
        if leg.role is Leg.CALLER:
            return outside or NOBODY
        return inside or DESK

    def _in_order(self) -> tuple[Speaker, ...]:
        """Who dialled is written first."""
        if self._metadata.direction is Direction.INBOUND:
            return self._speakers
        return tuple(reversed(self._speakers))

    def _written(self, speakers: tuple[Speaker, ...], mode: DataMode) -> bytes:
        return write_metadata(
            speakers,
            session=self._metadata.wire_call_id or self._address,
            at=datetime.now(UTC).isoformat(timespec="seconds"),
            mode=mode,
        )

    def _headers(self) -> dict[str, str]:
        headers = {
            "Subject": self._metadata.title,
            SYNTHETIC_HEADER: "1" if self._metadata.synthetic else None,
        }
        return {name: value for name, value in headers.items() if value is not None}

    async def _converse(self, seat: RecordingSeat, source: Source) -> bool:
        """Send until one side ends; True when it was the server."""
        async with asyncio.TaskGroup() as call:
            speaking = call.create_task(self._speak(seat, source))
            leaving = call.create_task(self._leaving.wait())
            ended = call.create_task(seat.over.wait())
            await asyncio.wait((speaking, leaving, ended), return_when=asyncio.FIRST_COMPLETED)
            by_server = seat.over.is_set()
            for task in (speaking, leaving, ended):
                task.cancel()
        return by_server

    async def _speak(self, seat: RecordingSeat, source: Source) -> None:
        samples = samples_from_ms(FRAME_MS, source.sample_rate_hz)
        while (block := source.take(samples)) is not None:
            await self._pacer.due(self._sent_samples / source.sample_rate_hz)
            legs = deinterleaved(block, source.channels)
            seat.say([pcm.ljust(SAMPLE_BYTES * samples, b"\0") for pcm in legs])
            self._sent_samples += len(legs[0]) // SAMPLE_BYTES
            if self._on_sent is not None:
                self._on_sent(self._sent_samples)
        await self._pacer.due(self._sent_samples / source.sample_rate_hz)
