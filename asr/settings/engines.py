"""Say which machine reads which language, and where the others lie."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from asr.settings.check import check
from domain.errors import InputError


class EngineName(StrEnum):
    """The machines a language may be read by."""

    WHISPER = "whisper"
    VOSK = "vosk"
    SHERPA = "sherpa"
    REMOTE = "remote"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteSettings:
    """A FunASR server: ``url`` is ws:// or wss://, ``ca_file`` the certificate of one that signed its own.

    ``mode`` is what it is asked to run. ``connect_s`` bounds the wait for a connection, and for the server to take
    sound. A server that heard no words says nothing at all: ``silent_s`` after the end of an utterance that is what its
    silence means, if it answers a ping; else it is lost.
    """

    url: str = ""
    ca_file: str = ""
    mode: str = "2pass"
    connect_s: float = 3.0
    silent_s: float = 3.0

    def __post_init__(self) -> None:
        if self.url and not self.url.startswith(("ws://", "wss://")):
            raise InputError("asr.setting", f"expected url as ws:// or wss://, got {self.url}")
        if self.mode not in ("2pass", "offline", "online"):
            raise InputError(
                "asr.setting", f"expected mode as 2pass, offline or online, got {self.mode}"
            )
        check("connect_s", self.connect_s, 0.1, 60)
        check("silent_s", self.silent_s, 0.1, 60)


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """Which machines read a language, best first: ``by_language={"ko": "vosk,whisper"}``.

    A language that is not named is read by whisper. ``vosk`` and ``sherpa`` name a model for each language they
    read: a catalogue id or a directory. A machine that failed is asked after the others for ``rest_s``.
    """

    by_language: Mapping[str, str] = field(default_factory=dict)
    vosk: Mapping[str, str] = field(default_factory=dict)
    sherpa: Mapping[str, str] = field(default_factory=dict)
    remote: RemoteSettings = field(default_factory=RemoteSettings)
    rest_s: float = 30.0

    def __post_init__(self) -> None:
        check("rest_s", self.rest_s, 1, 3_600)
        for language in self.by_language:
            for name in self.order(language):
                self._check_place(name, language)

    def order(self, language: str) -> tuple[EngineName, ...]:
        """The machines for a language, best first. Raises InputError on a name that is none."""
        wanted = [name.strip() for name in self.by_language.get(language, "whisper").split(",")]
        unknown = [name for name in wanted if name not in list(EngineName)]
        if unknown:
            known = ", ".join(EngineName)
            raise InputError(
                "asr.setting", f"expected the engines of {language} among {known}, got {unknown[0]}"
            )
        return tuple(EngineName(name) for name in wanted)

    def _check_place(self, name: EngineName, language: str) -> None:
        places = {EngineName.VOSK: self.vosk, EngineName.SHERPA: self.sherpa}
        if name in places and language not in places[name]:
            raise InputError(
                "asr.setting",
                f"{language} is to be read by {name}, but no model is named for it; set"
                f" HOTLINE_ASR__ENGINE__{name.upper()}__{language.upper()} to a catalogue id or a directory",
            )
        if name == EngineName.REMOTE and not self.remote.url:
            raise InputError(
                "asr.setting",
                f"{language} is to be read by a remote engine; set HOTLINE_ASR__ENGINE__REMOTE__URL",
            )
