"""Hold what an operator may change about the shelf of models."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelsSettings:
    """``extra_catalogue`` is a file shaped like `catalogue.toml` that adds models or names other sources."""

    extra_catalogue: Path | None = None
