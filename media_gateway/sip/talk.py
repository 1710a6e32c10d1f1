"""Be one telephone call on SIP and RTP: what the gateway asks of its wire, and what its dialog tells it."""

from dataclasses import dataclass
from uuid import uuid4

from aiosipua.message import SipRequest

from domain.audio import Leg
from domain.call import EndReason
from domain.errors import InputError, NotFound
from media_gateway.codecs import pcm16_at_rate
from media_gateway.ending import Ending
from media_gateway.gateway import MediaGateway
from media_gateway.line import Line
from media_gateway.mouthpiece import Idle, Mouthpiece
from media_gateway.rtp.ports import RtpPort, RtpPorts
from media_gateway.rtp.settings import RtpSettings
from media_gateway.rtp.stream import RtpStream
from media_gateway.sip.dialog import CallDialog, Reply
from media_gateway.sip.info_keys import KEY_TYPES, read_key
from media_gateway.sip.message import media_type
from media_gateway.sip.negotiation import (
    Agreement,
    OurSide,
    answer_offer,
    describe_answer,
    describe_offer,
)
from media_gateway.sip.sdp import read_sdp, write_sdp
from media_gateway.sip.sound_path import SoundPath

WIRE = "sip"
SDP = "application/sdp"
PLAY_AT_MOST_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Studio:
    """What every call's sound needs."""

    gateway: MediaGateway
    rtp_ports: RtpPorts
    rtp_settings: RtpSettings

    def our_side(self, port: RtpPort, media_host: str) -> OurSide:
        """``media_host`` counts when RTP listens on every address and no other is advertised."""
        bound = None if port.host in ("", "0.0.0.0", "::") else port.host  # noqa: S104 - compared
        return OurSide(
            host=self.rtp_settings.advertised_host or bound or media_host,
            port=port.number,
            rtcp_port=port.rtcp_number,
            session_id=str(uuid4().int % 10**10),
        )


class Talk:
    """A FarSide and a DialogListener: sound flows from ``begin`` on, the line hears it from ``read`` on."""

    wire = WIRE
    reports_played = True
    max_play_bytes = PLAY_AT_MOST_BYTES

    def __init__(
        self,
        *,
        studio: Studio,
        dialog: CallDialog,
        port: RtpPort,
        ours: OurSide,
        agreement: Agreement,
        leg: Leg = Leg.CALLER,
    ) -> None:
        self.dialog = dialog
        self._ours = ours
        self._leg = leg
        self._agreement = agreement
        self._version = 1
        self._line: Line | None = None
        stream = RtpStream(
            port=port,
            formats=agreement.formats,
            sample_rate_hz=agreement.sound.sample_rate_hz,
            settings=studio.rtp_settings,
            srtp=agreement.srtp,
            on_orphan=self._orphaned,
        )
        self._path = SoundPath(stream, leg=leg)
        self._path.follow(agreement)
        self.mouthpiece = Mouthpiece(
            metronome=studio.gateway.metronome,
            sample_rate_hz=stream.sample_rate_hz,
            send=stream.send,
            when_idle=Idle.SILENCE,
        )

    @property
    def stream(self) -> RtpStream:
        return self._path.stream

    def begin(self) -> None:
        """Let sound flow; before the line is there it is drained."""
        self._path.start()

    def attach(self, line: Line) -> None:
        self._line = line
        self._path.attach(line)

    def end(self) -> None:
        """The sound is over: give the ports back. Twice is fine."""
        self.mouthpiece.close()
        self._path.close()

    async def send_key(self, key: str) -> None:
        await self.stream.send_key(key)

    async def play(self, pcm: bytes, *, sample_rate_hz: int, play_id: str) -> None:
        if self.dialog.ending is not None:
            raise NotFound("media_gateway.far_side_gone", "the telephone has hung up")
        await self.mouthpiece.play(
            pcm16_at_rate(pcm, sample_rate_hz, self.mouthpiece.sample_rate_hz)
        )

    async def stop_playing(self) -> None:
        self.mouthpiece.stop()

    async def hang_up(self) -> None:
        await self.dialog.hang_up()

    async def close(self, ending: Ending) -> None:
        self.end()
        await self.dialog.hang_up(ending)

    async def renegotiate(self, request: SipRequest) -> Reply:
        """Hold, resume, another codec or address; an INVITE without an offer gets ours."""
        self._version += 1
        if not request.body:
            described = describe_offer(
                self._ours,
                self._agreement.formats,
                version=self._version,
                crypto=self._agreement.srtp.ours if self._agreement.srtp is not None else None,
            )
            return Reply(body=write_sdp(described), content_type=SDP)
        if media_type(request) != SDP:
            return Reply(code=415, headers={"Accept": SDP})
        offer = read_sdp(request.body)
        agreement = answer_offer(offer, known=self._agreement.srtp)
        self.follow(agreement)
        described = describe_answer(offer, agreement, self._ours, version=self._version)
        return Reply(body=write_sdp(described), content_type=SDP)

    def follow(self, agreement: Agreement) -> None:
        self._agreement = agreement
        self._path.follow(agreement)

    def info(self, request: SipRequest) -> Reply:
        """Keys of a telephone that does not send them in RTP. An INFO without a body is only a sign of life."""
        content_type = media_type(request)
        if not request.body:
            return Reply()
        if content_type not in KEY_TYPES:
            return Reply(code=415, headers={"Accept": ", ".join(sorted(KEY_TYPES))})
        try:
            key = read_key(content_type, request.body)
        except InputError:
            return Reply(code=400)
        self._path.press(key)
        return Reply()

    def ended(self, ending: Ending) -> None:
        self._path.close()
        if self._line is not None:
            self._line.end(ending)

    def _orphaned(self) -> None:
        """Nobody is there any more, unless the leg is on hold: then neither sound nor reports need come."""
        if self._line is not None and not self._path.is_held:
            detail = "neither RTP nor RTCP came for too long"
            self._line.end(Ending(reason=EndReason.STALLED, detail=detail))
