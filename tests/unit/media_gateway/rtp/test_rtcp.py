"""Reports and goodbyes are read and written as RFC 3550 says."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import InputError
from media_gateway.rtp import rtcp

words = st.integers(0, 0xFFFFFFFF)
blocks = st.builds(
    rtcp.ReceptionReport,
    ssrc=words,
    fraction_lost=st.integers(0, 255),
    lost=st.integers(-0x800000, 0x7FFFFF),
    highest_sequence=words,
    jitter=words,
    last_report=words,
    since_last_report=words,
)
senders = st.builds(
    rtcp.SenderReport,
    ssrc=words,
    ntp=st.integers(0, 2**64 - 1),
    timestamp=words,
    packets=words,
    bytes_sent=words,
    reports=st.lists(blocks, max_size=3).map(tuple),
)


@given(senders)
@settings(max_examples=300)
def test_a_compound_report_survives_the_wire(report: rtcp.SenderReport) -> None:
    data = (
        rtcp.sender_report(report)
        + rtcp.source_description(report.ssrc, "someone@somewhere")
        + rtcp.goodbye(report.ssrc)
    )

    assert rtcp.parse_compound(data) == (report, rtcp.Goodbye(ssrcs=(report.ssrc,)))


@given(st.binary(max_size=120) | st.binary(max_size=60).map(lambda b: b"\x81\xc9\x00\x07" + b))
@settings(max_examples=300)
def test_whatever_a_stranger_sends_nothing_but_input_error(data: bytes) -> None:
    with suppress(InputError):
        rtcp.parse_compound(data)


def test_a_receiver_report_survives_the_wire() -> None:
    report = rtcp.ReceiverReport(ssrc=5, reports=(rtcp.ReceptionReport(ssrc=9, lost=-2),))

    assert rtcp.parse_compound(rtcp.receiver_report(report)) == (report,)


@pytest.mark.parametrize("name", ["", "a", "ab", "abc", "abcd", "x" * 300])
def test_a_name_fills_whole_words(name: str) -> None:
    data = rtcp.source_description(1, name)

    assert len(data) % 4 == 0
    assert rtcp.parse_compound(data) == ()


@pytest.mark.parametrize("data", ["80c80001", "80c8000000", "81cb0000", "80010000"])
def test_what_is_cut_or_no_rtcp_is_refused(data: str) -> None:
    with pytest.raises(InputError):
        rtcp.parse_compound(bytes.fromhex(data))
