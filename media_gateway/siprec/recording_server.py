"""Take recording sessions from a SIP server: recognise them, say what cannot be answered, and live the others."""

import logging
import re

from aiosipua.message import SipRequest

from domain.errors import InputError, Refused
from media_gateway.gateway import MediaGateway
from media_gateway.rtp.ports import RtpPorts
from media_gateway.rtp.settings import RtpSettings
from media_gateway.sip.incoming import IncomingDialog
from media_gateway.sip.message import tokens
from media_gateway.sip.sdp import SessionDescription, read_sdp
from media_gateway.siprec import answer
from media_gateway.siprec.body import METADATA_TYPES, SDP_TYPE, is_recording, read_body
from media_gateway.siprec.counters import SiprecCounters
from media_gateway.siprec.halves import Halves
from media_gateway.siprec.recording import Recording
from media_gateway.siprec.settings import SiprecSettings
from media_gateway.siprec.src_side import WIRE
from media_gateway.siprec.stream_ends import StreamEnds

log = logging.getLogger(__name__)

ACCEPT = ", ".join((SDP_TYPE, "multipart/mixed", *sorted(METADATA_TYPES)))
RETRY_AFTER_S = 10
# What recording clients in the field write into Contact for RFC 7866's +sip.src, and Cisco's forks into From.
_SRC = re.compile(r";\s*\+sip[.-](?:src|rec)\b|;\s*src\s*(?:;|$)", re.IGNORECASE)
_FORK = re.compile(r";\s*x-(?:nearend|farend|refci)\b", re.IGNORECASE)


class RecordingServer:
    """An ``InviteHandler``: put it before those who take telephone calls."""

    extensions = frozenset(("siprec",))
    body_types: frozenset[str] = frozenset()  # odd types are read by content; 415 is said here

    def __init__(
        self,
        *,
        gateway: MediaGateway,
        ports: RtpPorts,
        rtp: RtpSettings,
        settings: SiprecSettings | None = None,
        counters: SiprecCounters | None = None,
    ) -> None:
        self._gateway = gateway
        self._ports = ports
        self._rtp = rtp
        self._settings = settings or SiprecSettings()
        self.counters = counters or SiprecCounters()
        self._halves = Halves()

    def wants(self, request: SipRequest) -> bool:
        return (
            "siprec" in tokens(request, "require")
            or bool(_SRC.search(request.get_header("contact") or ""))
            or bool(_FORK.search(request.get_header("from") or ""))
            or is_recording(request.get_header("content-type"), request.body)
        )

    async def answer(self, dialog: IncomingDialog) -> None:
        body = read_body(dialog.request.get_header("content-type"), dialog.request.body)
        if body.sdp is None:
            self._refuse(dialog, body.metadata is None and bool(dialog.request.body))
            return
        try:
            offer = read_sdp(body.sdp)
            planned = answer.plan(offer, most_streams=self._settings.most_streams, is_first=True)
            ends = StreamEnds(
                ports=self._ports, settings=self._rtp, host=dialog.media_host, planned=planned
            )
            ends.open_all(planned)
        except InputError as error:
            self._say_no(dialog, 488, error.message)
            return
        except Refused as refusal:
            self._say_no(dialog, 503, refusal.message, {"Retry-After": str(RETRY_AFTER_S)})
            return
        if not ends.chairs:
            self._say_no(dialog, 488, _nothing_usable(offer))
            return
        try:
            await Recording(
                dialog=dialog,
                gateway=self._gateway,
                ends=ends,
                planned=planned,
                settings=self._settings,
                counters=self.counters,
                halves=self._halves,
            ).live(body)
        finally:
            ends.close()

    def _refuse(self, dialog: IncomingDialog, is_wrong_type: bool) -> None:
        if is_wrong_type:
            self._say_no(dialog, 415, "expected SDP and recording metadata", {"Accept": ACCEPT})
        else:
            self._say_no(dialog, 488, "expected an SDP offer: a recorder cannot offer streams")

    def _say_no(
        self, dialog: IncomingDialog, code: int, why: str, headers: dict[str, str] | None = None
    ) -> None:
        self.counters.refused += 1
        self._gateway.note_refusal(WIRE, why)
        dialog.reject(code, headers=headers or {})


def _nothing_usable(offer: SessionDescription) -> str:
    named = [codec.name for media in offer.audio for codec in media.codecs]
    return (
        "expected an audio stream in PCMU, PCMA, G722, L16 or opus over RTP/AVP or SDES-SRTP, "
        f"got {', '.join(dict.fromkeys(named)) or 'none'}"[:300]
    )
