"""Hold how much of a recording may come, and how far its listeners may be behind."""

from dataclasses import dataclass, fields
from pathlib import Path

from domain.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class FileWireSettings:
    """``spool_dir`` holds what is being played, and nothing else; None is the system's place for such files."""

    spool_dir: Path | None = None
    max_upload_mb: int = 1024
    longest_s: int = 4 * 3600
    uploads_at_once: int = 4
    upload_stall_ms: int = 30_000
    behind_ms: int = 5_000  # a fast file waits while any listener is further behind
    results_kept: int = 256

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, int) and value <= 0:
                raise InputError(
                    "media_gateway.settings", f"expected {field.name} above 0, got {value}"
                )
