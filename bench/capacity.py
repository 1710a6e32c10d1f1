"""Find out how many two-leg calls are understood in real time: bring more and more of them until their words come late."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import cycle, islice
from typing import Any

from bench.latency import product_latency
from bench.word_watch import WordWatch, watching
from domain.audio import samples_from_ms
from media_gateway.client.audio_fork import AudioForkCall
from media_gateway.client.farewell import Farewell
from media_gateway.client.metadata import Metadata
from media_gateway.client.mouth import Source
from media_gateway.client.recording import Recording

FINAL_WITHIN_MS = 2_000
LEAST_TRANSCRIBED = 0.995
STAGGER_S = 0.7  # calls do not ring in step


class Loop:
    """A `Source`: recordings one after another until it is long enough.

    Sound is taken from the recordings as it is sent, so that an hour of it takes no more room than they do.
    """

    def __init__(self, recordings: Iterator[Recording], *, samples: int) -> None:
        """``recordings`` never end, and all have as many legs and the same rate."""
        self._recordings = recordings
        self._playing = next(recordings).again()
        self._left = samples
        self.sample_rate_hz = self._playing.sample_rate_hz
        self.channels = self._playing.channels

    def take(self, samples: int) -> bytes | None:
        wanted = min(samples, self._left)
        if not wanted:
            return None
        self._left -= wanted
        block = b""
        while missing := wanted - len(block) // (2 * self.channels):
            piece = self._playing.take(missing)
            if piece is None:
                self._playing = next(self._recordings).again()
            else:
                block += piece
        return block


def looped(recordings: Sequence[Recording], number: int, seconds: int) -> Loop:
    """Two legs of so many seconds; each call begins with another of the recordings."""
    rate_hz = recordings[0].sample_rate_hz
    alike = [r for r in recordings if r.sample_rate_hz == rate_hz and r.channels == 2]
    return Loop(
        islice(cycle(alike), number % len(alike), None),
        samples=samples_from_ms(seconds * 1000, rate_hz),
    )


async def stream_watched(
    sources: Sequence[Source], address: str, on_second: Callable[[int], None]
) -> tuple[list[Farewell], WordWatch]:
    """Stream all of them at once in real time, and watch the desk meanwhile.

    ``on_second`` is told again and again how many seconds the first call has sent.
    """
    watch = WordWatch()
    tellers = [_each_second(sources[0].sample_rate_hz, on_second), *[None] * (len(sources) - 1)]
    async with watching(watch, address), asyncio.TaskGroup() as calls:
        tasks = [
            calls.create_task(_call(source, number, address, on_sent))
            for number, (source, on_sent) in enumerate(zip(sources, tellers, strict=True))
        ]
    return [task.result() for task in tasks], watch


async def _call(
    source: Source, number: int, address: str, on_sent: Callable[[int], None] | None
) -> Farewell:
    await asyncio.sleep(number * STAGGER_S)
    metadata = Metadata(title=f"capacity {number + 1}", synthetic=True)
    return await AudioForkCall(address=address, metadata=metadata, on_sent=on_sent).run(source)


def _each_second(rate_hz: int, on_second: Callable[[int], None]) -> Callable[[int], None]:
    """Fifty frames a second need not move the bar fifty times."""
    told = 0

    def on_sent(samples: int) -> None:
        nonlocal told
        if samples // rate_hz > told:
            told = samples // rate_hz
            on_second(told)

    return on_sent


def step_figures(
    views: Sequence[dict[str, Any]], farewells: Iterable[Farewell], watch: WordWatch
) -> dict[str, Any]:
    """One step's percentiles and what became of its speech."""
    latency = product_latency(views)
    return {
        "first_partial_ms": latency["first_partial_ms"],
        "final_ms": latency["final_ms"],
        **speech_accounts(views),
        **completeness(views, farewells),
        **watch.figures(),
    }


def keeps_up(step: dict[str, Any]) -> bool:
    """Whether final words came in time and none of the speech was lost."""
    late_ms = step["final_ms"]["p95"]
    is_complete = not step["cut_short"] and not step["unfinished"]
    is_in_time = late_ms is not None and late_ms <= FINAL_WITHIN_MS
    return is_complete and is_in_time and _is_whole(step["transcribed"])


def completeness(views: Iterable[dict[str, Any]], farewells: Iterable[Farewell]) -> dict[str, int]:
    """Calls whose other figures look better than they are.

    ``cut_short``: the product ended them, not we; ``unfinished``: some of their words did not come in time to be counted.
    """
    return {
        "cut_short": sum(1 for farewell in farewells if farewell.by_server),
        "unfinished": sum(1 for view in views if not _is_finished(view)),
    }


def _is_finished(view: dict[str, Any]) -> bool:
    return view["state"] == "ended" and all(leg["transcribed"] for leg in view["legs"])


def speech_accounts(views: Iterable[dict[str, Any]]) -> dict[str, float | int | None]:
    """Of the speech that was heard: seconds that became words, that are marked instead, and that were never heard.

    ``transcribed`` is the share that became words.
    """
    read_ms = unreadable_ms = missed_ms = 0
    for view in views:
        read_ms += sum(
            line["end_ms"] - line["start_ms"] for line in view["transcript"] if line["is_final"]
        )
        for leg in view["legs"]:
            unreadable_ms += _length_ms(p for p in leg["passages"] if p["kind"] == "unreadable")
            missed_ms += _length_ms(gap for gap in leg["gaps"] if gap["listener"] == "asr")
    heard_ms = read_ms + unreadable_ms + missed_ms
    return {
        "speech_s": round(heard_ms / 1000, 1),
        "unreadable_s": round(unreadable_ms / 1000, 1),
        "missed_s": round(missed_ms / 1000, 1),
        "transcribed": round(read_ms / heard_ms, 4) if heard_ms else None,
    }


def _length_ms(stretches: Iterable[dict[str, Any]]) -> int:
    return sum(stretch["end_ms"] - stretch["start_ms"] for stretch in stretches)


def _is_whole(transcribed: float | None) -> bool:
    return transcribed is not None and transcribed >= LEAST_TRANSCRIBED
