"""One stream on real ports of this machine: it describes itself, answers where it is spoken to, and gives its ports back."""

import asyncio
from collections.abc import Callable, Iterator

import pytest

from domain.errors import InputError, Refused
from media_gateway.codecs import Encoding, decoded
from media_gateway.rtp import rtcp
from media_gateway.rtp.crypto_attribute import AES_32, SrtpKeys, new_crypto
from media_gateway.rtp.formats import COMFORT_NOISE, PCMA, PCMU, TELEPHONE_EVENT
from media_gateway.rtp.packet import parse, serialise
from media_gateway.rtp.ports import RtpPorts
from media_gateway.rtp.settings import RtpSettings
from media_gateway.rtp.srtp import SrtpContext
from media_gateway.rtp.stream import RtpStream
from tests.fakes.rtp import ANY_PORTS, KeepingSink, Telephone, payload_of, sound_packet
from tests.fakes.sound import tone

FORMATS = (PCMU, TELEPHONE_EVENT)
FRAME = tone(20)


@pytest.fixture
def telephone() -> Iterator[Telephone]:
    phone = Telephone()
    yield phone
    phone.close()


def opened(*, srtp: SrtpKeys | None = None, on_bye: Callable[[], None] | None = None) -> RtpStream:
    return RtpStream(
        port=RtpPorts(ANY_PORTS).open(),
        formats=FORMATS,
        sample_rate_hz=8_000,
        settings=ANY_PORTS,
        srtp=srtp,
        on_bye=on_bye,
    )


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110 - a socket has no event for it
            await asyncio.sleep(0.002)


async def test_what_came_before_the_start_is_heard_from_its_first_sample(
    telephone: Telephone,
) -> None:
    stream, sink = opened(), KeepingSink()
    telephone.target = stream.port
    for number in range(5):
        telephone.send(sound_packet(number))

    stream.start(sink)
    await until(lambda: stream.counters.received == 5)
    stream.close()

    assert sink.sound == b"".join(payload_of(number) for number in range(5))
    assert stream.source == ("127.0.0.1", telephone.port)


async def test_we_answer_where_the_sdp_says_until_we_know_better(telephone: Telephone) -> None:
    stream, nat = opened(), Telephone()
    stream.set_remote(("127.0.0.1", telephone.port), (PCMA,))
    stream.start(KeepingSink())
    stream.send(FRAME)
    first = telephone.take()
    nat.target = stream.port
    for number in range(3):
        nat.send(sound_packet(number))
    await until(lambda: stream.counters.received == 3)
    stream.send(FRAME)
    second = nat.take()
    stream.close()
    nat.close()

    assert [parse(data).payload_type for data in (*first, *second)] == [8, 8]
    assert parse(second[0]).sequence == (parse(first[0]).sequence + 1) & 0xFFFF


async def test_on_hold_nothing_is_sent(telephone: Telephone) -> None:
    stream = opened()
    stream.set_remote(("127.0.0.1", telephone.port), FORMATS)
    stream.start(KeepingSink())
    stream.pause()
    stream.send(FRAME)
    stream.resume()
    stream.set_remote(("0.0.0.0", 4000), FORMATS)  # noqa: S104 - an SDP on hold
    stream.send(FRAME)
    held = telephone.take()
    stream.set_remote(("127.0.0.1", telephone.port), FORMATS)
    stream.send(FRAME)
    after = telephone.take()
    stream.close()
    stream.send(FRAME)

    assert (len(held), len(after)) == (0, 1)


async def test_srtp_is_opened_and_sealed_with_the_agreed_keys(telephone: Telephone) -> None:
    keys = SrtpKeys(ours=new_crypto(suite=AES_32), theirs=new_crypto(suite=AES_32))
    far = SrtpContext(SrtpKeys(ours=keys.theirs, theirs=keys.ours))
    stream, sink = opened(srtp=keys), KeepingSink()
    stream.start(sink)
    telephone.target = stream.port
    packets = [far.seal(serialise(sound_packet(number))) for number in range(4)]
    for data in (packets[0], packets[1], packets[2], packets[2], b"\x80" + bytes(40), packets[3]):
        telephone.send(data)
    await until(lambda: stream.counters.received == 4)
    stream.send(FRAME)
    (answer,) = telephone.take()
    stream.close()

    assert sink.sound == b"".join(payload_of(number) for number in range(4))
    assert stream.counters.unauthentic == 2, "a replay, and what was never encrypted"
    assert f"a=crypto:{keys.ours.text}" in stream.describe()
    assert decoded(parse(far.open(answer)).payload, Encoding.PCMU)
    with pytest.raises(InputError):
        far.open(answer)


async def test_the_far_side_says_goodbye_and_so_do_we() -> None:
    parted = asyncio.Event()
    stream = opened(on_bye=parted.set)
    telephone, control = Telephone(stream.port), Telephone(stream.rtcp_port)
    stream.set_remote(
        ("127.0.0.1", telephone.port), FORMATS, rtcp_address=("127.0.0.1", control.port)
    )
    stream.start(KeepingSink())
    telephone.send(sound_packet(0))
    await until(lambda: stream.counters.received == 1)
    control.send(b"no report")
    control.send(rtcp.receiver_report(rtcp.ReceiverReport(ssrc=8)) + rtcp.goodbye(8))
    control.send(
        rtcp.sender_report(
            rtcp.SenderReport(ssrc=7, ntp=1 << 40, timestamp=1, packets=1, bytes_sent=160)
        )
        + rtcp.goodbye(7)
    )
    async with asyncio.timeout(5):
        await parted.wait()
    stream.close()
    reports = [rtcp.parse_compound(data) for data in control.take()]
    telephone.close()
    control.close()

    assert (stream.counters.reports, stream.counters.malformed) == (2, 1)
    ((told, goodbye),) = reports
    assert isinstance(told, rtcp.ReceiverReport)
    assert (told.reports[0].ssrc, told.reports[0].lost) == (7, 0)
    assert told.reports[0].last_report == (1 << 40) >> 16
    assert isinstance(goodbye, rtcp.Goodbye)


async def test_a_stranger_cannot_say_goodbye_for_whom_we_do_not_know_yet() -> None:
    parted = asyncio.Event()
    stream = opened(on_bye=parted.set)
    control = Telephone(stream.rtcp_port)
    stream.start(KeepingSink())
    control.send(rtcp.receiver_report(rtcp.ReceiverReport(ssrc=8)) + rtcp.goodbye(8))
    await until(lambda: stream.counters.reports == 1)
    stream.close()
    control.close()

    assert not parted.is_set()


async def test_a_stream_without_sound_is_no_stream() -> None:
    port = RtpPorts(ANY_PORTS).open()

    with pytest.raises(InputError, match="format of sound"):
        RtpStream(port=port, formats=(COMFORT_NOISE,), sample_rate_hz=8_000, settings=ANY_PORTS)
    port.close()


def test_ports_are_pairs_out_of_a_range_and_come_back() -> None:
    ports = RtpPorts(RtpSettings(first_port=22_501, last_port=22_505))

    first, second = ports.open(), ports.open()

    assert (first.number % 2, first.rtcp_number) == (0, first.number + 1)
    assert {first.number, second.number} == {22_502, 22_504}
    with pytest.raises(Refused, match="widen the range"):
        ports.open()
    first.close()
    first.close()
    assert ports.free == 1
    again = ports.open()
    assert again.number == first.number
    again.close()
    second.close()


def test_a_port_that_somebody_else_has_is_passed_over() -> None:
    settings = RtpSettings(first_port=22_510, last_port=22_513)
    ours, theirs = RtpPorts(settings), RtpPorts(settings)

    taken, found = theirs.open(), ours.open()

    assert taken.number != found.number
    taken.close()
    found.close()
