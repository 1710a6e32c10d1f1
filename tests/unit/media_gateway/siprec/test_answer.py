"""Every offer gets its m-lines back, in order, receive only."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.audio import GapCause
from domain.errors import InputError
from media_gateway.rtp.crypto_attribute import CryptoAttribute
from media_gateway.sip.sdp import Flow, SessionDescription, read_sdp
from media_gateway.siprec.answer import Opened, Planned, plan, shared_rate_hz, write_answer

KEY = "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj"
HEAD = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"


def key(*, tag: int, suite: str) -> CryptoAttribute:
    return CryptoAttribute(tag=tag, suite=suite, key_salt=bytes(30))


def planned(*media: str, is_first: bool = True, most: int = 4) -> tuple[Planned, ...]:
    offer = read_sdp((HEAD + "".join(media)).encode())
    return plan(offer, most_streams=most, is_first=is_first, new_key=key)


def answered(entries: tuple[Planned, ...]) -> SessionDescription:
    opened = {
        entry.place: Opened(host="192.0.2.9", port=40_000 + 2 * n, rtcp_port=40_001 + 2 * n)
        for n, entry in enumerate(entries)
        if entry.is_usable
    }
    return read_sdp(write_answer(entries, opened, host="192.0.2.9", session_id="5", version=2))


def audio(port: int = 6_000, formats: str = "8 0", *lines: str, proto: str = "RTP/AVP") -> str:
    return "\r\n".join((f"m=audio {port} {proto} {formats}", *lines)) + "\r\n"


def test_two_streams_are_answered_in_order_with_their_labels() -> None:
    answer = answered(
        planned(
            audio(6_000, "8 101", "a=rtpmap:101 telephone-event/8000", "a=sendonly", "a=label:x"),
            audio(6_002, "0", "a=sendonly", "a=label:y"),
        )
    )

    assert [media.label for media in answer.media] == ["x", "y"]
    assert [media.formats for media in answer.media] == [("8", "101"), ("0",)]
    assert {media.flow for media in answer.media} == {Flow.RECVONLY}
    assert [media.port for media in answer.media] == [40_000, 40_002]


@pytest.mark.parametrize(
    ("offered", "wanted"),
    [
        ("sendonly", Flow.RECVONLY),
        ("sendrecv", Flow.RECVONLY),
        ("inactive", Flow.INACTIVE),
        ("recvonly", Flow.INACTIVE),
    ],
)
def test_we_never_offer_to_send(offered: str, wanted: Flow) -> None:
    answer = answered(planned(audio(6_000, "8", f"a={offered}")))

    assert answer.media[0].flow is wanted


def test_what_cannot_be_used_is_refused_in_its_place() -> None:
    answer = answered(
        planned(
            audio(6_000, "18"),
            "m=video 7000 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n",
            audio(6_002, "8"),
            audio(6_004, "8", proto="UDP/TLS/RTP/SAVPF"),
            audio(6_006, "0", proto="RTP/SAVP"),
            audio(0, "0"),
        )
    )

    assert [media.port > 0 for media in answer.media] == [False, False, True, False, False, False]
    assert [media.kind for media in answer.media] == ["audio", "video"] + ["audio"] * 4


def test_an_encrypted_stream_is_answered_with_a_key_of_ours_under_their_tag() -> None:
    entries = planned(
        audio(
            6_000,
            "0",
            "a=crypto:4 AEAD_AES_256_GCM inline:AAAA",
            f"a=crypto:7 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|2^31",
            proto="RTP/SAVP",
        )
    )
    answer = answered(entries)

    line = answer.media[0].crypto[0]
    assert (answer.media[0].proto, line.tag, line.suite) == (
        "RTP/SAVP",
        7,
        "AES_CM_128_HMAC_SHA1_80",
    )
    assert KEY not in line.key


def test_one_silent_stream_is_a_hold_and_all_of_them_a_pause() -> None:
    quiet, loud = audio(6_000, "8", "a=inactive"), audio(6_002, "8", "a=sendonly")
    nowhere = audio(6_000, "8", "c=IN IP4 0.0.0.0", "a=sendonly")

    def causes(*media: str, is_first: bool = False) -> list[GapCause | None]:
        return [entry.quiet for entry in planned(*media, is_first=is_first)]

    assert causes(quiet, loud) == [GapCause.HELD, None]
    assert causes(quiet, quiet) == [GapCause.PAUSED, GapCause.PAUSED]
    assert causes(nowhere, nowhere) == [GapCause.PAUSED, GapCause.PAUSED]
    assert causes(nowhere, loud, is_first=True) == [None, None]
    assert causes(quiet, quiet, is_first=True) == [GapCause.HELD, GapCause.HELD]


@pytest.mark.parametrize("written", ["paused", "off"])
def test_the_clients_own_word_for_pause_is_heeded(written: str) -> None:
    entries = planned(audio(6_000, "8", "a=sendonly", f"a=record:{written}"), audio(6_002, "8"))

    assert [entry.quiet for entry in entries] == [GapCause.PAUSED, None]


def test_streams_of_different_widths_share_the_narrow_rate() -> None:
    assert shared_rate_hz(planned(audio(6_000, "9"), audio(6_002, "9"))) == 16_000
    assert shared_rate_hz(planned(audio(6_000, "9"), audio(6_002, "0"))) == 8_000


def test_more_streams_than_seats_are_refused_at_the_end() -> None:
    answer = answered(planned(*(audio(6_000 + 2 * n, "8") for n in range(6)), most=4))

    assert [media.port > 0 for media in answer.media] == [True] * 4 + [False] * 2


@given(st.binary(max_size=300))
@settings(max_examples=300, deadline=None)
def test_whatever_a_stranger_offers_the_answer_has_as_many_m_lines(raw: bytes) -> None:
    try:
        offer = read_sdp(b"v=0\r\nm=audio 6000 RTP/AVP 8\r\n" + raw)
    except InputError:
        return
    entries = plan(offer, most_streams=4, is_first=False)

    assert len(answered(entries).media) == len(offer.media)
