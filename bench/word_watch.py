"""Watch words as a desk sees them, and count those that changed after they were shown."""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One revision of a segment; its first ``committed`` characters were promised to stay."""

    text: str
    committed: int
    is_final: bool


class WordWatch:
    """Every revision that reached a desk, by segment, in the order it came."""

    def __init__(self) -> None:
        self._segments: dict[str, list[Shown]] = defaultdict(list)

    def note(self, message: dict[str, Any]) -> None:
        """Take one message of the desk socket."""
        if message["type"] == "segment":
            shown = Shown(
                text=message["text"],
                committed=message["committed"],
                is_final=message["is_final"],
            )
            self._segments[message["segment_id"]].append(shown)

    def figures(self) -> dict[str, float | int | None]:
        """``committed_changed``: words changed after they were promised; ``flicker``: words taken back per firm word."""
        lines = list(self._segments.values())
        firm = sum(len(tokens(line[-1].text)) for line in lines if line[-1].is_final)
        taken_back = sum(_taken_back(line) for line in lines)
        partials = [shown for line in lines for shown in line if not shown.is_final]
        return {
            "committed_changed": sum(committed_changed(line) for line in lines),
            "flicker": round(taken_back / firm, 3) if firm else None,
            "partials": len(partials),
            "partials_with_committed_words": sum(1 for shown in partials if shown.committed),
        }


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
    async with connect(desk_url, max_size=_LARGEST_MESSAGE_BYTES, proxy=None) as desk:
        ready.set()
        try:
            async for text in desk:
                watch.note(json.loads(text))
        except ConnectionClosed:
            return


def committed_changed(line: Sequence[Shown]) -> int:
    """Words of a segment that were promised and are not there any more in some later revision."""
    changed = 0
    promised = ""
    for shown in line:
        changed += len(tokens(promised)) - _kept(tokens(promised), tokens(shown.text))
        promised = shown.text if shown.is_final else shown.text[: shown.committed]
    return changed


def _taken_back(line: Iterable[Shown]) -> int:
    """Words shown that the next revision replaces or drops; case and marks are no change."""
    count = 0
    before: list[str] = []
    for shown in line:
        now = [word for word in map(plain, tokens(shown.text)) if word]
        blocks = SequenceMatcher(a=before, b=now, autojunk=False).get_matching_blocks()
        count += len(before) - sum(block.size for block in blocks)
        before = now
    return count


def _kept(before: Sequence[str], now: Sequence[str]) -> int:
    """How many words the two have in common from the beginning; the last may have grown a mark."""
    kept = 0
    for old, new in zip(before, now, strict=False):
        if old != new and not (kept == len(before) - 1 and new.startswith(old)):
            break
        kept += 1
    return kept
