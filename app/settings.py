"""Read all configuration once, from the environment, and say clearly what is wrong with it."""

import difflib
import os
import sys
from base64 import b64decode
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from acd import AcdSettings
from agent_assist import AssistSettings
from app.machines import MachineSettings
from asr.settings import AsrSettings
from bus.settings import BusSettings
from console.settings import ConsoleSettings
from domain.errors import ContactCentreError, InputError
from kb_retrieval.settings import KnowledgeSettings
from media_gateway.settings import GatewaySettings
from media_gateway.wire_settings import WireSettings
from models.settings import ModelsSettings
from nlu.settings import NluSettings
from outbound_bot.settings import OutboundSettings
from quality.settings import QualitySettings
from storage.settings import StorageSettings
from tickets.settings import TicketsSettings

PREFIX = "HOTLINE_"
NOT_OURS = {"HOTLINE_TEST_DATA", "HOTLINE_WEIGHTS_DIR"}  # read by the tests and by `models.shelf`


def installed_share() -> Path:
    """Where set-up puts what it makes (rehearsal recordings): beside the environment, never beside what is kept."""
    return Path(sys.prefix) / "share" / "openhotline"


class LogSettings(BaseModel):
    """What is logged. ``pii=true`` also keeps what people said: for a laboratory, never for a live line."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: str = Field(default="info", pattern="(?i)^(debug|info|warning|error)$")
    pii: bool = False


class Settings(BaseSettings):
    """The whole configuration: ``HOTLINE_DATA_DIR``, ``HOTLINE_ASR__WHISPER__BEAM`` and so on.

    ``recording_key``: 32 bytes in base64; with it new recordings are sealed with AES-256-GCM (make one with
    ``head -c 32 /dev/urandom | base64``, and keep it: without it they cannot be read).
    ``data_dir``: everything kept of calls lies here. ``cache_dir``: what can be made again from files of this
    product (vectors, spoken prompts), shared by all data directories. ``min_free_disk_mb``: below it health is
    degraded.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True
    )

    data_dir: Path = Path("var")
    cache_dir: Path = installed_share() / "cache"
    min_free_disk_mb: int = Field(default=500, ge=0)
    recording_key: SecretStr | None = None
    drain_seconds: int = Field(default=8, ge=0, le=120)
    log: LogSettings = LogSettings()
    machines: MachineSettings = MachineSettings()
    models: ModelsSettings = ModelsSettings()
    storage: StorageSettings = StorageSettings()
    bus: BusSettings = BusSettings()
    gateway: GatewaySettings = GatewaySettings()
    wires: WireSettings = WireSettings()
    asr: AsrSettings = AsrSettings()
    nlu: NluSettings = NluSettings()
    knowledge: KnowledgeSettings = KnowledgeSettings()
    assist: AssistSettings = AssistSettings()
    acd: AcdSettings = AcdSettings()
    tickets: TicketsSettings = TicketsSettings()
    outbound: OutboundSettings = OutboundSettings()
    quality: QualitySettings = QualitySettings()
    console: ConsoleSettings = ConsoleSettings()


def load_settings() -> Settings:
    """Raises InputError naming each wrong variable, the shape of what came, and what was expected."""
    _refuse_unknown_names()
    try:
        return Settings()
    except ValidationError as error:
        raise InputError(
            "settings.value", "; ".join(_sentence(e) for e in error.errors())
        ) from None
    except ContactCentreError as error:
        raise InputError(
            "settings.value", f"{_likely_name(error.message)}{error.message}"
        ) from error


def _refuse_unknown_names() -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields} | NOT_OURS
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and name.split("__")[0] not in known:
            near = difflib.get_close_matches(name.split("__")[0], known, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise InputError(
                "settings.name",
                f"no setting is called {name}{hint} (hotline settings show lists them)",
            )


def _likely_name(message: str) -> str:
    """A room refuses a value by its field's name; the variable that ends in it is the one to look at."""
    words = message.replace(",", " ").split()
    named = [
        n for n in sorted(os.environ) if n.startswith(PREFIX) and n.split("__")[-1].lower() in words
    ]
    return f"{', '.join(named)}: " if named else ""


def _sentence(error: Any) -> str:
    name = PREFIX + "__".join(str(part).upper() for part in error["loc"])
    return f"{name}: {error['msg'].removeprefix('Value error, ')}, got a {type(error['input']).__name__}"


def recording_key(settings: Settings) -> bytes | None:
    """The key that seals recordings. Raises InputError when it is no base64."""
    if settings.recording_key is None:
        return None
    try:
        return b64decode(settings.recording_key.get_secret_value(), validate=True)
    except ValueError:
        raise InputError(
            "settings.value",
            f"{PREFIX}RECORDING_KEY: expected 32 bytes in base64, got something else;"
            " make one with: head -c 32 /dev/urandom | base64",
        ) from None


def vectors_folder(settings: Settings) -> Path:
    """Where the vectors of examples and knowledge are kept."""
    return settings.cache_dir / "vectors"
