"""Refuse a value outside its range, by name."""

from domain.errors import InputError


def check(name: str, value: float, low: float, high: float) -> None:
    """Raises InputError("asr.setting")."""
    if not low <= value <= high:
        raise InputError("asr.setting", f"expected {name} between {low} and {high}, got {value}")
