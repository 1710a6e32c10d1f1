"""Write down once what a wire's two-leg call puts on its sockets at each beat of 20 ms, as bytes ready to be sent."""

import base64
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from pylibsrtp import Policy, Session
from websockets.frames import Frame, Opcode

from domain.audio import Leg
from media_gateway.client.metadata import Metadata
from media_gateway.client.recording import Recording
from media_gateway.codecs import pcm16_to_ulaw
from media_gateway.wires import twilio_switch

RATE_HZ = 8_000
SAMPLES = 160
SRTP_KEY = bytes(range(30))  # 16 of key and 14 of salt; a bench keeps no secrets
SRTP_SUITE = "AES_CM_128_HMAC_SHA1_80"

Beat = tuple[tuple[bytes, ...], ...]
"""For each socket of a call, what is sent on it, one after the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Legs:
    """20 ms of both sides: 16-bit samples and µ-law."""

    caller: bytes
    agent: bytes

    @property
    def ulaw(self) -> tuple[bytes, bytes]:
        return pcm16_to_ulaw(self.caller), pcm16_to_ulaw(self.agent)


def two_legs(seconds: float) -> tuple[bytes, bytes]:
    """Quiet noise, different on each side: nothing in it can be recognised or compressed away."""
    dice = np.random.default_rng(7)
    noise = (dice.standard_normal((2, int(seconds * RATE_HZ))) * 900).astype("<i2")
    return noise[0].tobytes(), noise[1].tobytes()


def beats_of(wire: str, seconds: float) -> list[Beat]:
    """Every call sends the same: making it must not cost while others are weighed."""
    caller, agent = two_legs(seconds)
    write = WRITERS[wire]()
    size = 2 * SAMPLES
    return [
        write(number, Legs(caller=caller[at : at + size], agent=agent[at : at + size]))
        for number, at in enumerate(range(0, len(caller), size))
    ]


Write = Callable[[int, Legs], Beat]


def _websocket(payload: bytes, *, is_text: bool = False) -> bytes:
    frame = Frame(Opcode.TEXT if is_text else Opcode.BINARY, payload)
    return bytes(frame.serialize(mask=True, extensions=[]))


def _interleaved(left: bytes, right: bytes, dtype: str) -> bytes:
    pair = [np.frombuffer(left, dtype), np.frombuffer(right, dtype)]
    return np.stack(pair, axis=1).tobytes()


def _stereo_l16() -> Write:
    return lambda _, legs: ((_websocket(_interleaved(legs.caller, legs.agent, "<i2")),),)


def _stereo_ulaw() -> Write:
    return lambda _, legs: ((_websocket(_interleaved(*legs.ulaw, "u1")),),)


def _two_tracks() -> Write:
    writer = twilio_switch.StreamWriter(stream_id="MZ0", call_id="CA0", sequence=2)

    def write(number: int, legs: Legs) -> Beat:
        texts = [
            writer.media(track, chunk=number + 1, at_ms=20 * number, sound=sound)
            for track, sound in zip(("inbound", "outbound"), legs.ulaw, strict=True)
        ]
        return (tuple(_websocket(text.encode(), is_text=True) for text in texts),)

    return write


def _socket_a_leg() -> Write:
    return lambda _, legs: tuple((_websocket(sound),) for sound in legs.ulaw)


def _audiosocket() -> Write:
    return lambda _, legs: tuple(
        (struct.pack(">BH", 0x10, len(pcm)) + pcm,) for pcm in (legs.caller, legs.agent)
    )


def _rtp() -> Write:
    def write(number: int, legs: Legs) -> Beat:
        return tuple((_packet(number, leg, sound),) for leg, sound in enumerate(legs.ulaw))

    return write


def _srtp() -> Write:
    policy = Policy(key=SRTP_KEY, ssrc_type=Policy.SSRC_ANY_OUTBOUND)
    sessions = Session(policy), Session(policy)

    def write(number: int, legs: Legs) -> Beat:
        packets = (_packet(number, leg, sound) for leg, sound in enumerate(legs.ulaw))
        return tuple((s.protect(p),) for s, p in zip(sessions, packets, strict=True))

    return write


def _packet(number: int, leg: int, sound: bytes) -> bytes:
    header = struct.pack(">BBHII", 0x80, 0, number & 0xFFFF, number * SAMPLES, 0x1000 + leg)
    return header + sound


def srtp_crypto() -> str:
    """The value of ``a=crypto`` for what is sent."""
    return f"1 {SRTP_SUITE} inline:{base64.b64encode(SRTP_KEY).decode()}"


WRITERS: Mapping[str, Callable[[], Write]] = {
    "audio_fork": _stereo_l16,
    "audio_stream": _stereo_l16,
    "audiohook": _stereo_ulaw,
    "twilio": _two_tracks,
    "asterisk": _socket_a_leg,
    "audiosocket": _audiosocket,
    "rtp": _rtp,
    "srtp": _srtp,
}


def recording(seconds: float) -> Recording:
    """The same sound for a client that encodes by itself."""
    return Recording(legs=two_legs(seconds), sample_rate_hz=RATE_HZ)


def metadata(name: str) -> Metadata:
    return Metadata(title="load", wire_call_id=name, legs=(Leg.CALLER, Leg.AGENT))
