"""Answer and ask for passwords by digest: MD5 and SHA-256 (RFC 3261 §22, RFC 7616, RFC 8760)."""

import hashlib
import hmac
import os

from aiosipua.auth import SipDigestAuth, build_credentials
from aiosipua.headers import AuthChallenge, parse_auth, stringify_auth
from aiosipua.message import SipRequest, SipResponse

from media_gateway.sip.settings import SipAccount

NONCE_S = 300
_HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}


def credentials_for(
    response: SipResponse, *, user: str, password: str, method: str, uri: str
) -> tuple[str, str] | None:
    """The header that answers a 401 or 407: its name and value. None when no challenge in it can be answered."""
    asked, answered = (
        ("WWW-Authenticate", "Authorization")
        if response.status_code == 401
        else ("Proxy-Authenticate", "Proxy-Authorization")
    )
    auth = SipDigestAuth(username=user, password=password)
    for value in response.headers.get(asked):
        challenge = _challenge(value)
        credentials = build_credentials(auth, challenge, method, uri)
        if credentials is not None:
            return answered, stringify_auth(credentials)
    return None


def is_stale(response: SipResponse) -> bool:
    """Whether only the nonce was old: then the same password may be tried once more (RFC 7616 §3.3)."""
    values = response.headers.get("www-authenticate") + response.headers.get("proxy-authenticate")
    return any(_challenge(value).params.get("stale", "").lower() == "true" for value in values)


class Doorkeeper:
    """Asks callers who they are. Nonces are signed times, so that nothing is kept of strangers."""

    def __init__(
        self, *, realm: str, accounts: tuple[SipAccount, ...], algorithms: tuple[str, ...]
    ) -> None:
        self._realm = realm
        self._algorithms = algorithms
        self._accounts = {account.user: account for account in accounts}
        self._secret = os.urandom(32)

    def challenges(self, *, now_s: int) -> list[str]:
        """The values of WWW-Authenticate."""
        nonce = self._nonce(now_s)
        return [
            f'Digest realm="{self._realm}", nonce="{nonce}", qop="auth", algorithm={algorithm}'
            for algorithm in self._algorithms
        ]

    def knows(self, request: SipRequest, *, now_s: int) -> bool:
        """Whether one of its Authorization headers proves an account's password."""
        return any(
            self._proves(value, request.method, now_s)
            for value in request.headers.get("authorization")
        )

    def _proves(self, value: str, method: str, now_s: int) -> bool:
        given = _challenge(value).params
        account = self._accounts.get(given.get("username", ""))
        digest = given.get("algorithm", "MD5").upper()
        if (
            account is None
            or digest not in _HASHES
            or not self._is_fresh(given.get("nonce", ""), now_s)
        ):
            return False
        ha1 = _hex(digest, account.user, self._realm, account.password)
        ha2 = _hex(digest, method, given.get("uri", ""))
        middle = [given.get("nonce", "")]
        if "qop" in given:
            middle += [given.get("nc", ""), given.get("cnonce", ""), given["qop"]]
        expected = _hex(digest, ha1, *middle, ha2)
        return hmac.compare_digest(expected.encode(), given.get("response", "").lower().encode())

    def _nonce(self, now_s: int) -> str:
        stamp = f"{now_s:x}"
        seal = hmac.new(self._secret, stamp.encode(), hashlib.sha256).hexdigest()[:32]
        return f"{stamp}.{seal}"

    def _is_fresh(self, nonce: str, now_s: int) -> bool:
        stamp = nonce.partition(".")[0]
        try:
            made_s = int(stamp, 16)
        except ValueError:
            return False
        is_ours = hmac.compare_digest(self._nonce(made_s).encode(), nonce.encode())
        return is_ours and 0 <= now_s - made_s <= NONCE_S


def _hex(algorithm: str, *parts: str) -> str:
    return _HASHES[algorithm](":".join(parts).encode()).hexdigest()


def _challenge(value: str) -> AuthChallenge:
    """Names of parameters are without case (RFC 7616 §3.3); the library takes them as written."""
    parsed = parse_auth(value)
    return AuthChallenge(
        scheme=parsed.scheme, params={name.lower(): text for name, text in parsed.params.items()}
    )
