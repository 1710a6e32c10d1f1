import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import InputError
from media_gateway.sip.framing import Framer

FIRST = b"OPTIONS sip:a SIP/2.0\r\nContent-Length: 4\r\n\r\n\r\n\r\n"
SECOND = b"BYE sip:a SIP/2.0\r\nl:0\r\n\r\n"


@given(st.lists(st.integers(1, 40), max_size=8))
@settings(max_examples=200, deadline=None)
def test_messages_come_out_whole_however_the_stream_is_cut(cuts: list[int]) -> None:
    stream = FIRST + b"\r\n\r\n" + SECOND + FIRST
    framer = Framer()
    messages: list[bytes] = []

    at = 0
    for cut in [*cuts, len(stream)]:
        messages += framer.take(stream[at : at + cut])
        at += cut

    assert messages == [FIRST, SECOND, FIRST]
    assert not framer.is_within_message


def test_a_keep_alive_between_messages_is_counted() -> None:
    framer = Framer()

    assert framer.take(b"\r\n\r\n" + SECOND) == [SECOND]
    assert framer.pings == 1


@pytest.mark.parametrize(
    "data", [b"x" * 70_000, b"BYE sip:a SIP/2.0\r\nContent-Length: 999999999\r\n\r\n"]
)
def test_a_stream_that_would_fill_the_memory_is_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        Framer().take(data)
