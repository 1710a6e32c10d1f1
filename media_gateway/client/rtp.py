"""Place one call as plain RTP, as ARI external media or rtpengine would: ask for ports, then send a stream a leg."""

import asyncio
from collections.abc import Awaitable, Callable

from domain.audio import SAMPLE_BYTES, GapCause, Speech, samples_from_ms
from domain.errors import InputError
from domain.ids import CallId
from media_gateway.client.farewell import Farewell
from media_gateway.client.metadata import Metadata
from media_gateway.client.mouth import Source
from media_gateway.client.pacing import Pacer
from media_gateway.client.rtp_door import RtpDoor, TakenLeg
from media_gateway.codecs import Encoding, deinterleaved
from media_gateway.rtp.crypto_attribute import CryptoAttribute, SrtpKeys, new_crypto, parse_crypto
from media_gateway.rtp.formats import (
    G722,
    L16_16K,
    OPUS,
    PCMA,
    PCMU,
    TELEPHONE_EVENT,
    PayloadFormat,
)
from media_gateway.rtp.ports import RtpPorts
from media_gateway.rtp.settings import RtpSettings
from media_gateway.rtp.stream import RtpStream

FRAME_MS = 20  # what a packet of ours holds
FRAMES_WAITING = 500  # ten seconds of the product's voice that nobody took yet
FORMATS = {one.name.lower(): one for one in (PCMU, PCMA, G722, OPUS, L16_16K)}

Heard = Callable[[Speech], Awaitable[None]]


class RtpCall:
    """One call. ``address`` is the product's HTTP address, with ``rtp://`` or ``http://`` before it.

    ``on_speech`` hears what the product says on the first leg, 20 ms at a time. ``codec`` is PCMU, PCMA, G722, opus
    or L16 (at 16 kHz); unsaid it is PCMU for a telephone's rate and L16 above. ``encrypted`` sends SRTP. ``host`` is
    the address of this machine that the product answers to.
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
        codec: str | None = None,
        encrypted: bool = False,
        host: str = "0.0.0.0",  # noqa: S104 — the product may be on another machine
    ) -> None:
        """Raises InputError for an address or codec that cannot be."""
        if codec is not None and codec.lower() not in FORMATS:
            raise InputError("call.codec", f"expected PCMU, PCMA, G722, opus or L16, got {codec!r}")
        self._door = RtpDoor(address)
        self._metadata = metadata
        self._on_sent = on_sent
        self._on_speech = on_speech
        self._block_ms = max(block_ms // FRAME_MS, 1) * FRAME_MS
        self._pacer = pacer or Pacer()
        self._codec = codec
        self._encrypted = encrypted
        self._ports = RtpPorts(RtpSettings(first_port=0, last_port=0, host=host))
        self._streams: list[RtpStream] = []
        self._ear = _Ear()
        self._leaving = asyncio.Event()
        self._parted = asyncio.Event()
        self._sent_samples = 0
        self._sent_s = 0.0

    async def run(self, source: Source) -> Farewell:
        """Raises InputError when nobody answers at the address, Refused when the product takes no call now."""
        async with self._door as door:
            sound = self._format(source)
            keys = [new_crypto() if self._encrypted else None for _ in range(source.channels)]
            taken = await door.begin(self._asked(source, sound, keys))
            call_id = CallId(taken.call_id)
            try:
                for leg, key in zip(taken.legs, keys, strict=True):
                    self._open(leg, key, sound, source.sample_rate_hz)
                by_server = await self._converse(source)
            finally:
                for stream in self._streams:
                    stream.close()
                await door.end(call_id)
        return Farewell(
            said_goodbye=True,
            reason="the product said goodbye" if by_server else "",
            sent_samples=self._sent_samples,
            by_server=by_server,
            call_id=call_id,
            wire_call_id=self._metadata.wire_call_id,
        )

    async def press(self, key: str) -> None:
        """Press a telephone key now; nothing happens when the call is not in progress."""
        if self._streams:
            await self._streams[0].send_key(key)

    def hang_up(self) -> None:
        """End the call with a goodbye, in the middle of whatever is being said."""
        self._leaving.set()

    def _format(self, source: Source) -> PayloadFormat:
        if self._codec is not None:
            return FORMATS[self._codec.lower()]
        return PCMU if source.sample_rate_hz == PCMU.sample_rate_hz else L16_16K

    def _asked(
        self, source: Source, sound: PayloadFormat, keys: list[CryptoAttribute | None]
    ) -> dict[str, object]:
        told = self._metadata
        legs = [
            {"leg": leg, "format": sound.encoding_name} | ({"crypto": key.text} if key else {})
            for leg, key in zip(told.legs_of(source.channels), keys, strict=True)
        ]
        asked = {
            "legs": legs,
            "wire_call_id": told.wire_call_id,
            "title": told.title,
            "caller_number": told.caller_number,
            "dialled_number": told.dialled_number,
            "direction": told.direction,
            "synthetic": told.synthetic,
            "call_id": told.call_id,
            "campaign_contact": told.campaign_contact,
            "speaks": self._on_speech is not None,
        }
        return {name: value for name, value in asked.items() if value is not None}

    def _open(
        self, leg: TakenLeg, key: CryptoAttribute | None, sound: PayloadFormat, rate_hz: int
    ) -> None:
        theirs = parse_crypto(leg.crypto) if leg.crypto else None
        formats = (sound, TELEPHONE_EVENT)
        stream = RtpStream(
            port=self._ports.open(),
            formats=formats,
            sample_rate_hz=rate_hz,
            encoding=Encoding.L16,
            settings=self._ports.settings,
            srtp=SrtpKeys(ours=key, theirs=theirs) if key and theirs else None,
            on_bye=self._parted.set,
            now=lambda: self._sent_s,  # timestamps count what was sent, however late it went
        )
        self._streams.append(stream)
        stream.set_remote((leg.host, leg.port), formats)
        stream.start(self._ear)

    async def _converse(self, source: Source) -> bool:
        """Talk until one side ends; True when it was the product."""
        async with asyncio.TaskGroup() as call:
            speaking = call.create_task(self._speak(source))
            sounding = call.create_task(self._sound(source.sample_rate_hz))
            leaving = call.create_task(self._leaving.wait())
            parted = call.create_task(self._parted.wait())
            await asyncio.wait((speaking, leaving, parted), return_when=asyncio.FIRST_COMPLETED)
            by_server = parted.done()
            for task in (speaking, sounding, leaving, parted):
                task.cancel()
        return by_server

    async def _speak(self, source: Source) -> None:
        samples = samples_from_ms(self._block_ms, source.sample_rate_hz)
        while (block := source.take(samples)) is not None:
            await self._pacer.due(self._sent_samples / source.sample_rate_hz)
            legs = deinterleaved(block, source.channels)
            for stream, pcm in zip(self._streams, legs, strict=True):
                stream.send(pcm.ljust(samples * SAMPLE_BYTES, b"\0"))
            self._sent_samples += len(legs[0]) // SAMPLE_BYTES
            self._sent_s = self._sent_samples / source.sample_rate_hz
            if self._on_sent is not None:
                self._on_sent(self._sent_samples)

    async def _sound(self, sample_rate_hz: int) -> None:
        while True:
            pcm = await self._ear.frames.get()
            if self._on_speech is not None:
                await self._on_speech(Speech(pcm=pcm, sample_rate_hz=sample_rate_hz))


class _Ear:
    """A ``SoundSink`` for what the product says. Its holes and keys are nothing to us."""

    def __init__(self) -> None:
        self.frames: asyncio.Queue[bytes] = asyncio.Queue(FRAMES_WAITING)

    def hear(self, sound: bytes) -> None:
        if not self.frames.full():
            self.frames.put_nowait(sound)

    def miss(self, samples: int, cause: GapCause) -> None:
        pass

    def press(self, key: str) -> None:
        pass
