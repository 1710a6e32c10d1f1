"""Encrypt and open packets with the keys of an SDP agreement (RFC 3711), by libsrtp."""

import pylibsrtp

from domain.errors import InputError
from media_gateway.rtp.crypto_attribute import AES_32, AES_80, CryptoAttribute, SrtpKeys

PROFILES = {
    AES_80: pylibsrtp.Policy.SRTP_PROFILE_AES128_CM_SHA1_80,
    AES_32: pylibsrtp.Policy.SRTP_PROFILE_AES128_CM_SHA1_32,
}


class SrtpContext:
    """The two directions of one stream. Opening what is no SRTP of ours, or was there before, raises InputError."""

    def __init__(self, keys: SrtpKeys) -> None:
        self._opening = _session(keys.theirs, pylibsrtp.Policy.SSRC_ANY_INBOUND)
        self._sealing = _session(keys.ours, pylibsrtp.Policy.SSRC_ANY_OUTBOUND)

    def open(self, data: bytes) -> bytes:
        try:
            return self._opening.unprotect(data)
        except (pylibsrtp.Error, ValueError) as error:
            raise _unauthentic(error) from None

    def open_rtcp(self, data: bytes) -> bytes:
        try:
            return self._opening.unprotect_rtcp(data)
        except (pylibsrtp.Error, ValueError) as error:
            raise _unauthentic(error) from None

    def seal(self, data: bytes) -> bytes:
        """Raises InputError for more than about 1350 bytes: the binding works in a buffer of 1500."""
        try:
            return self._sealing.protect(data)
        except (pylibsrtp.Error, ValueError) as error:
            raise _unsealed(error) from None

    def seal_rtcp(self, data: bytes) -> bytes:
        try:
            return self._sealing.protect_rtcp(data)
        except (pylibsrtp.Error, ValueError) as error:
            raise _unsealed(error) from None


def _session(crypto: CryptoAttribute, direction: int) -> pylibsrtp.Session:
    policy = pylibsrtp.Policy(
        key=crypto.key_salt, ssrc_type=direction, srtp_profile=PROFILES[crypto.suite]
    )
    return pylibsrtp.Session(policy)


def _unauthentic(error: Exception) -> InputError:
    return InputError(
        "media_gateway.srtp",
        f"expected SRTP under the agreed key, got a packet it does not open ({error}); check a=crypto",
    )


def _unsealed(error: Exception) -> InputError:
    return InputError(
        "media_gateway.srtp",
        f"expected a packet that SRTP can encrypt, it cannot ({error}); send frames of 20 ms",
    )
