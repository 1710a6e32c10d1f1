"""Wrap what parent and child tell each other: pickled messages, with their sound beside them as plain bytes."""

import pickle
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from asr.desk.reading import UtteranceReader
from domain.language import LanguageTag

Load = Callable[[], UtteranceReader]  # importable with its arguments, e.g. a functools.partial

_COUNT = struct.Struct("!I")
_MOST_PIECES = 100_000


class Craft(StrEnum):
    """What a machine can do."""

    ODDS = "odds"
    SKETCH = "sketch"
    READ = "read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    """Parent to child, once: load the machine. ``log_level``: nothing less is worth sending."""

    load: Load
    log_level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """Child to parent: the machine is loaded. ``rss_mb``: memory in use, None where nobody tells."""

    engine: str
    languages: tuple[LanguageTag, ...]
    identifies_language: bool
    rss_mb: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Parent to child: one batch."""

    craft: Craft
    asks: Sequence[object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """Child to parent: the answers, in the order of the asks."""

    answers: Sequence[object]
    rss_mb: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """Child to parent: an EngineError. ``is_lost``: the machine itself said that it is of no more use."""

    code: str
    message: str
    retryable: bool
    is_lost: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """Child to parent: something for the log; ``extra`` as in `logging`."""

    logger: str
    level: int
    message: str
    extra: Mapping[str, object]


Reply = Ready | Done | Failed
Message = Begin | Order | Reply | LogLine


def wrap(message: Message) -> list[bytes | memoryview]:
    """The pieces to send, in order: how many parts, their sizes, and the parts; sound is not copied.

    Arrays travel out of band (pickle protocol 5, PEP 574).
    """
    sounds: list[pickle.PickleBuffer] = []
    letter = pickle.dumps(message, protocol=5, buffer_callback=sounds.append)
    parts: list[bytes | memoryview] = [letter, *(sound.raw() for sound in sounds)]
    sizes = [part.nbytes if isinstance(part, memoryview) else len(part) for part in parts]
    return [_COUNT.pack(len(parts)), struct.pack(f"!{len(sizes)}Q", *sizes), *parts]


class Unwrapper:
    """Make messages of the bytes that come, however they are cut."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def feed(self, data: bytes) -> Iterator[Message]:
        self._bytes += data
        while (message := self._next()) is not None:
            yield message

    def _next(self) -> Message | None:
        sizes = self._sizes()
        if sizes is None:
            return None
        start = _COUNT.size + 8 * len(sizes)
        end = start + sum(sizes)
        if len(self._bytes) < end:
            return None
        parcel, self._bytes = self._bytes[start:end], self._bytes[end:]
        return _open(memoryview(parcel), sizes)

    def _sizes(self) -> tuple[int, ...] | None:
        if len(self._bytes) < _COUNT.size:
            return None
        (count,) = _COUNT.unpack_from(self._bytes)
        if count > _MOST_PIECES:
            raise ValueError(f"expected at most {_MOST_PIECES} parts in a parcel, got {count}")
        if len(self._bytes) < _COUNT.size + 8 * count:
            return None
        return struct.unpack_from(f"!{count}Q", self._bytes, _COUNT.size)


def _open(parcel: memoryview, sizes: Sequence[int]) -> Message:
    parts, start = [], 0
    for size in sizes:
        parts.append(parcel[start : start + size])
        start += size
    message: Message = pickle.loads(parts[0], buffers=parts[1:])  # noqa: S301 — only our own parent or child writes here
    return message
