"""Be a recording client (SRC): offer two streams and who speaks on them, send them, tell changes, say goodbye."""

import asyncio
from collections.abc import Mapping, Sequence

from aiosipua.message import SipRequest, SipResponse

from domain.audio import GapCause
from domain.errors import EngineError, NotFound
from media_gateway.client.sip_phone import not_taken
from media_gateway.codecs import Encoding
from media_gateway.ending import Ending
from media_gateway.rtp.formats import G722, PCMA, PCMU, PayloadFormat, common
from media_gateway.rtp.ports import RtpPort, RtpPorts
from media_gateway.rtp.settings import RtpSettings
from media_gateway.rtp.stream import RtpStream
from media_gateway.sip.dialog import Reply
from media_gateway.sip.multipart import Part, write_parts
from media_gateway.sip.negotiation import formats_of
from media_gateway.sip.outgoing import OutgoingDialog
from media_gateway.sip.ports import target_of
from media_gateway.sip.sdp import Codec, Flow, Media, SessionDescription, read_sdp, write_sdp
from media_gateway.sip.server import SipServer
from media_gateway.sip.trunk import Trunk
from media_gateway.siprec.writing import DISPOSITION, METADATA_TYPE, REQUEST_TYPE

RTP = RtpSettings(first_port=0, last_port=0)
ANSWER_S = 30.0
BOUNDARY = "recorded-call"
NARROW, WIDE = (PCMA, PCMU), (G722, PCMA, PCMU)
ACCEPT = f"application/sdp, {REQUEST_TYPE}"


class RecordingSeat:
    """One recording session of ours. ``over`` is set when the server has ended it."""

    def __init__(
        self, *, phone: SipServer, trunk: Trunk, labels: Sequence[str], rate_hz: int
    ) -> None:
        self.over = asyncio.Event()
        self.answer: SipResponse | None = None
        self._phone = phone
        self._trunk = trunk
        self._labels = tuple(labels)
        self._rate_hz = rate_hz
        self._formats = WIDE if rate_hz >= WIDE[0].sample_rate_hz else NARROW
        self._dialog: OutgoingDialog | None = None
        self._ports: list[RtpPort] = []
        self._streams: list[RtpStream] = []
        self._host = ""
        self._version = 0

    @property
    def wire_call_id(self) -> str | None:
        return self._dialog.wire_call_id if self._dialog is not None else None

    async def sit_down(self, metadata: bytes, headers: Mapping[str, str]) -> None:
        """Begin the recording. Raises InputError when nobody answers there, Refused when it is not taken."""
        try:
            dialog = await self._new_dialog()
            content_type, body = self._body(metadata, Flow.SENDONLY)
            self.answer = await dialog.dial(
                body,
                on_early=lambda early: None,
                answer_within_s=ANSWER_S,
                headers={
                    "Require": "siprec",
                    "Accept": ACCEPT,
                    **headers,
                    "Content-Type": content_type,
                },
            )
        except (NotFound, EngineError) as error:
            raise not_taken(error, self._trunk.next_hop) from None
        self._open(read_sdp(self.answer.body))

    def say(self, frames: Sequence[bytes]) -> None:
        """20 ms of each stream; a stream that was refused says nothing."""
        for stream, pcm in zip(self._streams, frames, strict=False):
            stream.send(pcm)

    async def tell(self, metadata: bytes | None, *, flow: Flow | None = None) -> SipResponse:
        """Tell a change: metadata alone by UPDATE, a pause or its end by re-INVITE. Raises NotFound when nobody answers."""
        dialog = self._dialog
        if dialog is None:
            raise NotFound("media_gateway.sip_over", "the recording has not begun")
        if flow is None:
            return await dialog.request_in_dialog(
                "UPDATE",
                body=metadata or b"",
                content_type=METADATA_TYPE,
                headers={"Content-Disposition": DISPOSITION},
            )
        content_type, body = self._body(metadata, flow)
        return await dialog.request_in_dialog("INVITE", body=body, content_type=content_type)

    async def leave(self) -> None:
        for stream in self._streams:
            stream.close()
        if self._dialog is not None:
            await self._dialog.hang_up()
        for port in self._ports:
            port.close()

    async def renegotiate(self, request: SipRequest) -> Reply:
        """A question for full metadata, or a refresh: there is nothing new to say."""
        if request.method == "UPDATE":
            return Reply()
        return Reply(body=self._sdp(Flow.SENDONLY), content_type="application/sdp")

    def info(self, request: SipRequest) -> Reply:
        return Reply()

    def ended(self, ending: Ending) -> None:
        self.over.set()

    async def _new_dialog(self) -> OutgoingDialog:
        link = await self._phone.ports.link_to(target_of(self._trunk.next_hop))
        self._host = self._phone.media_host(link)
        ports = RtpPorts(RtpSettings(host=self._host, first_port=0, last_port=0))
        self._ports = [ports.open() for _ in self._labels]
        self._dialog = OutgoingDialog(
            office=self._phone,
            messenger=self._phone.messenger,
            start=self._phone.start,
            trunk=self._trunk,
            link=link,
            target=self._trunk.uri,
        )
        self._dialog.contact_params = "+sip.src"
        self._phone.adopt(self._dialog)
        self._dialog.listen(self)
        return self._dialog

    def _body(self, metadata: bytes | None, flow: Flow) -> tuple[str, bytes]:
        parts = [Part(content_type="application/sdp", body=self._sdp(flow))]
        if metadata is not None:
            parts.append(Part(content_type=METADATA_TYPE, disposition=DISPOSITION, body=metadata))
        return write_parts(parts, BOUNDARY)

    def _sdp(self, flow: Flow) -> bytes:
        self._version += 1
        media = tuple(
            Media(
                kind="audio",
                port=port.number,
                formats=tuple(str(one.payload_type) for one in self._formats),
                codecs=tuple(_codec(one) for one in self._formats),
                flow=flow,
                label=label,
                ptime_ms=20,
                rtcp_port=port.rtcp_number,
            )
            for label, port in zip(self._labels, self._ports, strict=True)
        )
        return write_sdp(
            SessionDescription(media=media, session_id="1", version=self._version, host=self._host)
        )

    def _open(self, answer: SessionDescription) -> None:
        for port, media in zip(self._ports, answer.media, strict=False):
            formats = common(formats_of(media))
            if media.is_refused or not formats or media.host is None:
                continue
            stream = RtpStream(
                port=port,
                formats=formats,
                sample_rate_hz=self._rate_hz,
                settings=RTP,
                encoding=Encoding.L16,
            )
            stream.set_remote((media.host, media.port), formats)
            stream.start(_Deaf())
            self._streams.append(stream)


def _codec(one: PayloadFormat) -> Codec:
    return Codec(payload_type=one.payload_type, name=one.name, clock_hz=one.clock_rate_hz)


class _Deaf:
    """A ``SoundSink`` for streams that only go out."""

    def hear(self, sound: bytes) -> None:
        """Nobody listens."""

    def miss(self, samples: int, cause: GapCause) -> None:
        """Nothing is missed."""

    def press(self, key: str) -> None:
        """Nobody presses keys to a recorder."""
