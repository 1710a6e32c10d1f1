"""Frames are cut right however the network cuts them, and nothing a stranger sends breaks the reading."""

from contextlib import suppress
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import InputError
from media_gateway.audiosocket import frames
from media_gateway.audiosocket.frames import FrameReader

CALL = UUID("30b0e395-84d3-4570-ac13-9a62d8f514c0")
some_frames = st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=700)), max_size=20)
cuts = st.lists(st.integers(1, 400), min_size=1, max_size=20)


def cut(data: bytes, sizes: list[int]) -> list[bytes]:
    pieces, at, turn = [], 0, 0
    while at < len(data):
        pieces.append(data[at : at + sizes[turn % len(sizes)]])
        at += len(pieces[-1])
        turn += 1
    return pieces


def test_bytes_are_what_asterisk_sends() -> None:
    assert frames.frame(frames.HANG_UP) == b"\0\0\0"
    assert frames.call_frame(CALL) == b"\x01\x00\x10" + CALL.bytes
    assert frames.key_frame("1") == b"\x03\x00\x011"
    assert frames.frame(0x10, bytes(320))[:3] == b"\x10\x01\x40"


@settings(max_examples=300)
@given(sent=some_frames, sizes=cuts)
def test_what_was_sent_is_what_is_read_however_it_was_cut(
    sent: list[tuple[int, bytes]], sizes: list[int]
) -> None:
    stream = b"".join(frames.frame(kind, payload) for kind, payload in sent)
    reader = FrameReader()

    read = [frame for piece in cut(stream, sizes) for frame in reader.feed(piece)]

    assert read == sent
    assert not reader.is_inside_a_frame


@settings(max_examples=300)
@given(data=st.binary(max_size=2_000), sizes=cuts)
def test_whatever_a_stranger_sends_nothing_but_an_input_error_comes_of_it(
    data: bytes, sizes: list[int]
) -> None:
    reader = FrameReader()

    for piece in cut(data, sizes):
        for frame in reader.feed(piece):
            frames.key_of(frame[1])
            frames.failure_of(frame[1])
            with suppress(InputError):
                frames.call_of(frame)


def test_a_stream_that_stops_inside_a_frame_is_known_to() -> None:
    reader = FrameReader()

    assert reader.feed(b"\x10\x01\x40" + bytes(100)) == []
    assert reader.is_inside_a_frame
    assert reader.feed(bytes(220)) == [(0x10, bytes(320))]
    assert not reader.is_inside_a_frame


def test_a_frame_without_sound_and_one_of_the_longest_length_are_read() -> None:
    reader = FrameReader()

    assert reader.feed(b"\x10\x00\x00") == [(0x10, b"")]
    longest = bytes(frames.MOST_PAYLOAD_BYTES)
    assert reader.feed(frames.frame(0x18, longest)) == [(0x18, longest)]


def test_a_connection_begins_with_its_uuid() -> None:
    assert frames.call_of((frames.CALL, CALL.bytes)) == CALL
    for first in ((0x10, bytes(320)), (frames.CALL, b"short"), (frames.CALL, bytes(17))):
        with pytest.raises(InputError, match="UUID first"):
            frames.call_of(first)


def test_keys_and_failures_are_understood() -> None:
    assert [frames.key_of(key) for key in (b"5", b"#", b"a", b"x", b"", b"55")] == [
        "5",
        "#",
        "A",
        None,
        None,
        None,
    ]
    assert "forward" in frames.failure_of(b"\x02")
    assert "0x77" in frames.failure_of(b"\x77")
    assert "0x00" in frames.failure_of(b"")
