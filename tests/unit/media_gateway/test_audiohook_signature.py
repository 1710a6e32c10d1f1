"""AudioHook signatures: the published vector is accepted, and nothing that differs from it in any way."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import InputError
from media_gateway.audiohook_settings import AudioHookSettings
from media_gateway.wires.audiohook_signature import (
    NonceMemory,
    SignatureCheck,
    UpgradeRequest,
    signed_headers,
)

# The test vector that Genesys publishes with its reference implementation.
KEY = "SGVsbG8sIEkgYW0gdGhlIEFQSSBrZXkh"
SECRET = "TXlTdXBlclNlY3JldEtleVRlbGxOby0xITJAMyM0JDU="
CREATED, EXPIRES = 1641013200, 3282026430
NONCE = "VGhpc0lzQVVuaXF1ZU5vbmNl"
HEADERS = {
    "audiohook-organization-id": "d7934305-0972-4844-938e-9060eef73d05",
    "audiohook-session-id": "30b0e395-84d3-4570-ac13-9a62d8f514c0",
    "audiohook-correlation-id": "e160e428-53e2-487c-977d-96989bf5c99d",
    "x-api-key": KEY,
}
PARAMS = (
    '("@request-target" "@authority" "audiohook-organization-id" "audiohook-session-id"'
    ' "audiohook-correlation-id" "x-api-key")'
    f';keyid="{KEY}";nonce="{NONCE}";alg="hmac-sha256";created={CREATED};expires={EXPIRES}'
)
SIGNED = {
    "signature-input": f"sig1={PARAMS}",
    "signature": "sig1=:NZBwyBHRRyRoeLqy1IzOa9VYBuI8TgMFt2GRDkDuJh4=:",
}
REQUEST = UpgradeRequest(
    target="/api/v1/voicebiometrics/ws",
    authority="audiohook.example.com",
    headers=HEADERS | SIGNED,
)
SECRETS = AudioHookSettings(keys=((KEY, SECRET), ("open", ""))).secrets()


def checking(request: UpgradeRequest, *, now_s: float = CREATED) -> None:
    SignatureCheck(secrets=SECRETS).check(request, now_s=now_s)


def with_headers(**changed: str) -> UpgradeRequest:
    named = {name.replace("_", "-"): value for name, value in changed.items()}
    return replace(REQUEST, headers={**REQUEST.headers, **named})


def without(*names: str) -> UpgradeRequest:
    kept = {name: value for name, value in REQUEST.headers.items() if name not in names}
    return replace(REQUEST, headers=kept)


def test_the_published_vector_is_accepted() -> None:
    checking(REQUEST)
    checking(replace(REQUEST, authority="AudioHook.Example.com"))


def test_we_sign_as_the_published_vector_does() -> None:
    made = signed_headers(
        replace(REQUEST, headers=HEADERS),
        secret=SECRETS[KEY],
        created_s=CREATED,
        expires_s=EXPIRES,
        nonce=NONCE,
    )

    assert made == {
        "Signature-Input": SIGNED["signature-input"],
        "Signature": SIGNED["signature"],
    }


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (replace(REQUEST, target="/api/v1/voicebiometrics/ws?x=1"), "secret of a known key"),
        (replace(REQUEST, authority="other.example.com"), "secret of a known key"),
        (with_headers(audiohook_session_id="another"), "secret of a known key"),
        (with_headers(x_api_key="another"), "two keys"),
        (with_headers(signature="sig1=:AAAA:"), "secret of a known key"),
        (with_headers(signature="sig1=:A:"), "base64"),
        (with_headers(signature="sig2=:AAAA:"), "signature over"),
        (with_headers(signature_input="sig1=()"), "signature over"),
        (with_headers(signature_input="hello"), "RFC 9421"),
        (with_headers(signature_input="x" * 5000), "up to 4096"),
        (
            with_headers(signature_input=f"sig1={PARAMS}".replace(NONCE, "short")),
            "22 to 128 characters, got 5",
        ),
        (
            with_headers(signature_input=f"sig1={PARAMS}".replace("hmac-sha256", "none")),
            "another",
        ),
        (
            with_headers(signature_input=f"sig1={PARAMS}".replace('"x-api-key")', ")")),
            "signature over",
        ),
        (
            with_headers(
                signature_input=f"sig1={PARAMS}".replace('"x-api-key")', '"x-api-key" "x-api-key")')
            ),
            "got one twice",
        ),
        (
            with_headers(signature_input=f"sig1={PARAMS}".replace(f"created={CREATED};", "")),
            "created time",
        ),
        (without("audiohook-correlation-id"), "audiohook-correlation-id"),
        (without("signature"), "up to 4096 characters, got 0"),
        (without("signature", "signature-input"), "without a signature"),
        (without("signature", "signature-input", "x-api-key"), "without a signature"),
    ],
)
def test_whatever_differs_is_refused(request_: UpgradeRequest, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        checking(request_)


@pytest.mark.parametrize(
    ("now_s", "sentence"),
    [
        (CREATED - 4, "future"),
        (CREATED + 14, "of the last 10 s"),
        (EXPIRES + 1, "of the last 10 s"),
    ],
)
def test_a_signature_is_good_for_moments_only(now_s: float, sentence: str) -> None:
    checking(REQUEST, now_s=CREATED - 3)
    checking(REQUEST, now_s=CREATED + 13)
    with pytest.raises(InputError, match=sentence):
        checking(REQUEST, now_s=now_s)


def test_an_expired_signature_is_refused_however_young() -> None:
    made = signed_headers(
        replace(REQUEST, headers=HEADERS),
        secret=SECRETS[KEY],
        created_s=CREATED,
        expires_s=CREATED + 1,
        nonce=NONCE,
    )
    request = replace(
        REQUEST, headers=HEADERS | {name.lower(): value for name, value in made.items()}
    )

    checking(request, now_s=CREATED)
    with pytest.raises(InputError, match="expired"):
        checking(request, now_s=CREATED + 2)


def test_a_copied_request_is_refused_and_a_failed_one_uses_no_nonce_up() -> None:
    check = SignatureCheck(secrets=SECRETS)
    with pytest.raises(InputError):
        check.check(with_headers(signature="sig1=:AAAA:"), now_s=CREATED)

    check.check(REQUEST, now_s=CREATED)

    with pytest.raises(InputError, match="used already"):
        check.check(REQUEST, now_s=CREATED + 5)


def test_the_memory_of_nonces_is_bounded_and_forgets_what_is_out_of_date() -> None:
    memory = NonceMemory(most=3, keep_s=10)
    for number in range(3):
        memory.use("key", str(number), now_s=number)

    with pytest.raises(InputError, match="more than 3"):
        memory.use("key", "another", now_s=9)
    memory.use("key", "another", now_s=10)
    memory.use("key", "0", now_s=11)

    assert len(memory) == 3


def test_a_key_without_a_secret_lets_unsigned_requests_in() -> None:
    checking(UpgradeRequest(target="/", authority="x", headers={"x-api-key": "open"}))


def test_without_any_key_only_this_machine_may_come() -> None:
    check = SignatureCheck(secrets={})

    check.check(REQUEST, now_s=0, is_neighbour=True)
    with pytest.raises(InputError, match="set a key"):
        check.check(REQUEST, now_s=0)


@pytest.mark.parametrize("keys", [(("a", "not base64!"),), (("a", ""), ("a", "")), (("", ""),)])
def test_keys_that_cannot_be_meant_are_refused_at_the_start(keys: tuple[tuple[str, str]]) -> None:
    with pytest.raises(InputError, match="AudioHook key"):
        AudioHookSettings(keys=keys)


def test_a_wait_of_nothing_is_refused_at_the_start() -> None:
    with pytest.raises(InputError, match="refusal_ms above 0"):
        AudioHookSettings(refusal_ms=0)


HEADER_TEXT = st.text(st.sampled_from('abz019=();:," \\\t*-_@"'), max_size=60) | st.text(
    max_size=20
)


@settings(max_examples=300)
@given(signature_input=HEADER_TEXT, signature=HEADER_TEXT, tail=HEADER_TEXT)
def test_whatever_a_stranger_signs_nothing_but_an_input_error_comes(
    signature_input: str, signature: str, tail: str
) -> None:
    for headers in (
        {"signature-input": signature_input, "signature": signature},
        {"signature-input": f"sig1={PARAMS}{tail}", "signature": f"sig1=:{signature}:"},
        {"signature-input": json.dumps(tail), "signature": SIGNED["signature"]},
    ):
        request = replace(REQUEST, headers=HEADERS | headers)
        with pytest.raises(InputError):
            checking(request)
