"""List the parsers behind the WebSocket wires, the AudioSocket and the HTTP doors."""

import json
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl
from uuid import UUID

from bench.fuzz.target import Target
from domain.ids import CallId
from media_gateway.audiosocket import api as audiosocket_api
from media_gateway.audiosocket import frames
from media_gateway.audiosocket.rates import inferred_rate_hz
from media_gateway.codecs import Encoding
from media_gateway.wires import (
    asterisk_media,
    asterisk_switch,
    audio_fork,
    audio_stream,
    twilio,
    twilio_switch,
    whip,
)
from media_gateway.wires.audiohook import AudioHookSession, SessionMemory, choose_media, offer_from
from media_gateway.wires.audiohook_envelope import Correspondence, Side
from media_gateway.wires.audiohook_media import Media, duration_of
from media_gateway.wires.audiohook_messages import Open, open_parameters
from media_gateway.wires.audiohook_signature import SignatureCheck, UpgradeRequest, signed_headers
from media_gateway.wires.chunk_order import ChunkOrder
from media_gateway.wires.json_text import json_text
from media_gateway.wires.twilio_signature import is_signed, spellings

SESSION = "30b0e395-84d3-4570-ac13-9a62d8f514c0"
SECRET = b"a secret of sixteen bytes and more"
TOKEN = "token of nobody"  # noqa: S105 - nobody's
NOW_S = 1_700_000_000.0


def text_of(data: bytes) -> str:
    """As a WebSocket hands it over: always whole characters."""
    return data.decode("utf-8", "replace")


def with_query(read: Callable[[str, Mapping[str, str]], object]) -> Callable[[bytes], object]:
    """The first line is the address's query, the rest is the text."""

    def taken(data: bytes) -> object:
        query, _, text = text_of(data).partition("\n")
        return read(text, dict(parse_qsl(query)))

    return taken


def stream_opening(text: str, hints: Mapping[str, str]) -> object:
    return audio_stream.choose_dialect(hints), audio_stream.parse_opening(text or None, hints)


def twilio_stream(data: bytes) -> object:
    """A whole stream: each line is a message, and the sound is put into its order."""
    heard: list[object] = []
    order = ChunkOrder(
        rate_hz=8_000,
        sample_bytes=1,
        hear=heard.append,
        miss=lambda samples, cause: heard.append((samples, cause)),
    )
    for line in text_of(data).split("\n")[:50]:
        message = twilio.read_text(line)
        if isinstance(message, tuple):
            _, chunk, at_ms, sound = message
            order.take(chunk, at_ms, sound)
    order.flush()
    return heard


def twilio_signature(data: bytes) -> bool:
    given, _, target = text_of(data).partition("\n")
    urls = spellings(host="gw.example", target=target, public_url="wss://hotline.example")
    return is_signed(given or None, auth_token=TOKEN, urls=urls)


def asterisk_event(text: str, hints: Mapping[str, str]) -> object:
    event = asterisk_media.parse_event(text, hints)
    if isinstance(event, asterisk_media.MediaStart):
        return asterisk_media.offer_of(event, hints)
    return event


def audiohook_session(data: bytes) -> object:
    """A whole session: each line is a text, or sound when it is no JSON object."""
    session, memory = AudioHookSession(session_id=None), SessionMemory()
    for line in data.split(b"\n")[:50]:
        if not line.lstrip().startswith(b"{"):
            session.check_sound(line)
            continue
        message = session.receive(text_of(line))
        if isinstance(message, Open):
            media = choose_media(message, as_bot=message.inputs is not None)
            session.opened(media, None)
            joins = memory.continued(message)
            memory.remember(message.organization_id, session.session_id or "", CallId("call"))
            if media is not None:
                offer_from(message, media, joins=joins)
    return session.position_samples


def audiohook_signature(data: bytes) -> None:
    """The first line is the request's target, the others are headers."""
    target, *lines = text_of(data).split("\n")
    pairs = (line.partition(":") for line in lines[:40])
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    request = UpgradeRequest(target=target, authority="gw.example", headers=headers)
    SignatureCheck(secrets={"key": SECRET, "open": b""}).check(request, now_s=NOW_S)


def audiosocket_stream(data: bytes) -> object:
    """The first byte says how the network cut the stream."""
    reader, step = frames.FrameReader(), (data[:1] or b"\1")[0] or 1
    found = [
        frame for at in range(1, len(data), step) for frame in reader.feed(data[at : at + step])
    ]
    for kind, payload in found[1:]:
        if kind in frames.AUDIO:
            inferred_rate_hz(kind, len(payload), Encoding.L16)
        frames.key_of(payload)
        frames.failure_of(payload)
    return frames.call_of(found[0]) if found else None


def audiosocket_leg(data: bytes) -> object:
    return audiosocket_api.parse_leg(data).expected()


def whip_query(data: bytes) -> object:
    return whip.offer_from_query(dict(parse_qsl(text_of(data))), session_id="session")


def whip_headers(data: bytes) -> object:
    text = text_of(data)
    try:
        message: object = json.loads(text)
    except (ValueError, RecursionError):
        message = text
    return whip.bearer(text), whip.is_sdp(text), whip.key_from(message)


def _open_session() -> bytes:
    letters = Correspondence(side=Side.CLIENT, session_id=SESSION)
    letters_text = [
        letters.write(
            "open",
            open_parameters(
                organization_id="d7934305-0972-4844-938e-9060eef73d05",
                conversation_id=SESSION,
                media=(Media(format="PCMU", channels=("external", "internal")),),
                caller_number="+86 21 1234",
                dialled_number="tel:12345",
            ),
            position=duration_of(0),
        )
    ]
    for name, parameters in (
        ("ping", {}),
        ("paused", {}),
        ("resumed", {"start": duration_of(160), "discarded": duration_of(160)}),
        ("discarded", {"start": duration_of(160), "discarded": duration_of(160)}),
        ("dtmf", {"digit": "5"}),
        ("update", {"language": "en-US"}),
        ("error", {"code": 429, "message": "slow", "parameters": {"retryAfter": "PT1S"}}),
        ("close", {"reason": "end"}),
    ):
        letters_text.append(letters.write(name, parameters, position=duration_of(160)))
    return "\n".join(letters_text).encode()


def _signed_request() -> bytes:
    headers = {
        "audiohook-organization-id": "d7934305-0972-4844-938e-9060eef73d05",
        "audiohook-session-id": SESSION,
        "audiohook-correlation-id": SESSION,
        "x-api-key": "key",
    }
    request = UpgradeRequest(target="/wire/audiohook", authority="gw.example", headers=headers)
    created_s = int(NOW_S)
    signed = signed_headers(
        request, secret=SECRET, created_s=created_s, expires_s=created_s + 10, nonce="n" * 22
    )
    lines = [f"{name}: {value}" for name, value in {**headers, **signed}.items()]
    return "\n".join(["/wire/audiohook", *lines]).encode()


def _twilio_stream() -> bytes:
    writer = twilio_switch.StreamWriter(stream_id="MZ1", call_id="CA1")
    texts = [writer.connected(), writer.start(("inbound", "outbound"), {"from": "138"})]
    texts += [
        writer.media("inbound", chunk=chunk, at_ms=20 * chunk, sound=bytes(16))
        for chunk in (1, 2, 4, 3)
    ]
    return "\n".join([*texts, writer.key("5"), writer.mark_reached("m"), writer.stop()]).encode()


FORK_OPENING = json_text(
    {
        "sampleRate": 8000,
        "mixType": "stereo",
        "callSid": "x",
        "from": "13800000000",
        "to": "12345",
        "direction": "inbound",
        "legs": ["caller", "agent"],
        "title": "养老认证",
    }
).encode()
PLAIN_START = b"MEDIA_START connection_id:e2 channel:WebSocket/m/0x51 channel_id:17.1 format:ulaw optimal_frame_size:160 ptime:20"
JSON_START = b'{"event":"MEDIA_START","connection_id":"e2","channel_id":"17.1","format":"slin16","optimal_frame_size":640,"channel_variables":{"a":"b"}}'
AUDIO_SOCKET = b"\7" + b"".join(
    (
        frames.call_frame(UUID(SESSION)),
        frames.frame(0x10, bytes(320)),
        frames.key_frame("5"),
        frames.frame(frames.FAILURE, b"\1"),
        frames.frame(frames.HANG_UP),
    )
)
LEG = json_text({"uuid": SESSION, "leg": "agent", "call": "c", "synthetic": True}).encode()
WHIP_OFFER = "\r\n".join(
    (
        "v=0",
        "o=- 1 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE 0 1",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111 110",
        "c=IN IP4 0.0.0.0",
        "a=ice-ufrag:abcd",
        "a=ice-pwd:0123456789012345678901",
        "a=fingerprint:sha-256 " + ":".join(["AB"] * 32),
        "a=setup:actpass",
        "a=mid:0",
        "a=sendrecv",
        "a=rtcp-mux",
        "a=rtpmap:111 opus/48000/2",
        "a=rtpmap:110 telephone-event/48000",
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
        "a=mid:1",
        "",
    )
).encode()

TARGETS = (
    Target(
        wire="audio_fork",
        parser="opening",
        read=with_query(audio_fork.parse_opening),
        seeds=(b"sampleRate=8000&legs=caller\n" + FORK_OPENING, b"\n" + FORK_OPENING),
    ),
    Target(
        wire="audio_fork",
        parser="text",
        read=lambda data: audio_fork.parse_text(text_of(data)),
        seeds=(audio_fork.key_pressed("5").encode(), audio_fork.play_done("p-1").encode()),
    ),
    Target(
        wire="audio_fork",
        parser="command",
        read=lambda data: audio_fork.parse_command(text_of(data)),
        seeds=(
            audio_fork.play_audio(bytes(32), sample_rate_hz=8_000, play_id="p").encode(),
            audio_fork.call_named(CallId("c")).encode(),
            audio_fork.kill_audio().encode(),
        ),
    ),
    Target(
        wire="audio_stream",
        parser="opening",
        read=with_query(stream_opening),
        seeds=(b"sampleRate=16000&mixType=stereo&legs=caller,agent\n" + FORK_OPENING,),
    ),
    Target(
        wire="audio_stream",
        parser="text",
        read=lambda data: audio_stream.parse_text(text_of(data)),
        seeds=(audio_fork.key_pressed("5").encode(), b'{"type":"playDone","id":"p"}'),
    ),
    Target(wire="twilio", parser="stream", read=twilio_stream, seeds=(_twilio_stream(),)),
    Target(
        wire="twilio",
        parser="text",
        read=with_query(twilio.read_text),
        seeds=tuple(b"track=both\n" + text for text in _twilio_stream().split(b"\n")),
    ),
    Target(
        wire="twilio",
        parser="command",
        read=lambda data: twilio_switch.read_command(text_of(data)),
        seeds=(
            twilio.sound_to_play(twilio.TWILIO, "MZ1", bytes(16)).encode(),
            twilio.clear(twilio.TWILIO, "MZ1").encode(),
        ),
    ),
    Target(
        wire="twilio",
        parser="signature",
        read=twilio_signature,
        seeds=(b"0/KCTR6DLpKmkAf8muzZqo1nDgQ=\n/wire/twilio?a=b",),
    ),
    Target(
        wire="asterisk",
        parser="event",
        read=with_query(asterisk_event),
        seeds=(
            b"call=c&leg=agent&from=1\n" + PLAIN_START,
            b"\n" + JSON_START,
            b"\nDTMF_END digit:5",
        ),
    ),
    Target(
        wire="asterisk",
        parser="command",
        read=lambda data: asterisk_switch.parse_command(text_of(data)),
        seeds=(b"MARK_MEDIA m", b'{"command":"STOP_MEDIA_BUFFERING","correlation_id":"m"}'),
    ),
    Target(wire="audiohook", parser="session", read=audiohook_session, seeds=(_open_session(),)),
    Target(
        wire="audiohook", parser="signature", read=audiohook_signature, seeds=(_signed_request(),)
    ),
    Target(wire="audiosocket", parser="stream", read=audiosocket_stream, seeds=(AUDIO_SOCKET,)),
    Target(
        wire="audiosocket",
        parser="leg",
        read=audiosocket_leg,
        seeds=(LEG, b"uuid=" + SESSION.encode() + b"&leg=caller&call=c"),
    ),
    Target(
        wire="webrtc",
        parser="offer",
        read=lambda data: whip.read_offer(text_of(data)),
        seeds=(WHIP_OFFER,),
    ),
    Target(
        wire="webrtc",
        parser="query",
        read=whip_query,
        seeds=(
            b"leg=supervisor&call=c&mode=whisper&title=t&synthetic=true&direction=inbound&from=1",
        ),
    ),
    Target(
        wire="webrtc",
        parser="headers",
        read=whip_headers,
        seeds=(b"Bearer token", b"application/sdp; charset=utf-8", b'{"key":"5"}'),
    ),
)
