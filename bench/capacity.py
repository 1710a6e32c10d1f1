"""Find out how many two-leg calls are understood in real time: bring more and more of them until their words come late."""

import asyncio
from collections.abc import Iterable, Sequence
from itertools import cycle, islice
from typing import Any

from bench.latency import product_latency
from bench.word_watch import WordWatch, watching
from domain.audio import samples_from_ms
from media_gateway.client.audio_fork import AudioForkCall
from media_gateway.client.farewell import Farewell
from media_gateway.client.metadata import Metadata
from media_gateway.client.recording import Recording

FINAL_WITHIN_MS = 2_000
LEAST_TRANSCRIBED = 0.995
STAGGER_S = 0.7  # calls do not ring in step


def looped(recordings: Sequence[Recording], number: int, seconds: int) -> Recording:
    """Two legs of so many seconds: the recordings one after another, each call beginning with another of them."""
    rate_hz = recordings[0].sample_rate_hz
    enough = samples_from_ms(seconds * 1000, rate_hz) * 2
    alike = [r for r in recordings if r.sample_rate_hz == rate_hz and r.channels == 2]
    legs: list[bytes] = [b"", b""]
    for recording in islice(cycle(alike), number % len(alike), None):
        legs = [leg + part for leg, part in zip(legs, recording.legs, strict=True)]
        if len(legs[0]) >= enough:
            break
    return Recording(legs=(legs[0][:enough], legs[1][:enough]), sample_rate_hz=rate_hz)


async def stream_watched(
    recordings: Sequence[Recording], address: str
) -> tuple[list[Farewell], WordWatch]:
    """Stream all of them at once in real time, and watch the desk meanwhile."""
    watch = WordWatch()
    async with watching(watch, address), asyncio.TaskGroup() as calls:
        tasks = [
            calls.create_task(_call(recording, number, address))
            for number, recording in enumerate(recordings)
        ]
    return [task.result() for task in tasks], watch


async def _call(recording: Recording, number: int, address: str) -> Farewell:
    await asyncio.sleep(number * STAGGER_S)
    metadata = Metadata(title=f"capacity {number + 1}", synthetic=True)
    return await AudioForkCall(address=address, metadata=metadata).run(recording)


def step_figures(views: Iterable[dict[str, Any]], watch: WordWatch) -> dict[str, Any]:
    """One step's percentiles and what became of its speech."""
    calls = list(views)
    latency = product_latency(calls)
    return {
        "first_partial_ms": latency["first_partial_ms"],
        "final_ms": latency["final_ms"],
        **speech_accounts(calls),
        **watch.figures(),
    }


def keeps_up(step: dict[str, Any]) -> bool:
    """Whether final words came in time and none of the speech was lost."""
    late_ms = step["final_ms"]["p95"]
    return late_ms is not None and late_ms <= FINAL_WITHIN_MS and _is_whole(step["transcribed"])


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
