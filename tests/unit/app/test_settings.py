"""A wrong setting is refused by name, with what was expected."""

from base64 import b64encode

import pytest

from app.commands.settings import flatten
from app.settings import load_settings, recording_key
from domain.errors import InputError


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in list(os.environ):
        if name.startswith("HOTLINE_"):
            monkeypatch.delenv(name)


def test_a_nested_value_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_ASR__ENDPOINTING__END_SILENCE_MS", "700")

    assert load_settings().asr.endpointing.end_silence_ms == 700


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("HOTLINE_DATADIR", "x", "did you mean HOTLINE_DATA_DIR"),
        ("HOTLINE_ASR__WHISPER__BEEM", "5", "HOTLINE_ASR__WHISPER__BEEM"),
        (
            "HOTLINE_ASR__WHISPER__BEAM",
            "30",
            "HOTLINE_ASR__WHISPER__BEAM: expected beam between 1 and 10, got 30",
        ),
        ("HOTLINE_DRAIN_SECONDS", "soon", "HOTLINE_DRAIN_SECONDS"),
        ("HOTLINE_LOG__LEVEL", "loud", "HOTLINE_LOG__LEVEL"),
    ],
)
def test_a_wrong_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, expected: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(InputError) as refused:
        load_settings()

    assert expected in str(refused.value)


def test_every_setting_can_be_shown_under_its_environment_name() -> None:
    shown = dict(flatten(load_settings()))

    assert shown["HOTLINE_ASR__ENDPOINTING__END_SILENCE_MS"] == 520
    assert all(name.startswith("HOTLINE_") for name in shown)


def test_a_recording_key_is_read_from_base64_and_never_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    secret = b64encode(bytes(range(32))).decode()
    monkeypatch.setenv("HOTLINE_RECORDING_KEY", secret)
    settings = load_settings()

    assert recording_key(settings) == bytes(range(32))
    assert secret not in repr(settings)


def test_a_recording_key_that_is_no_base64_is_refused_with_how_to_make_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOTLINE_RECORDING_KEY", "not base64!")

    with pytest.raises(InputError, match="HOTLINE_RECORDING_KEY: expected 32 bytes in base64"):
        recording_key(load_settings())
