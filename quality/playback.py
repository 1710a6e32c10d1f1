"""Hand out a recording, whole or the range of bytes a player asks for (RFC 9110 section 14)."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class StoredRecording(Protocol):
    """A recording as it stands now; ``file_bytes`` counts the WAV header too."""

    @property
    def file_bytes(self) -> int: ...


R = TypeVar("R", bound=StoredRecording)


class RecordingFiles(Protocol[R]):
    """What playback needs from a recording store."""

    async def find(self, key: str) -> R: ...
    def file_bytes(self, recording: R, start: int, stop: int) -> AsyncIterator[bytes]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Bytes ``start`` up to ``stop`` of ``total``; ``partial`` when they were asked for by range."""

    start: int
    stop: int
    total: int
    partial: bool

    @property
    def headers(self) -> dict[str, str]:
        whole = {"Accept-Ranges": "bytes", "Content-Length": str(self.stop - self.start)}
        return (
            whole | {"Content-Range": f"bytes {self.start}-{self.stop - 1}/{self.total}"}
            if self.partial
            else whole
        )


def span_of(header: str | None, total: int) -> Span | None:
    """What a Range header asks for; None when that lies beyond the recording (416).

    A header that is not one range of bytes is passed over, as the RFC allows.
    """
    whole = Span(start=0, stop=total, total=total, partial=False)
    asked = ONE_RANGE.fullmatch(header.strip()) if header else None
    if asked is None or asked.groups() == ("", ""):
        return whole
    first, last = asked.groups()
    start = max(0, total - int(last)) if not first else int(first)
    stop = total if not first or not last else min(int(last) + 1, total)
    if start >= total or start >= stop:
        return None
    return Span(start=start, stop=stop, total=total, partial=True)
