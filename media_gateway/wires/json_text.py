"""Read and write the JSON texts of a wire; what is no JSON object is an InputError and nothing else."""

from collections.abc import Mapping

from pydantic_core import from_json, to_json

from domain.errors import InputError

MAX_TEXT = 64 * 1024  # characters; the longest text of any of our telephone systems is far smaller


def json_object(text: str, *, longest: int = MAX_TEXT) -> dict[str, object]:
    """Raises InputError when it is too long or no JSON object."""
    size = len(text)
    if size > longest:
        raise InputError(
            "media_gateway.text_size", f"expected at most {longest} characters of text, got {size}"
        )
    try:
        message = from_json(text, cache_strings="none")
    except (ValueError, RecursionError):
        message = None
    if not isinstance(message, dict):
        raise InputError(
            "media_gateway.text",
            "expected a JSON object as text, got other text; what a wire speaks is in its runbook",
        )
    return message


def json_text(message: Mapping[str, object]) -> str:
    """Compact; fields that are None are left out."""
    return to_json({name: value for name, value in message.items() if value is not None}).decode()


def inner_object(message: Mapping[str, object], *names: str) -> dict[str, object]:
    """The first of these fields that is an object, or an empty one."""
    found = (message.get(name) for name in names)
    return next((value for value in found if isinstance(value, dict)), {})


def label(message: Mapping[str, object], *names: str) -> str | None:
    """The first of these fields that is a text or a whole number and not empty, as text."""
    for name in names:
        value = message.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value):
            return str(value)
    return None
