"""Who asks for ports says whose sound will come, in words or not at all."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.audio import Leg
from domain.errors import InputError
from media_gateway.codecs import Encoding
from media_gateway.rtp.fork_request import ForkedLeg, parse_request
from media_gateway.rtp.formats import G722, PCMA, PCMU, SUPPORTED

ASTERISK = b'{"legs": [{"leg": "caller", "format": "ulaw"}, {"leg": "agent", "format": "alaw"}]}'


def test_two_laws_meet_in_one_line() -> None:
    offer = parse_request(ASTERISK).offer()

    assert (offer.legs, offer.separate) == ((Leg.CALLER, Leg.AGENT), True)
    assert (offer.sample_rate_hz, offer.encoding) == (8_000, Encoding.L16)


@pytest.mark.parametrize(
    ("named", "rate_hz", "encoding"),
    [
        ("ulaw", 8_000, Encoding.PCMU),
        ("PCMA", 8_000, Encoding.PCMA),
        ("G722", 16_000, Encoding.L16),
        ("opus", 16_000, Encoding.L16),
        ("slin16", 16_000, Encoding.L16_BE),
        ("slin", 8_000, Encoding.L16_BE),
        ("L16/48000", 16_000, Encoding.L16),
    ],
)
def test_a_format_decides_the_rate_of_the_line(
    named: str, rate_hz: int, encoding: Encoding
) -> None:
    offer = parse_request(
        f'{{"legs": [{{"leg": "caller", "format": "{named}"}}]}}'.encode()
    ).offer()

    assert (offer.sample_rate_hz, offer.encoding) == (rate_hz, encoding)


def test_formats_come_under_the_numbers_that_programs_use() -> None:
    opus = ForkedLeg(leg=Leg.CALLER, format="opus").formats()
    chosen = ForkedLeg(leg=Leg.CALLER, format="opus", payload_type=120).formats()

    assert {one.payload_type for one in opus if one.is_sound} == {96, 97, 107, 111, 118}
    assert [one.payload_type for one in chosen if one.is_sound] == [120]


def test_a_leg_without_a_format_may_send_any_format_that_has_a_number() -> None:
    unsaid = ForkedLeg(leg=Leg.CALLER).formats()

    assert {PCMU, PCMA, G722} <= set(unsaid)
    assert set(SUPPORTED) <= set(unsaid)


@given(st.binary(max_size=80) | st.text(max_size=60).map(lambda t: f'{{"legs":{t}}}'.encode()))
@settings(max_examples=300)
def test_whatever_a_stranger_asks_nothing_but_input_error(body: bytes) -> None:
    with suppress(InputError):
        parse_request(body)


@given(st.text(max_size=30), st.none() | st.integers(0, 127))
@settings(max_examples=300)
def test_whatever_format_is_named_it_is_known_or_refused(named: str, number: int | None) -> None:
    with suppress(InputError):
        assert ForkedLeg(leg=Leg.CALLER, format=named, payload_type=number).formats()
