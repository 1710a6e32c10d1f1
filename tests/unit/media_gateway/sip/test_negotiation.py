from dataclasses import replace

import pytest

from domain.errors import InputError
from media_gateway.rtp.formats import PCMA, PCMU, TELEPHONE_EVENT
from media_gateway.sip.negotiation import (
    OurSide,
    answer_offer,
    describe_answer,
    describe_offer,
    take_answer,
)
from media_gateway.sip.sdp import Flow, read_sdp, write_sdp

OURS = OurSide(host="192.0.2.1", port=40_000, rtcp_port=40_001, session_id="7")
OFFER = read_sdp(
    b"v=0\nc=IN IP4 192.0.2.9\n"
    b"m=video 4000 RTP/AVP 31\n"
    b"m=audio 0 RTP/AVP 0\n"
    b"m=audio 5000 RTP/AVP 18 8 0 101\na=rtpmap:101 telephone-event/8000\na=sendonly\n"
)
KEY = "inline:" + "A" * 40


def test_the_first_codec_we_decode_is_chosen_and_every_line_answered() -> None:
    agreement = answer_offer(OFFER)
    answer = read_sdp(write_sdp(describe_answer(OFFER, agreement, OURS, version=1)))

    assert agreement.remote == ("192.0.2.9", 5000)
    assert [line.port for line in answer.media] == [0, 0, 40_000]
    assert [codec.name for codec in answer.media[2].codecs] == ["PCMA", "telephone-event"]
    assert answer.media[2].flow is Flow.RECVONLY


def test_a_caller_with_codecs_nobody_decodes_is_told() -> None:
    with pytest.raises(InputError):
        answer_offer(read_sdp(b"m=audio 5000 RTP/AVP 18\n"))


def test_encryption_is_answered_with_a_key_of_our_own_which_a_second_offer_keeps() -> None:
    offer = read_sdp(
        b"c=IN IP4 192.0.2.9\nm=audio 5000 RTP/SAVP 0\n"
        b"a=crypto:3 AES_CM_128_HMAC_SHA1_80 " + KEY.encode() + b"\n"
    )

    first = answer_offer(offer)
    second = answer_offer(offer, known=first.srtp)
    answer = describe_answer(offer, first, OURS, version=1).media[0]

    assert first.srtp is not None
    assert first.srtp == second.srtp
    assert (answer.proto, answer.crypto[0].tag) == ("RTP/SAVP", 3)
    assert answer.crypto[0].key != KEY


def test_encryption_without_a_usable_key_is_refused_rather_than_spoken_in_the_open() -> None:
    with pytest.raises(InputError):
        answer_offer(read_sdp(b"m=audio 5000 RTP/SAVP 0\na=crypto:1 AEAD_X inline:x\n"))


def test_an_answer_to_our_offer_is_taken_by_encoding() -> None:
    offered = (PCMA, PCMU, TELEPHONE_EVENT)
    offer = read_sdp(write_sdp(describe_offer(OURS, offered, version=1)))
    assert [codec.payload_type for codec in offer.media[0].codecs] == [8, 0, 101]

    answer = read_sdp(
        b"c=IN IP4 192.0.2.9\nm=audio 5000 RTP/AVP 0 96\na=rtpmap:96 telephone-event/8000\n"
    )
    agreement = take_answer(answer, offered=offered)

    assert [known.payload_type for known in agreement.formats] == [0, 96]
    with pytest.raises(InputError):
        take_answer(replace(answer, media=(replace(answer.media[0], port=0),)), offered=offered)


def test_a_name_instead_of_an_address_is_learned_from_who_sends() -> None:
    offer = read_sdp(b"c=IN IP4 sbc.example.com\nm=audio 5000 RTP/AVP 0\n")

    assert answer_offer(offer).remote is None
