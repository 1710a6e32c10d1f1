"""What we send has an SSRC, numbers without holes, and timestamps that pass with the time."""

import pytest

from domain.errors import InputError, Refused
from media_gateway.codecs import Encoding, encoded
from media_gateway.rtp.dtmf import KeyEar
from media_gateway.rtp.formats import G722, OPUS, PCMA, PCMU, TELEPHONE_EVENT, PayloadFormat
from media_gateway.rtp.packet import RtpPacket, parse
from media_gateway.rtp.sender import RtpSender
from tests.fakes.sound import tone

FRAME = tone(20)


class Mouth:
    def __init__(self, *formats: PayloadFormat, rate_hz: int = 8_000) -> None:
        self.now_s = 50.0
        self.sent: list[RtpPacket] = []
        self.sender = RtpSender(
            sample_rate_hz=rate_hz,
            transmit=lambda data: self.sent.append(parse(data)),
            now=lambda: self.now_s,
        )
        self.sender.agree(formats)

    def say(self, frames: int, pcm: bytes = FRAME) -> None:
        for _ in range(frames):
            self.sender.send(pcm)
            self.now_s += 0.02

    @property
    def steps(self) -> list[int]:
        pairs = zip(self.sent, self.sent[1:], strict=False)
        return [(b.timestamp - a.timestamp) & 0xFFFFFFFF for a, b in pairs]


def test_frames_become_packets_in_a_row() -> None:
    mouth = Mouth(PCMA, TELEPHONE_EVENT)

    mouth.say(3)

    assert [packet.marker for packet in mouth.sent] == [True, False, False]
    assert mouth.steps == [160, 160]
    assert {packet.ssrc for packet in mouth.sent} == {mouth.sender.ssrc}
    assert mouth.sent[0].payload == encoded(FRAME, Encoding.PCMA)
    assert (mouth.sender.packets, mouth.sender.payload_bytes) == (3, 480)


@pytest.mark.parametrize(("payload", "step"), [(G722, 160), (OPUS, 960)])
def test_timestamps_count_the_clock_of_the_format(payload: PayloadFormat, step: int) -> None:
    mouth = Mouth(payload, rate_hz=16_000)

    mouth.say(4, tone(20, rate_hz=16_000))

    assert mouth.steps == [step, step, step]


def test_a_pause_is_seen_in_the_timestamp_and_marked() -> None:
    mouth = Mouth(PCMU)

    mouth.say(2)
    mouth.now_s += 1.0
    mouth.say(2)

    assert mouth.steps == [160, 160 + 8_000, 160]
    assert [packet.marker for packet in mouth.sent] == [True, False, True, False]
    assert mouth.sent[-1].sequence == (mouth.sent[0].sequence + 3) & 0xFFFF


def test_a_late_beat_is_no_pause() -> None:
    mouth = Mouth(PCMU)

    mouth.say(2)
    mouth.now_s += 0.06
    mouth.say(2)

    assert mouth.steps == [160, 160, 160]


async def test_a_key_is_heard_by_a_stranger_once_and_says_its_end_three_times() -> None:
    mouth = Mouth(PCMU, TELEPHONE_EVENT)
    ear = KeyEar()

    await mouth.sender.press("#", key_ms=40)

    heard = [ear.hear(p.payload, timestamp=p.timestamp, marker=p.marker) for p in mouth.sent]
    assert [key for key in heard if key] == ["#"]
    assert [packet.marker for packet in mouth.sent] == [True, False, False, False, False]
    assert len({packet.timestamp for packet in mouth.sent}) == 1
    assert [packet.payload[1] & 0x80 for packet in mouth.sent] == [0, 0, 128, 128, 128]


async def test_what_is_no_key_or_was_not_agreed_is_not_pressed() -> None:
    with pytest.raises(InputError, match="0-9"):
        await Mouth(PCMU, TELEPHONE_EVENT).sender.press("12", key_ms=40)
    with pytest.raises(Refused, match="INFO"):
        await Mouth(PCMU).sender.press("1", key_ms=40)


def test_nothing_is_sent_before_a_format_is_agreed() -> None:
    mouth = Mouth()

    mouth.say(1)

    assert mouth.sent == []
