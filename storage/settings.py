"""Hold what can be set about the memory of the house."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageSettings:
    """Values and defaults; reads no environment.

    ``synchronous`` NORMAL: what was committed survives a crash of our process, a power cut may take the last
    moments. FULL survives the power cut too and costs one disk flush per commit.
    """

    busy_timeout_ms: int = 5_000
    synchronous: Literal["NORMAL", "FULL"] = "NORMAL"
    connections: int = 5
    recording_block_ms: int = (
        500  # sound is written in blocks this long; a killed process loses at most one
    )


DEFAULT = StorageSettings()
