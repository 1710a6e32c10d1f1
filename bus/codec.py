"""Turn events into JSON and back, for every version ever written.

An event is written as a JSON object of its fields. Reading is forgiving in the one direction that keeps old facts
readable: a field that is missing takes its default, a field we do not know is passed over.
"""

import json
import types
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from domain.errors import InputError
from domain.events import EVENT_KINDS, Event

SCHEMA_VERSION = (
    1  # of the whole vocabulary; rises when a reader must know that something changed its meaning
)


def kind_of(event: Event) -> str:
    return type(event).__name__


def encode(event: Event) -> str:
    """Write one event as a JSON object."""
    return json.dumps(_plain(event), ensure_ascii=False, separators=(",", ":"))


def decode(kind: str, schema_version: int, payload: str) -> Event:
    """Read what ``encode`` of this or any earlier version wrote. Raises InputError."""
    if schema_version > SCHEMA_VERSION:
        raise InputError(
            "bus.codec_version",
            f"expected schema version {SCHEMA_VERSION} or older, got {schema_version}; start the newer program that wrote it",
        )
    if kind not in EVENT_KINDS:
        raise InputError(
            "bus.codec_kind",
            f"expected a kind of event we know, got {kind!r}; start the program that wrote it",
        )
    try:
        wanted: Any = EVENT_KINDS[kind]
        event: Event = _decoder(wanted)(json.loads(payload))
    except (ValueError, TypeError, KeyError) as error:
        raise InputError(
            "bus.codec_payload", f"expected the fields of {kind}, got something else: {error}"
        ) from error
    return event


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value


@cache
def _decoder(wanted: Any) -> Any:
    """Build the reader of one type, once per type."""
    if hasattr(wanted, "__supertype__"):
        return _decoder(wanted.__supertype__)
    origin = get_origin(wanted)
    if origin is tuple:
        return _tuple_decoder(get_args(wanted))
    if origin in (Union, types.UnionType):
        return _optional_decoder(get_args(wanted))
    if is_dataclass(wanted):
        return _dataclass_decoder(wanted)
    return wanted if issubclass(wanted, Enum) else _scalar_decoder(wanted)


def _tuple_decoder(items: tuple[Any, ...]) -> Callable[[Any], Any]:
    if len(items) == 2 and items[1] is Ellipsis:
        one = _decoder(items[0])
        return lambda raw: tuple(one(item) for item in raw)
    each = [_decoder(item) for item in items]
    return lambda raw: tuple(read(item) for read, item in zip(each, raw, strict=True))


def _optional_decoder(choices: tuple[Any, ...]) -> Callable[[Any], Any]:
    (present,) = (choice for choice in choices if choice is not type(None))
    inner = _decoder(present)
    return lambda raw: None if raw is None else inner(raw)


def _dataclass_decoder(wanted: Any) -> Callable[[Any], Any]:
    hints = get_type_hints(wanted)
    readers = {field.name: _decoder(hints[field.name]) for field in fields(wanted)}
    needed = {
        f.name for f in fields(wanted) if f.default is MISSING and f.default_factory is MISSING
    }

    def read(raw: Any) -> Any:
        if not isinstance(raw, dict):
            raise ValueError(f"{wanted.__name__} expected, {type(raw).__name__} found")
        if missing := needed - raw.keys():
            raise ValueError(f"{wanted.__name__} lacks {', '.join(sorted(missing))}")
        return wanted(
            **{name: reader(raw[name]) for name, reader in readers.items() if name in raw}
        )

    return read


def _scalar_decoder(wanted: type) -> Callable[[Any], Any]:
    def read(raw: Any) -> Any:
        if wanted is float and type(raw) is int:
            return float(raw)
        if type(raw) is not wanted:
            raise ValueError(f"{wanted.__name__} expected, {type(raw).__name__} found")
        return raw

    return read
