"""List the parsers behind RTP, SIP, SIPREC and uploaded recordings."""

import io
import os
import wave
from pathlib import Path

from aiosipua.message import SipResponse

from bench.fuzz.target import Target
from domain.audio import GapCause
from media_gateway.client.wav_header import missing_wav_bytes
from media_gateway.codecs import Encoding
from media_gateway.file_wire.sound_file import SoundFile
from media_gateway.rtp import packet, rtcp
from media_gateway.rtp.counters import RtpCounters
from media_gateway.rtp.crypto_attribute import new_crypto, parse_crypto
from media_gateway.rtp.dtmf import KeyEar, key_payload
from media_gateway.rtp.fork_request import parse_request
from media_gateway.rtp.formats import L16_16K, PCMA, PCMU, TELEPHONE_EVENT
from media_gateway.rtp.receiver import Receiver
from media_gateway.rtp.settings import RtpSettings
from media_gateway.rtp.source_lock import SourceLock
from media_gateway.rtp.timeline import Timeline
from media_gateway.sip import message as sip_message
from media_gateway.sip.digest import Doorkeeper, credentials_for, is_stale
from media_gateway.sip.framing import Framer
from media_gateway.sip.info_keys import read_key, write_key
from media_gateway.sip.link import Address
from media_gateway.sip.multipart import read_parts
from media_gateway.sip.negotiation import OurSide, answer_offer, describe_answer
from media_gateway.sip.numbers import number_in
from media_gateway.sip.sdp import read_sdp, write_sdp
from media_gateway.sip.settings import SipAccount
from media_gateway.siprec import answer as siprec_answer
from media_gateway.siprec.body import is_recording, read_body
from media_gateway.siprec.metadata import read_metadata
from media_gateway.siprec.roles import assign
from media_gateway.siprec.roster import Roster, lost_step, oddities_of
from media_gateway.siprec.seating import seat
from media_gateway.siprec.settings import SiprecSettings
from media_gateway.siprec.writing import Speaker, write_metadata

LONGEST_S = 600
OURS = OurSide(host="127.0.0.1", port=40_000, rtcp_port=40_001, session_id="1")
ACCOUNT = SipAccount(user="u", password="p")  # noqa: S106 - nobody's
SOURCE = ("192.0.2.7", 40_000)


class Nobody:
    """A link to nowhere: what is sent on it is gone."""

    transport = "UDP"
    peer: Address = SOURCE
    local: Address = ("127.0.0.1", 5060)
    is_reliable = False
    is_alive = True

    def send(self, data: bytes) -> None:
        pass

    def beside(self, port: int) -> "Nobody":
        return self


class Sink:
    """A ``SoundSink`` that adds up what comes."""

    def __init__(self) -> None:
        self.samples = 0

    def hear(self, sound: bytes) -> None:
        self.samples += len(sound) // 2

    def miss(self, samples: int, cause: GapCause) -> None:
        if samples < 0:
            raise ValueError(f"a hole of {samples} samples")
        self.samples += samples

    def press(self, key: str) -> None:
        if len(key) != 1:
            raise ValueError(f"no key is called {key!r}")


def pieces_of(data: bytes) -> list[bytes]:
    """Datagrams: a length byte before each."""
    pieces: list[bytes] = []
    at = 0
    while at < len(data) and len(pieces) < 64:
        end = at + 1 + data[at]
        pieces.append(data[at + 1 : end])
        at = end
    return pieces


def rtp_stream(data: bytes) -> int:
    sink, counters, settings = Sink(), RtpCounters(), RtpSettings(first_port=0, last_port=0)
    timeline = Timeline(
        sink=sink,
        encoding=Encoding.L16,
        sample_rate_hz=8_000,
        settings=settings,
        counters=counters,
    )
    timeline.agree((PCMU, PCMA, L16_16K, TELEPHONE_EVENT))
    receiver = Receiver(
        timeline=timeline,
        counters=counters,
        lock=SourceLock(),
        jitter_ms=settings.jitter_ms,
        on_rtcp=lambda data, source: None,
    )
    for number, piece in enumerate(pieces_of(data)):
        receiver.take(piece, SOURCE, number * 0.02)
    receiver.tick(2.0)
    receiver.flush(3.0)
    return sink.samples


def rtp_packet(data: bytes) -> object:
    return packet.is_rtcp(data), packet.serialise(packet.parse(data))


def rtp_keys(data: bytes) -> list[str | None]:
    ear = KeyEar()
    return [
        ear.hear(piece, timestamp=number // 3, marker=number % 3 == 0)
        for number, piece in enumerate(pieces_of(data))
    ]


def rtp_request(data: bytes) -> object:
    asked = parse_request(data)
    return asked.offer(), asked.sound(), [(leg.formats(), leg.keys()) for leg in asked.legs]


def sip_request(data: bytes) -> object:
    """As the server takes it: parsed, stamped, answered, and its login looked at."""
    arrived = sip_message.read_message(data)
    told = arrived.message
    door = Doorkeeper(realm="r", accounts=(ACCOUNT,), algorithms=("MD5", "SHA-256"))
    if isinstance(told, SipResponse):
        return is_stale(told), credentials_for(
            told, user=ACCOUNT.user, password=ACCOUNT.password, method="INVITE", uri="sip:a@b"
        )
    sip_message.stamped(told, Nobody())
    for name in ("from", "to", "contact"):
        sip_message.tag_of(told.get_header(name))
        number_in(told.get_header(name))
    for name in ("require", "supported", "allow"):
        sip_message.tokens(told, name)
    sip_message.media_type(told)
    sip_message.answer_to(told, 200, tag="t").serialize()
    return door.knows(told, now_s=1_700_000_000)


def sip_stream(data: bytes) -> object:
    """The first byte says how the network cut the stream."""
    framer, step = Framer(), (data[:1] or b"\1")[0] or 1
    found = [m for at in range(1, len(data), step) for m in framer.take(data[at : at + step])]
    return [sip_message.read_message(message) for message in found]


def sdp_offer(data: bytes) -> object:
    offer = read_sdp(data)
    write_sdp(offer)
    return write_sdp(describe_answer(offer, answer_offer(offer), OURS, version=1))


def sip_body(data: bytes) -> object:
    """The first line is the content type."""
    kind, _, body = data.partition(b"\n")
    return read_parts(kind.decode("utf-8", "replace"), body)


def sip_key(data: bytes) -> str:
    kind, _, body = data.partition(b"\n")
    return read_key(kind.decode("latin-1"), body)


def siprec_documents(data: bytes) -> object:
    """Documents one after the other, with a zero byte between them."""
    roster, settings = Roster(), SiprecSettings(inside_hosts=("gw.example",))
    for document in data.split(b"\0")[:4]:
        snapshot = read_metadata(document)
        lost_step(roster, snapshot)
        roster = roster.after(snapshot)
        oddities_of(roster, snapshot)
        seats = seat(roster, ("1", "2")).seats
        assign(roster, seats, settings)
    return roster


def siprec_body(data: bytes) -> object:
    kind, _, body = data.partition(b"\n")
    content_type = kind.decode("utf-8", "replace")
    is_recording(content_type, body)
    found = read_body(content_type, body)
    if found.sdp is None:
        return read_metadata(found.metadata)
    planned = siprec_answer.plan(read_sdp(found.sdp), most_streams=4, is_first=True)
    siprec_answer.oddities_of(planned, is_first=True)
    return siprec_answer.shared_rate_hz(planned), [entry.remote for entry in planned]


def uploaded(data: bytes) -> int:
    """A recording in a file that exists in memory only."""
    handle = os.memfd_create("upload")
    try:
        os.write(handle, data)
        path = Path(f"/proc/self/fd/{handle}")
        missing_wav_bytes(path)
        sound = SoundFile(path, longest_s=LONGEST_S)
        try:
            return sum(len(sound.read(1_000) or b"") for _ in range(3))
        finally:
            sound.close()
    finally:
        os.close(handle)


def _datagrams(*pieces: bytes) -> bytes:
    return b"".join(bytes((len(piece),)) + piece for piece in pieces)


def _rtp(number: int, *, payload_type: int = 0, payload: bytes = bytes(160)) -> bytes:
    return packet.serialise(
        packet.RtpPacket(
            payload_type=payload_type,
            sequence=(65_533 + number) & 0xFFFF,
            timestamp=number * 160,
            ssrc=7,
            payload=payload,
        )
    )


def _wav(rate_hz: int, channels: int) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(channels)
        sound.setsampwidth(2)
        sound.setframerate(rate_hz)
        sound.writeframes(bytes(64 * channels))
    return file.getvalue()


KEY = new_crypto()
SDP = (
    "v=0\r\no=carol 28908764872 28908764873 IN IP4 100.3.6.6\r\ns=-\r\nc=IN IP4 192.0.2.4\r\nt=0 0\r\n"
    "m=audio 49170 RTP/AVP 0 97 101\r\na=rtpmap:97 opus/48000/2\r\na=fmtp:97 useinbandfec=1\r\n"
    "a=rtpmap:101 telephone-event/8000\r\na=sendonly\r\na=label:1\r\na=ptime:20\r\n"
    "m=audio 49172/2 RTP/SAVP 8\r\nc=IN IP6 2001:db8::1\r\na=label:2\r\n"
    f"a=crypto:{KEY.text}\r\na=rtcp:53020 IN IP4 192.0.2.9\r\n"
).encode()
INVITE = (
    b"INVITE sip:12345@gw.example SIP/2.0\r\n"
    b"Via: SIP/2.0/UDP 10.0.0.1:5062;branch=z9hG4bKa;rport\r\n"
    b"Record-Route: <sip:p1;lr>, <sip:p2;lr>\r\nMax-Forwards: 70\r\nRequire: siprec\r\n"
    b"f: <tel:+8613800138000>;tag=1\r\nt: <sip:12345@gw.example>\r\nContact: <sip:a@10.0.0.1>;+sip.src\r\n"
    b'Authorization: Digest username="u", realm="r", nonce="65.0", uri="sip:a", response="00", qop=auth, nc=1, cnonce="x"\r\n'
    b"i: abc\r\nCSeq: 7 INVITE\r\nc: application/sdp\r\nl: 3\r\n\r\nv=0"
)
CHALLENGE = (
    b"SIP/2.0 401 Unauthorized\r\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKa\r\nFrom: <sip:a@b>;tag=1\r\n"
    b"To: <sip:a@b>;tag=2\r\nCall-ID: abc\r\nCSeq: 1 REGISTER\r\n"
    b'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256, stale=true\r\nl: 0\r\n\r\n'
)
METADATA = write_metadata(
    (
        Speaker(key="a", aor="sip:1001@gw.example", label="1", name="Alice"),
        Speaker(key="b", aor="tel:+8613800000000", label="2", name="Bob", has_left=True),
    ),
    session="s1",
    at="2026-03-02T01:00:00Z",
)
TWO_PARTS = (
    b"multipart/mixed;boundary=xx\n--xx\r\nContent-Type: application/sdp\r\n\r\n"
    + SDP
    + b"\r\n--xx\r\nContent-Type: application/rs-metadata+xml\r\nContent-Disposition: recording-session\r\n"
    + b"Content-Transfer-Encoding: binary\r\n\r\n"
    + METADATA
    + b"\r\n--xx--\r\n"
)
REPORTS = (
    rtcp.receiver_report(rtcp.ReceiverReport(ssrc=7, reports=()))
    + rtcp.source_description(7, "me@here")
    + rtcp.goodbye(7)
)

TARGETS = (
    Target(wire="rtp", parser="packet", read=rtp_packet, seeds=(_rtp(0), _rtp(1))),
    Target(
        wire="rtp",
        parser="stream",
        read=rtp_stream,
        seeds=(
            _datagrams(*(_rtp(number) for number in (0, 1, 2, 4, 3, 9))),
            _datagrams(
                *(
                    _rtp(
                        n, payload_type=101, payload=key_payload(5, duration_ticks=n, is_end=n > 3)
                    )
                    for n in range(6)
                )
            ),
        ),
    ),
    Target(wire="rtp", parser="rtcp", read=rtcp.parse_compound, seeds=(REPORTS,)),
    Target(
        wire="rtp",
        parser="crypto",
        read=lambda data: parse_crypto(data.decode("utf-8", "replace")),
        seeds=(KEY.text.encode(),),
    ),
    Target(
        wire="rtp",
        parser="keys",
        read=rtp_keys,
        seeds=(_datagrams(key_payload(5, duration_ticks=160, is_end=False), b"\5\x80\0\1"),),
    ),
    Target(
        wire="rtp",
        parser="request",
        read=rtp_request,
        seeds=(
            b'{"legs":[{"leg":"caller","format":"PCMU"},{"leg":"agent","format":"opus"}],"title":"t","speaks":true}',
        ),
    ),
    Target(wire="sip", parser="message", read=sip_request, seeds=(INVITE, CHALLENGE)),
    Target(
        wire="sip",
        parser="stream",
        read=sip_stream,
        seeds=(b"\x25" + INVITE + b"\r\n\r\n" + INVITE,),
    ),
    Target(wire="sip", parser="sdp", read=sdp_offer, seeds=(SDP,)),
    Target(wire="sip", parser="multipart", read=sip_body, seeds=(TWO_PARTS,)),
    Target(
        wire="sip",
        parser="info",
        read=sip_key,
        seeds=(b"application/dtmf-relay\n" + write_key("5"), b"application/dtmf\n5"),
    ),
    Target(
        wire="siprec",
        parser="metadata",
        read=siprec_documents,
        seeds=(METADATA, METADATA + b"\0" + METADATA.replace(b"complete", b"partial")),
    ),
    Target(
        wire="siprec",
        parser="body",
        read=siprec_body,
        seeds=(TWO_PARTS, b"application/sdp\n" + SDP),
    ),
    Target(wire="file", parser="upload", read=uploaded, seeds=(_wav(8_000, 2), _wav(44_100, 1))),
)
