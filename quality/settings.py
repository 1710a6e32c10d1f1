"""Hold what an operator may change about searching talks."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class QualitySettings:
    """``page_limit``: the most hits one request may ask for."""

    page_limit: int = 200
