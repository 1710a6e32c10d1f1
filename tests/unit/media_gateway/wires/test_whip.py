"""A WHIP client's words are read strictly where sound could go astray, and leniently where they only decorate."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.audio import Leg
from domain.call import Direction
from domain.errors import InputError
from media_gateway.wires import whip

OFFER = "\r\n".join(
    (
        "v=0",
        "o=- 1 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE 0 1",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111 110 126",
        "c=IN IP4 0.0.0.0",
        "a=candidate:1 1 udp 2122260223 192.0.2.7 50000 typ host",
        "a=ice-ufrag:abcd",
        "a=ice-pwd:0123456789012345678901",
        "a=fingerprint:sha-256 " + ":".join(["AB"] * 32),
        "a=setup:actpass",
        "a=mid:0",
        "a=sendrecv",
        "a=rtcp-mux",
        "a=rtpmap:111 opus/48000/2",
        "a=rtpmap:110 telephone-event/48000",
        "a=rtpmap:126 telephone-event/8000",
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
        "a=mid:1",
        "",
    )
)


def test_an_offer_of_a_browser_is_read() -> None:
    offered = whip.read_offer(OFFER)

    assert offered.section == 0
    assert offered.hears_us
    assert offered.event_types == {110: 48_000, 126: 8_000}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("v=0", "v=1"), "media_gateway.sdp"),
        (("a=ice-ufrag:abcd", "a=x:y"), "media_gateway.sdp"),
        (("a=ice-ufrag:abcd", "a=ice-ufrag:a"), "media_gateway.sdp"),
        (("a=fingerprint:sha-256 AB", "a=fingerprint:sha-256 ZZ"), "media_gateway.sdp"),
        (("a=rtcp-mux\r\n", ""), "media_gateway.offer"),
        (("opus/48000/2", "PCMU/8000"), "media_gateway.offer"),
        (("a=sendrecv", "a=recvonly"), "media_gateway.offer"),
        (("m=audio 9", "m=audio 0"), "media_gateway.offer"),
        (("m=audio", "m=video"), "media_gateway.offer"),
        (("t=0 0", "t=0 0\x00"), "media_gateway.sdp"),
        (("a=group:BUNDLE 0 1", "a=group:BUNDLE 5 0 1"), "media_gateway.sdp"),
        (("a=mid:1", "a=mid:0"), "media_gateway.sdp"),
    ],
)
def test_an_offer_that_cannot_be_taken_says_why(change: tuple[str, str], code: str) -> None:
    with pytest.raises(InputError) as refusal:
        whip.read_offer(OFFER.replace(*change))

    assert refusal.value.code == code


def test_a_flood_of_candidates_is_no_offer() -> None:
    candidate = "a=candidate:1 1 udp 1 192.0.2.7 50000 typ host\r\n"

    with pytest.raises(InputError, match="candidates"):
        whip.read_offer(OFFER.replace("a=setup", candidate * 200 + "a=setup"))


def test_our_answer_accepts_the_keys_in_the_audio_section_only() -> None:
    answer = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\nm=application 9 X Y\r\na=mid:1\r\n"

    lines = whip.with_keys(answer, whip.read_offer(OFFER)).split("\r\n")

    assert lines[1] == "m=audio 9 UDP/TLS/RTP/SAVPF 111 110 126"
    assert lines.index("a=rtpmap:110 telephone-event/48000") < lines.index("m=application 9 X Y")
    assert lines[-2:] == ["a=mid:1", ""]


def test_labels_that_are_odd_are_left_out_and_the_call_comes_in() -> None:
    offer = whip.offer_from_query(
        {"title": " 社保卡\x00 ", "from": "\x01", "direction": "?"}, session_id="s-1"
    )

    assert offer.title == "社保卡"
    assert offer.caller_number is None
    assert offer.direction is Direction.INBOUND
    assert (offer.legs, offer.wire_call_id) == ((Leg.CALLER,), "s-1")


def test_a_supervisor_names_the_call_and_how_to_listen() -> None:
    offer = whip.offer_from_query(
        {"leg": "supervisor", "call": "c-7", "mode": "whisper"}, session_id="s"
    )

    assert (offer.legs, offer.joins, offer.mode) == ((Leg.SUPERVISOR,), "c-7", "whisper")


@pytest.mark.parametrize("query", [{"leg": "bot"}, {"leg": "nobody"}, {"mode": "shout"}])
def test_a_seat_or_a_mode_that_is_none_is_refused(query: dict[str, str]) -> None:
    with pytest.raises(InputError):
        whip.offer_from_query(query, session_id="s")


def test_the_token_is_read_from_the_header() -> None:
    assert whip.bearer("Bearer abc ") == "abc"
    assert whip.bearer("bearer abc") == "abc"
    assert whip.bearer("Basic abc") is None
    assert whip.bearer(None) is None


def test_a_key_is_one_character_of_the_telephone() -> None:
    assert [whip.key_from(m) for m in ("5", "a", "#", "55", "", b"5", "é")] == [
        "5",
        "A",
        "#",
        None,
        None,
        None,
        None,
    ]


broken_offers = st.builds(
    lambda at, length, new: OFFER[:at] + new + OFFER[at + length :],
    st.integers(0, len(OFFER)),
    st.integers(0, 40),
    st.text(max_size=30),
)


@given(
    st.one_of(st.text(), broken_offers),
    st.dictionaries(st.sampled_from(["leg", "call", "mode", "title", "from"]), st.text()),
)
@settings(max_examples=300)
def test_whatever_a_stranger_sends_nothing_but_an_input_error(
    sdp: str, query: dict[str, str]
) -> None:
    with suppress(InputError):
        offered = whip.read_offer(sdp)
        whip.with_keys(sdp, offered)
    with suppress(InputError):
        whip.offer_from_query(query, session_id="s")
