from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import InputError
from media_gateway.sip.sdp import Flow, read_sdp, write_sdp

OFFER = b"""v=0
o=carol 28908764872 28908764873 IN IP4 100.3.6.6
s=-
c=IN IP4 192.0.2.4
t=0 0
a=inactive
m=audio 49170 RTP/AVP 0 97 101
a=rtpmap:97 opus/48000/2
a=fmtp:97 useinbandfec=1
a=rtpmap:101 telephone-event/8000
a=sendonly
a=label:1
a=ptime:20
m=video 0 RTP/AVP 31
m=audio 49172/2 RTP/SAVP 8
c=IN IP6 2001:db8::1
a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:abc|2^20|1:32 UNENCRYPTED_SRTCP
a=rtcp:53020 IN IP4 192.0.2.9
a=X-vendor:yes
"""

NOISE = st.lists(
    st.sampled_from(
        [
            *(line + b"\n" for line in OFFER.splitlines()),
            b"m=\n",
            b"m=audio\n",
            b"m=audio 99999999999 RTP/AVP 0 \xff 300 -1\n",
            b"c=IN\n",
            b"c=IN IP4 0.0.0.0\r",
            b"a=rtpmap:0 /\n",
            b"a=rtpmap:97 opus/0/2\n",
            b"a=crypto:x y z\n",
            b"a=:\n",
            b"o=\n",
        ]
    )
    | st.binary(max_size=40),
    max_size=30,
).map(b"".join)


def test_every_line_is_read_in_its_order() -> None:
    session = read_sdp(OFFER)

    first, second, third = session.media
    assert session.host == "192.0.2.4"
    assert (first.port, first.flow, first.label, first.ptime_ms) == (49170, Flow.SENDONLY, "1", 20)
    assert [codec.name for codec in first.codecs] == ["PCMU", "opus", "telephone-event"]
    assert first.codecs[1].channels == 2
    assert first.codecs[1].fmtp == "useinbandfec=1"
    assert first.is_on_hold
    assert second.kind == "video"
    assert second.is_refused
    assert (third.host, third.flow) == ("2001:db8::1", Flow.INACTIVE)
    assert third.is_secure
    assert (third.crypto[0].key, third.crypto[0].params) == (
        "inline:abc|2^20|1:32",
        "UNENCRYPTED_SRTCP",
    )
    assert (third.rtcp_port, third.rtcp_host) == (53020, "192.0.2.9")
    assert third.attribute("X-vendor") == "yes"


def test_an_address_of_nobody_is_hold_as_it_was_before_2002() -> None:
    held = read_sdp(b"v=0\r\nc=IN IP4 0.0.0.0\r\nm=audio 4000 RTP/AVP 0\r\n")

    assert held.media[0].is_on_hold


def test_a_direction_seen_from_the_other_side_is_mirrored() -> None:
    assert Flow.SENDONLY.mirrored is Flow.RECVONLY
    assert Flow.SENDRECV.mirrored is Flow.SENDRECV


@given(NOISE)
@settings(max_examples=300, deadline=None)
def test_whatever_a_stranger_sends_is_read_or_refused_and_reads_the_same_again(body: bytes) -> None:
    try:
        first = read_sdp(body)
    except InputError:
        return

    assert read_sdp(write_sdp(first)).media == read_sdp(write_sdp(read_sdp(write_sdp(first)))).media
    assert len(read_sdp(write_sdp(first)).media) == len(first.media)
