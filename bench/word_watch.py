"""Watch words as a desk sees them, and count those that changed after they were shown."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from asr.belief.phantoms import plain
from asr.leg.stabiliser import tokens
from media_gateway.client.websocket_door import socket_url

_LARGEST_MESSAGE_BYTES = 4 * 1024 * 1024
_DESK_PATH = "/api/desk"
_READY_WITHIN_S = 10.0
_LAST_WORDS_S = 4.0
_CALL_AGAIN_S = 0.5
_MOST_FOLLOWED = 500  # segments; an hour has thousands, and those long without news get none


@dataclass(slots=True)
class _Segment:
    """How a segment stood last: the words promised, the words shown in their plain form, how many were firm."""

    promised: Sequence[str] = ()
    shown: Sequence[str] = ()
    firm: int = 0


class WordWatch:
    """Counts every revision that reaches a desk, in the order it comes; what it keeps does not grow with the call.

    ``lines_lost``: how often the desk's line broke, with whatever was told meanwhile.
    """

    def __init__(self) -> None:
        self.lines_lost = 0
        self._segments: dict[str, _Segment] = {}
        self._changed = self._taken_back = self._firm = 0
        self._partials = self._partials_with_committed_words = 0

    @property
    def followed(self) -> int:
        """How many segments are kept in mind."""
        return len(self._segments)

    def note(self, message: dict[str, Any]) -> None:
        """Take one message of the desk socket."""
        if message["type"] != "segment":
            return
        segment = self._segments.pop(message["segment_id"], None) or _Segment()
        self._segments[message["segment_id"]] = (
            segment  # the last in the row is the latest heard of
        )
        self._compare(segment, message["text"])
        self._promise(segment, message)
        if len(self._segments) > _MOST_FOLLOWED:
            del self._segments[next(iter(self._segments))]

    def figures(self) -> dict[str, float | int | None]:
        """``committed_changed``: words changed after they were promised; ``flicker``: words taken back per firm word."""
        return {
            "committed_changed": self._changed,
            "flicker": round(self._taken_back / self._firm, 3) if self._firm else None,
            "partials": self._partials,
            "partials_with_committed_words": self._partials_with_committed_words,
            "desk_lines_lost": self.lines_lost,
        }

    def _compare(self, segment: _Segment, text: str) -> None:
        """Promised words that are not there any more; shown words replaced or dropped, case and marks being no change."""
        self._changed += len(segment.promised) - _kept(segment.promised, tokens(text))
        now = [word for word in map(plain, tokens(text)) if word]
        blocks = SequenceMatcher(a=segment.shown, b=now, autojunk=False).get_matching_blocks()
        self._taken_back += len(segment.shown) - sum(block.size for block in blocks)
        segment.shown = now

    def _promise(self, segment: _Segment, message: dict[str, Any]) -> None:
        text, committed, is_final = message["text"], message["committed"], message["is_final"]
        segment.promised = tokens(text if is_final else text[:committed])
        firm = len(segment.promised) if is_final else 0
        self._firm += firm - segment.firm
        segment.firm = firm
        self._partials += not is_final
        self._partials_with_committed_words += bool(committed and not is_final)


@asynccontextmanager
async def watching(watch: WordWatch, address: str) -> AsyncIterator[None]:
    """Note everything that a desk is told meanwhile, and for a moment longer: last words are news too."""
    ready = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        listening = group.create_task(_listen(watch, socket_url(address, _DESK_PATH), ready))
        async with asyncio.timeout(_READY_WITHIN_S):
            await ready.wait()
        yield
        await asyncio.sleep(_LAST_WORDS_S)
        listening.cancel()


async def _listen(watch: WordWatch, desk_url: str, ready: asyncio.Event) -> None:
    """For as long as there is a product; a line that breaks is opened anew and counted."""
    while True:
        async with connect(desk_url, max_size=_LARGEST_MESSAGE_BYTES, proxy=None) as desk:
            ready.set()
            with suppress(ConnectionClosed):
                async for text in desk:
                    watch.note(json.loads(text))
        watch.lines_lost += 1
        await asyncio.sleep(_CALL_AGAIN_S)


def _kept(before: Sequence[str], now: Sequence[str]) -> int:
    """How many words the two have in common from the beginning; the last may have grown a mark."""
    kept = 0
    for old, new in zip(before, now, strict=False):
        if old != new and not (kept == len(before) - 1 and new.startswith(old)):
            break
        kept += 1
    return kept
