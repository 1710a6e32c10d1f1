"""Sign AudioHook upgrade requests and check signatures (RFC 9421, HMAC-SHA256): pure, no socket, no clock.

Nothing a stranger sends makes this file raise anything but InputError.
"""

import base64
import binascii
import hmac
import re
import secrets as dice
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from domain.errors import InputError

MUST_COVER = (
    "@request-target",
    "@authority",
    "audiohook-organization-id",
    "audiohook-session-id",
    "audiohook-correlation-id",
    "x-api-key",
)
ALGORITHM = "hmac-sha256"
MAX_HEADER = 4096
NONCE_LENGTH = range(
    22, 129
)  # 16 random bytes in base64 at least, and no more than we care to remember

# RFC 8941: one dictionary member that is an inner list of plain strings with string and integer parameters.
_STRING = r'"(?:[ !#-\[\]-~]|\\["\\])*"'
_KEY = r"[a-z*][a-z0-9_\-.*]*"
_MEMBER = re.compile(
    rf"(?P<label>{_KEY})=(?P<params>\( *(?P<items>(?:{_STRING}(?: +{_STRING})*)?) *\)"
    rf"(?P<tail>(?:;{_KEY}=(?:{_STRING}|\d{{1,15}}))*))"
)
_PARAMETER = re.compile(rf";({_KEY})=({_STRING}|\d{{1,15}})")
_ITEM = re.compile(_STRING)
_SIGNATURE = re.compile(rf"({_KEY})=:([A-Za-z0-9+/=]*):")


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradeRequest:
    """What a signature covers. ``headers`` have lower-case names; ``target`` is path and query as requested."""

    target: str
    authority: str
    headers: Mapping[str, str]

    @property
    def key_id(self) -> str | None:
        return self.headers.get("x-api-key")

    @property
    def is_signed(self) -> bool:
        return "signature" in self.headers or "signature-input" in self.headers

    def component(self, name: str) -> str:
        value = {"@request-target": self.target, "@authority": self.authority.lower()}.get(name)
        value = self.headers.get(name) if value is None else value
        if value is None:
            raise _bad(
                f"expected {name} in the request, which the signature covers; it is not there"
            )
        return value.strip()


class NonceMemory:
    """Nonces that were used and would still be accepted; bounded."""

    def __init__(self, *, most: int, keep_s: float) -> None:
        self._most = most
        self._keep_s = keep_s
        self._used: dict[tuple[str, str], float] = {}

    def __len__(self) -> int:
        return len(self._used)

    def use(self, key_id: str, nonce: str, now_s: float) -> None:
        """Use a nonce up. Raises InputError when it was used before, or when there are more than can be remembered."""
        while self._used and next(iter(self._used.values())) <= now_s:
            del self._used[next(iter(self._used))]
        if (key_id, nonce) in self._used:
            raise _bad("expected a new nonce, got one that was used already; the request is a copy")
        if len(self._used) >= self._most:
            raise _bad(f"more than {self._most} signed requests in {self._keep_s} s; try later")
        self._used[key_id, nonce] = now_s + self._keep_s


class SignatureCheck:
    """Decide whether a request may come in. One for the whole wire: it remembers nonces."""

    def __init__(
        self,
        *,
        secrets: Mapping[str, bytes],
        age_s: int = 10,
        skew_s: int = 3,
        nonces_kept: int = 100_000,
    ) -> None:
        self._secrets = secrets
        self._age_s = age_s
        self._skew_s = skew_s
        self._nonces = NonceMemory(most=nonces_kept, keep_s=age_s + 2 * skew_s)
        self._nobody = dice.token_bytes(32)  # an unknown key costs the time of a known one

    def check(self, request: UpgradeRequest, *, now_s: float, is_neighbour: bool = False) -> None:
        """Raises InputError saying what is wrong, for our log only. ``is_neighbour``: it comes from this machine."""
        if not self._secrets:
            if not is_neighbour:
                raise _bad(
                    "no AudioHook key is set, so only callers on this machine may come; set a key"
                )
            return
        if not request.is_signed:
            self._check_unsigned(request.key_id)
            return
        self._check_signed(request, now_s)

    def _check_unsigned(self, key_id: str | None) -> None:
        secret = self._secrets.get(key_id) if key_id is not None else None
        if secret is None or secret:
            raise _bad("expected a signed request, got one without a signature")

    def _check_signed(self, request: UpgradeRequest, now_s: float) -> None:
        promise = _promise(request)
        self._check_times(promise, now_s)
        if promise.key_id != request.key_id:
            raise _bad("expected X-API-KEY and keyid to be the same, got two keys")
        secret = self._secrets.get(promise.key_id)
        made = _digest(_signed_text(request, promise), self._nobody if secret is None else secret)
        is_right = hmac.compare_digest(made, promise.signature)
        if secret is None or not is_right:
            raise _bad("expected a signature made with the secret of a known key, got another")
        self._nonces.use(promise.key_id, promise.nonce, now_s)

    def _check_times(self, promise: "_Promise", now_s: float) -> None:
        if promise.created_s > now_s + self._skew_s:
            raise _bad("expected a signature made by now, got one of the future; check the clocks")
        if promise.created_s + self._age_s + self._skew_s < now_s:
            raise _bad(f"expected a signature of the last {self._age_s} s, got an older one")
        if promise.expires_s <= now_s:
            raise _bad("expected a signature that is still good, got an expired one")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Promise:
    """What a Signature-Input says and the signature that goes with it. ``params`` is its text, signed as it stands."""

    components: tuple[str, ...]
    params: str
    key_id: str
    nonce: str
    created_s: int
    expires_s: int
    signature: bytes


def signed_headers(
    request: UpgradeRequest, *, secret: bytes, created_s: int, expires_s: int, nonce: str
) -> dict[str, str]:
    """The two headers a client adds. Raises InputError when the request lacks something that must be signed."""
    covered = " ".join(f'"{name}"' for name in MUST_COVER)
    params = (
        f'({covered});keyid="{request.component("x-api-key")}";nonce="{nonce}";alg="{ALGORITHM}"'
        f";created={created_s};expires={expires_s}"
    )
    digest = _digest(_base(request, MUST_COVER, params), secret)
    return {
        "Signature-Input": f"sig1={params}",
        "Signature": f"sig1=:{base64.b64encode(digest).decode('ascii')}:",
    }


def _promise(request: UpgradeRequest) -> _Promise:
    """The first signature that covers all it must. Raises InputError when there is none."""
    signatures = _signatures(_header(request, "signature"))
    for label, items, params, tail in _members(_header(request, "signature-input")):
        components = tuple(_unquoted(item) for item in _ITEM.findall(items))
        if label in signatures and set(MUST_COVER) <= set(components):
            if len(set(components)) != len(components):
                raise _bad("expected every signed component once, got one twice")
            return _promise_of(
                components, params, dict(_PARAMETER.findall(tail)), signatures[label]
            )
    raise _bad(f"expected a signature over {', '.join(MUST_COVER)}, got none")


def _promise_of(
    components: tuple[str, ...], params: str, named: Mapping[str, str], signature: bytes
) -> _Promise:
    if _text(named, "alg") not in (None, ALGORITHM):
        raise _bad(f"expected the algorithm {ALGORITHM}, got another")
    nonce = _text(named, "nonce") or ""
    if len(nonce) not in NONCE_LENGTH:
        raise _bad(f"expected a nonce of 22 to 128 characters, got {len(nonce)}")
    return _Promise(
        components=components,
        params=params,
        key_id=_text(named, "keyid") or "",
        nonce=nonce,
        created_s=_number(named, "created"),
        expires_s=_number(named, "expires"),
        signature=signature,
    )


def _members(header: str) -> Iterator[tuple[str, str, str, str]]:
    at = 0
    while at < len(header):
        member = _MEMBER.match(header, at)
        if member is None:
            raise _bad("expected Signature-Input as RFC 9421 writes it, got something else")
        yield member["label"], member["items"], member["params"], member["tail"]
        at = member.end()
        if at < len(header):
            comma = re.compile(r"[ \t]*,[ \t]*").match(header, at)
            if comma is None:
                raise _bad("expected Signature-Input as RFC 9421 writes it, got something else")
            at = comma.end()


def _signatures(header: str) -> dict[str, bytes]:
    try:
        return {
            label: base64.b64decode(text, validate=True)
            for label, text in _SIGNATURE.findall(header)
        }
    except (binascii.Error, ValueError):
        raise _bad("expected the signature in base64, got something else") from None


def _header(request: UpgradeRequest, name: str) -> str:
    value = request.headers.get(name, "")
    if not 0 < len(value) <= MAX_HEADER:
        raise _bad(f"expected a {name} header of up to {MAX_HEADER} characters, got {len(value)}")
    return value


def _signed_text(request: UpgradeRequest, promise: _Promise) -> bytes:
    return _base(request, promise.components, promise.params)


def _base(request: UpgradeRequest, components: tuple[str, ...], params: str) -> bytes:
    """RFC 9421 section 2.5."""
    lines = [f'"{name}": {request.component(name)}' for name in components]
    return "\n".join((*lines, f'"@signature-params": {params}')).encode("utf-8", "replace")


def _digest(text: bytes, secret: bytes) -> bytes:
    return hmac.digest(secret, text, "sha256")


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1])


def _text(named: Mapping[str, str], name: str) -> str | None:
    value = named.get(name)
    return _unquoted(value) if value is not None and value.startswith('"') else None


def _number(named: Mapping[str, str], name: str) -> int:
    value = named.get(name, "")
    if not value.isascii() or not value.isdigit():
        raise _bad(f"expected the signature's {name} time as a number, got none")
    return int(value)


def _bad(sentence: str) -> InputError:
    return InputError("media_gateway.audiohook_signature", sentence)
