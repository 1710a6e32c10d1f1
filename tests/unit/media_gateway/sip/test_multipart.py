from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import InputError
from media_gateway.sip.multipart import PARTS_AT_MOST, Part, read_parts, write_parts

SDP = b"v=0\r\nm=audio 1 RTP/AVP 0\r\n"
XML = b'<?xml version="1.0"?><recording/>'


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
@pytest.mark.parametrize("content_type", ["multipart/mixed;boundary=b1", "Multipart/Mixed"])
def test_parts_come_apart_with_any_line_ends_and_without_the_boundarys_name(
    end: bytes, content_type: str
) -> None:
    lines = [
        b"--b1",
        b"Content-Type: application/sdp",
        b"",
        b"v=0",
        b"--b1",
        b"content-type: application/rs-metadata+xml;charset=utf-8",
        b"Content-Disposition: recording-session;handling=required",
        b"",
        XML,
        b"--b1--",
        b"",
    ]

    sdp, metadata = read_parts(content_type, end.join(lines))

    assert (sdp.content_type, sdp.body) == ("application/sdp", b"v=0")
    assert (metadata.content_type, metadata.body) == ("application/rs-metadata+xml", XML)
    assert metadata.disposition == "recording-session"


def test_what_is_nested_is_found_in_its_place() -> None:
    inner_type, inner = write_parts([Part(content_type="application/sdp", body=SDP)], "in")
    outer_type, outer = write_parts(
        [
            Part(content_type="multipart/mixed", body=inner, headers={"content-type": inner_type}),
            Part(content_type="application/xml", body=XML),
        ],
        "out",
    )

    parts = read_parts(outer_type, outer)

    assert [(part.content_type, part.body) for part in parts] == [
        ("application/sdp", SDP),
        ("application/xml", XML),
    ]


def test_a_last_part_without_an_end_is_kept() -> None:
    body = b"--b\r\nContent-Type: application/sdp\r\n\r\nv=0"

    assert read_parts("multipart/mixed;boundary=b", body)[0].body == b"v=0"


def test_a_body_that_is_not_multipart_is_one_part() -> None:
    assert read_parts("Application/SDP;x=y", SDP) == (
        Part(content_type="application/sdp", body=SDP),
    )


@given(
    st.lists(
        st.binary(max_size=60).filter(lambda body: b"--bound" not in body), min_size=1, max_size=4
    )
)
@settings(max_examples=300, deadline=None)
def test_what_we_put_together_comes_apart_the_same(bodies: list[bytes]) -> None:
    parts = [Part(content_type="application/x", body=body) for body in bodies]

    content_type, body = write_parts(parts, "bound")

    assert [part.body for part in read_parts(content_type, body)] == bodies


@given(
    st.sampled_from(
        ["multipart/mixed;boundary=b", "multipart/related", "", "multipart/x;boundary"]
    ),
    st.lists(
        st.sampled_from([b"--b", b"--b--", b"\r\n", b"\n", b"Content-Type: multipart/a\n", b"--"])
        | st.binary(max_size=20),
        max_size=40,
    ).map(b"".join),
)
@settings(max_examples=300, deadline=None)
def test_whatever_a_stranger_sends_nothing_but_an_input_error(kind: str, body: bytes) -> None:
    with suppress(InputError):
        assert len(read_parts(kind, body)) <= PARTS_AT_MOST
