from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InputError
from media_gateway.sip.info_keys import PLAIN, RELAY, read_key, write_key


@pytest.mark.parametrize(
    ("content_type", "body", "key"),
    [
        (RELAY, b"Signal=5\r\nDuration=160\r\n", "5"),
        (RELAY, b"signal= *\nDuration=160", "*"),
        (RELAY, b"Duration=100\rSignal=11", "#"),
        (PLAIN, b" a ", "A"),
        (PLAIN, b"10", "*"),
    ],
)
def test_keys_are_read_as_telephones_write_them(content_type: str, body: bytes, key: str) -> None:
    assert read_key(content_type, body) == key


def test_a_hook_flash_is_no_key() -> None:
    with pytest.raises(InputError):
        read_key(PLAIN, b"!")


def test_a_key_we_write_is_the_key_we_read() -> None:
    assert {key: read_key(RELAY, write_key(key)) for key in "0123456789*#ABCD"} == {
        key: key for key in "0123456789*#ABCD"
    }


@given(st.sampled_from([RELAY, PLAIN]), st.binary(max_size=300))
def test_whatever_a_stranger_sends_nothing_but_an_input_error(kind: str, body: bytes) -> None:
    with suppress(InputError):
        assert read_key(kind, body) in "0123456789*#ABCD"
