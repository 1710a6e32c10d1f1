"""The two halves of a recording request are found however they were wrapped."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media_gateway.siprec.body import is_recording, read_body
from media_gateway.siprec.oddity import Oddity

SDP = b"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\nm=audio 6000 RTP/AVP 8\r\n"
XML = b"<recording><datamode>complete</datamode></recording>"


def wrapped(*parts: tuple[str, bytes], boundary: str = "b") -> bytes:
    pieces = [f"--{boundary}\r\n{head}\r\n\r\n".encode() + body for head, body in parts]
    return b"\r\n".join((*pieces, f"--{boundary}--\r\n".encode()))


@pytest.mark.parametrize(
    ("content_type", "sdp_head", "xml_head"),
    [
        ("multipart/mixed;boundary=b", "Content-Type: application/sdp", "Content-Type: application/rs-metadata+xml"),
        ("Multipart/Mixed; boundary=\"b\"", "CONTENT-TYPE: Application/SDP", "content-type:application/rs-metadata"),
        ("multipart/related;boundary=b", "Content-Type:\r\n application/sdp", "Content-Type:application/ +xml"),
        ("multipart/mixed;boundary=wrong", "Content-Type: application/sdp; charset=utf-8", "Content-Type: text/xml"),
        ("multipart/mixed", "X-Nothing: here", "Content-Disposition: recording-session"),
    ],
)  # fmt: skip
def test_both_halves_are_found(content_type: str, sdp_head: str, xml_head: str) -> None:
    body = read_body(content_type, wrapped((sdp_head, SDP), (xml_head, XML)))

    assert body.sdp is not None
    assert b"m=audio" in body.sdp
    assert body.metadata is not None
    assert XML in body.metadata


def test_metadata_inside_a_part_of_several_parts_is_found() -> None:
    inner = wrapped(("Content-Type: application/rs-metadata+xml", XML), boundary="inner")
    body = wrapped(
        ("Content-Type: application/sdp", SDP),
        ("Content-Type: multipart/mixed;boundary=inner", inner),
    )

    assert read_body("multipart/mixed;boundary=b", body).metadata is not None


def test_either_half_may_come_alone() -> None:
    assert read_body("application/sdp", SDP).metadata is None
    assert read_body("application/rs-metadata+xml", XML).sdp is None
    assert read_body(None, b"").sdp is None


def test_the_old_type_is_read_and_noted() -> None:
    assert Oddity.OLD_CONTENT_TYPE in read_body("application/rs-metadata", XML).oddities


def test_a_recording_is_recognised_without_taking_it_apart() -> None:
    assert is_recording("multipart/mixed;boundary=b", wrapped(("Content-Type: a/b", XML)))
    assert not is_recording("application/sdp", SDP)
    assert not is_recording(None, XML)


@given(st.text(max_size=60), st.binary(max_size=300))
@settings(max_examples=300, deadline=None)
def test_whatever_body_comes_reading_it_raises_nothing(content_type: str, body: bytes) -> None:
    read_body(content_type, body)
    read_body("multipart/mixed;boundary=b", b"--b\r\n" + body)
