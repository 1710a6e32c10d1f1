"""Keys come and go in SDP as RFC 4568 says, and never into a log."""

import base64
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import InputError
from media_gateway.rtp.crypto_attribute import (
    AES_32,
    AES_80,
    CryptoAttribute,
    first_usable,
    new_crypto,
    parse_crypto,
)

KEY = base64.b64encode(bytes(range(30))).decode()


@given(
    st.builds(
        CryptoAttribute,
        tag=st.integers(0, 999_999_999),
        suite=st.sampled_from([AES_80, AES_32]),
        key_salt=st.binary(min_size=30, max_size=30),
    )
)
@settings(max_examples=300)
def test_an_attribute_survives_the_sdp(crypto: CryptoAttribute) -> None:
    assert parse_crypto(crypto.text) == crypto


@given(st.text(max_size=100) | st.text(max_size=60).map(lambda t: f"1 {AES_80} inline:{t}"))
@settings(max_examples=300)
def test_whatever_a_stranger_sends_nothing_but_input_error(value: str) -> None:
    with suppress(InputError):
        parse_crypto(value)


def test_a_lifetime_does_not_matter() -> None:
    crypto = parse_crypto(f"2 aes_cm_128_hmac_sha1_32 inline:{KEY}|2^20 WSH=64")

    assert crypto == CryptoAttribute(tag=2, suite=AES_32, key_salt=bytes(range(30)))


@pytest.mark.parametrize(
    "value",
    [
        "",
        f"one {AES_80} inline:{KEY}",
        f"1 F8_128_HMAC_SHA1_80 inline:{KEY}",
        f"1 {AES_80} uri:{KEY}",
        f"1 {AES_80} inline:{KEY[:-4]}",
        f"1 {AES_80} inline:{KEY}|2^20|1:4",
        f"1 {AES_80} inline:{KEY};inline:{KEY}",
        f"1 {AES_80} inline:{KEY} UNENCRYPTED_SRTP",
    ],
)
def test_what_we_cannot_use_is_refused_in_words(value: str) -> None:
    with pytest.raises(InputError, match="in a=crypto; offer"):
        parse_crypto(value)


def test_the_first_usable_of_an_offer_is_taken() -> None:
    offered = [f"1 AES_256_CM_HMAC_SHA1_80 inline:{KEY}", f"2 {AES_32} inline:{KEY}"]

    chosen = first_usable(offered)

    assert chosen is not None
    assert chosen.tag == 2
    assert first_usable(offered[:1]) is None


def test_a_key_never_shows() -> None:
    crypto = new_crypto(tag=3)

    assert "key" not in repr(crypto)
    assert crypto != new_crypto(tag=3)
