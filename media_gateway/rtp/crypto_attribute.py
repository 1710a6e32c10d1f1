"""Read and write the SDP attribute ``a=crypto`` (RFC 4568): the keys of SDES-SRTP."""

import base64
import binascii
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from domain.errors import InputError

AES_80 = "AES_CM_128_HMAC_SHA1_80"
AES_32 = "AES_CM_128_HMAC_SHA1_32"
SUITES = (AES_80, AES_32)
KEY_SALT_BYTES = 30  # 16 of key, 14 of salt
# RFC 4568 6.3: session parameters that change what is encrypted; whoever does not know them must refuse.
REFUSED_PARAMETERS = ("UNENCRYPTED_SRTP", "UNENCRYPTED_SRTCP", "UNAUTHENTICATED_SRTP", "KDR=")
_LONGEST = 1_024
_MOST_TAG_DIGITS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class CryptoAttribute:
    """One ``a=crypto`` line. The key is no part of the ``repr``: it must not show in a log."""

    tag: int
    suite: str
    key_salt: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """What stands after ``a=crypto:``."""
        return f"{self.tag} {self.suite} inline:{base64.b64encode(self.key_salt).decode()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SrtpKeys:
    """What we encrypt with (it stands in our SDP) and what the far side encrypts with (it stands in theirs)."""

    ours: CryptoAttribute
    theirs: CryptoAttribute


def parse_crypto(value: str) -> CryptoAttribute:
    """Raises InputError for a suite, key or parameter we cannot use."""
    parts = value[:_LONGEST].split()
    if len(parts) < 3:
        raise _unusable("tag, suite and key, as in 1 AES_CM_128_HMAC_SHA1_80 inline:…")
    tag, suite, key, *parameters = parts
    if not (tag.isascii() and tag.isdigit() and len(tag) <= _MOST_TAG_DIGITS):
        raise _unusable("a number as the tag")
    if suite.upper() not in SUITES:
        raise _unusable(f"one of {', '.join(SUITES)} as the suite")
    if any(parameter.upper().startswith(REFUSED_PARAMETERS) for parameter in parameters):
        raise _unusable("a stream that is encrypted and authenticated")
    return CryptoAttribute(tag=int(tag), suite=suite.upper(), key_salt=_key_salt(key))


def first_usable(values: Sequence[str]) -> CryptoAttribute | None:
    """The first attribute of an offer that we can use; offers are in the order of preference."""
    for value in values:
        try:
            return parse_crypto(value)
        except InputError:
            continue
    return None


def new_crypto(*, tag: int = 1, suite: str = AES_80) -> CryptoAttribute:
    """A key of our own; in an answer with the tag and the suite of what was chosen."""
    return CryptoAttribute(tag=tag, suite=suite, key_salt=secrets.token_bytes(KEY_SALT_BYTES))


def _key_salt(key: str) -> bytes:
    method, _, rest = key.partition(":")
    if method.lower() != "inline":
        raise _unusable("a key that begins with inline:")
    first, *more = rest.split(";")  # several keys need an MKI, which nobody sends for telephones
    encoded, *properties = first.split("|")
    if more or any(":" in given for given in properties):
        raise _unusable("one key without a master key identifier")
    try:
        key_salt = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise _unusable("a key in base64") from None
    if len(key_salt) != KEY_SALT_BYTES:
        raise _unusable(f"{KEY_SALT_BYTES} bytes of key and salt")
    return key_salt


def _unusable(expected: str) -> InputError:
    return InputError(
        "media_gateway.crypto",
        f"expected {expected} in a=crypto; offer {AES_80} with one inline key",
    )
