"""Which engine reads a language is checked before anything starts."""

import pytest

from asr.settings import EngineName, EngineSettings, RemoteSettings
from domain.errors import InputError


def test_a_language_that_is_not_named_is_read_by_whisper() -> None:
    assert EngineSettings().order("zh") == (EngineName.WHISPER,)


def test_engines_are_named_in_order_of_preference() -> None:
    settings = EngineSettings(by_language={"ko": "vosk, whisper"}, vosk={"ko": "vosk-small-ko"})

    assert settings.order("ko") == (EngineName.VOSK, EngineName.WHISPER)


@pytest.mark.parametrize(
    ("by_language", "wanted"),
    [
        (
            {"zh": "kaldi"},
            "expected the engines of zh among whisper, vosk, sherpa, remote, got kaldi",
        ),
        ({"ko": "vosk"}, "HOTLINE_ASR__ENGINE__VOSK__KO"),
        ({"zh": "sherpa,whisper"}, "HOTLINE_ASR__ENGINE__SHERPA__ZH"),
        ({"zh": "remote"}, "HOTLINE_ASR__ENGINE__REMOTE__URL"),
    ],
)
def test_what_is_missing_is_named(by_language: dict[str, str], wanted: str) -> None:
    with pytest.raises(InputError, match=wanted):
        EngineSettings(by_language=by_language)


@pytest.mark.parametrize(
    ("wrong", "wanted"),
    [
        ({"url": "http://asr.example"}, "expected url as ws:// or wss://"),
        ({"mode": "3pass"}, "expected mode as 2pass, offline or online"),
        ({"silent_s": 0.0}, "expected silent_s between"),
    ],
)
def test_a_remote_server_is_described_rightly(wrong: dict[str, object], wanted: str) -> None:
    with pytest.raises(InputError, match=wanted):
        RemoteSettings(**wrong)  # type: ignore[arg-type]
