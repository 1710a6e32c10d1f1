"""What a browser sends is heard at its own time: losses are gaps of their length, pauses are silence."""

import asyncio

from aiortc.rtp import RtcpPacket, RtcpRrPacket, RtpPacket
from hypothesis import given
from hypothesis import strategies as st

from domain.audio import GapCause
from media_gateway.webrtc.counters import WebRtcCounters
from media_gateway.webrtc.ear import Ear
from media_gateway.webrtc.opus import FRAME_SAMPLES, SAMPLE_BYTES, OpusVoice
from tests.fakes.sound import tone

OPUS, EVENTS = 111, 110
FRAME_CLOCKS = 960
HELD_SAMPLES = 16  # 1 ms that the rate filter keeps back


class Table:
    """One ear and all that came out of it, in order."""

    def __init__(self) -> None:
        self.heard: list[bytes | tuple[int, GapCause]] = []
        self.keys: list[str] = []
        self.counters = WebRtcCounters()
        self.ear = Ear(
            hear=self.heard.append,
            miss=lambda samples, cause: self.heard.append((samples, cause)),
            press=self.keys.append,
            counters=self.counters,
        )
        self.ear.expect({EVENTS: 48_000})

    async def send(self, sequence: int, timestamp: int, payload: bytes, **more: int) -> None:
        packet = RtpPacket(
            payload_type=more.get("payload_type", OPUS),
            sequence_number=sequence,
            timestamp=timestamp % (1 << 32),
            ssrc=more.get("ssrc", 7),
            payload=payload,
        )
        await self.ear._handle_rtp_packet(packet, arrival_time_ms=0)

    @property
    def gaps(self) -> list[tuple[int, GapCause]]:
        return [piece for piece in self.heard if isinstance(piece, tuple)]

    @property
    def samples(self) -> int:
        return sum(
            piece[0] if isinstance(piece, tuple) else len(piece) // 2 for piece in self.heard
        )


def packets(ms: int) -> list[bytes]:
    voice = OpusVoice()
    pcm, size = tone(ms, rate_hz=16_000), FRAME_SAMPLES * SAMPLE_BYTES
    return [voice.encode(pcm[at : at + size]) for at in range(0, len(pcm), size)]


async def test_sound_is_decoded_and_nothing_is_added_to_its_length() -> None:
    table = Table()

    for n, payload in enumerate(packets(1_000)):
        await table.send(n, n * FRAME_CLOCKS, payload)

    assert table.gaps == []
    assert table.samples == 16_000 - HELD_SAMPLES
    assert table.counters.packets == 50


async def test_a_lost_packet_is_a_gap_of_its_length_and_later_times_stay_true() -> None:
    table = Table()

    for n, payload in enumerate(packets(1_000)):
        if n not in (10, 11):
            await table.send(n, n * FRAME_CLOCKS, payload)

    assert table.gaps == [(2 * FRAME_SAMPLES, GapCause.NETWORK)]
    assert table.samples == 16_000 - HELD_SAMPLES
    assert [isinstance(piece, tuple) for piece in table.heard].index(True) == 10


async def test_a_pause_of_the_codec_is_silence_and_no_gap() -> None:
    table = Table()
    for n, payload in enumerate(packets(100)):
        await table.send(n, (n if n < 3 else n + 20) * FRAME_CLOCKS, payload)

    assert table.gaps == []
    assert bytes(20 * FRAME_SAMPLES * SAMPLE_BYTES) in table.heard


async def test_a_long_absence_of_sound_is_a_gap_and_not_a_loss() -> None:
    table = Table()
    for n, payload in enumerate(packets(100)):
        await table.send(n, (n if n < 3 else n + 500) * FRAME_CLOCKS, payload)

    assert table.gaps == [(500 * FRAME_SAMPLES, GapCause.PAUSED)]


async def test_a_clock_that_jumps_or_runs_backwards_is_no_time() -> None:
    table = Table()
    sent = packets(80)
    for n, timestamp in enumerate((5_000_000, 0, 4_000_000_000, 4_000_000_960)):
        await table.send(n, timestamp, sent[n])

    assert table.gaps == []
    assert table.samples == 4 * FRAME_SAMPLES - HELD_SAMPLES


async def test_another_stream_in_the_same_call_is_heard_from_its_first_packet() -> None:
    table = Table()
    sent = packets(100)
    for n in range(3):
        await table.send(n, n * FRAME_CLOCKS, sent[n])
    for n in range(3, 5):
        await table.send(40_000 + n, 77 + n * FRAME_CLOCKS, sent[n], ssrc=8)

    assert table.gaps == []
    assert table.samples == 5 * FRAME_SAMPLES - HELD_SAMPLES


async def test_a_key_is_heard_once_and_its_packets_are_no_loss() -> None:
    table = Table()
    sent = packets(200)
    for n in range(3):
        await table.send(n, n * FRAME_CLOCKS, sent[n])
    for n in range(3, 6):
        await table.send(n, 3 * FRAME_CLOCKS, bytes((9, 0, 0, 160)), payload_type=EVENTS)
    for n in range(6, 9):
        await table.send(n, n * FRAME_CLOCKS, sent[n])

    assert table.keys == ["9"]
    assert table.gaps == []
    assert table.samples == 9 * FRAME_SAMPLES - HELD_SAMPLES


async def test_what_is_no_opus_is_counted_and_becomes_a_gap() -> None:
    table = Table()
    sent = packets(100)
    sent[2] = b"\xff\xff\xff\xff"
    for n, payload in enumerate(sent):
        await table.send(n, n * FRAME_CLOCKS, payload)

    assert table.counters.packets_broken == 1
    assert table.gaps == [(FRAME_SAMPLES, GapCause.NETWORK)]


async def test_the_browser_is_told_how_it_is_heard() -> None:
    table = Table()
    assert table.ear.report(our_ssrc=1) is None
    for n, payload in enumerate(packets(200)):
        if n != 4:
            await table.send(n, n * FRAME_CLOCKS, payload)

    report = RtcpPacket.parse(table.ear.report(our_ssrc=1) or b"")[0]

    assert isinstance(report, RtcpRrPacket)
    assert (report.ssrc, report.reports[0].ssrc) == (1, 7)
    assert report.reports[0].packets_lost == 1
    assert report.reports[0].highest_sequence == 9


@given(
    st.lists(st.tuples(st.integers(0, 65_535), st.integers(0, 2**32 - 1), st.binary()), max_size=30)
)
def test_whatever_packets_a_stranger_sends_nothing_is_raised(
    sent: list[tuple[int, int, bytes]],
) -> None:
    table = Table()

    async def send() -> None:
        for sequence, timestamp, payload in sent:
            await table.send(sequence, timestamp, payload)
        table.ear.close()

    asyncio.run(send())
