"""Ask for the language of short windows, each for itself, and count the right, the wrong and the honest."""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from asr.ear.vad import SpeechDetection
from asr.settings import AsrSettings
from bench.speech.clip import Clip, Codec, Waveform, load_clip
from bench.speech.cpu_time import Cost, Meter
from bench.speech.manifest import Row
from bench.speech.speech_finder import utterances
from domain.audio import SAMPLE_BYTES
from domain.language import LanguageGuess, LanguageTag

UNKNOWN = "unknown"
Identify = Callable[[Waveform, int], Awaitable[LanguageGuess]]  # waveform at 16 kHz, its speech_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What one window was taken for; None is unknown."""

    row: Row
    guess: LanguageGuess
    cost: Cost
    speech_ms: int


async def identify_windows(
    rows: Sequence[Row],
    *,
    identify: Identify,
    detection: SpeechDetection,
    settings: AsrSettings,
    codec: Codec,
    window_s: float,
) -> AsyncIterator[Decision]:
    """A decision per row, on its first ``window_s`` of sound from the first speech on; one more at first, to warm up."""
    for number, row in enumerate(rows):
        clip, speech_ms = _window(load_clip(row, codec), detection, settings, window_s)
        waveform = clip.at_16k()
        if not number:
            await identify(waveform, speech_ms)
        meter = Meter()
        guess = await identify(waveform, speech_ms)
        yield Decision(row=row, guess=guess, cost=meter.read(), speech_ms=speech_ms)


def _window(
    clip: Clip, detection: SpeechDetection, settings: AsrSettings, window_s: float
) -> tuple[Clip, int]:
    """The clip from its first speech on (all of it where it is short enough), and the speech in that."""
    longest = round(window_s * clip.rate_hz) * SAMPLE_BYTES
    first = 0
    if len(clip.pcm) > longest:
        found = utterances(clip, detection, settings)
        lead_ms = settings.endpointing.pre_roll_ms
        start_ms = max(0, found[0].start_ms - lead_ms) if found else 0
        first = start_ms * clip.rate_hz // 1000 * SAMPLE_BYTES
    window = replace(clip, pcm=clip.pcm[first : first + longest])
    return window, sum(one.speech_ms for one in utterances(window, detection, settings))


def language_figures(
    decisions: Sequence[Decision], allowed: Iterable[LanguageTag]
) -> dict[str, Any]:
    """Ready for JSON. ``accuracy_decided`` is the share of right ones among the decided, ``undecided`` of all.

    Windows in a language that is never answered are counted apart: there only unknown is right.
    """
    known = frozenset(allowed)
    inside = [d for d in decisions if d.row.main_language in known]
    outside = [d for d in decisions if d.row.main_language not in known]
    decided = [d for d in inside if d.guess.language is not None]
    right = [d for d in decided if d.guess.language == d.row.main_language]
    total = len(decisions)
    return {
        "accuracy_decided": _share(len(right), len(decided)),
        "undecided": _share(len(inside) - len(decided), len(inside)),
        "seconds_per_decision": _mean(sum(d.cost.wall_s for d in decisions), total),
        "cpu_seconds_per_decision": _mean(sum(d.cost.cpu_s for d in decisions), total),
        "windows": len(inside),
        "languages": _by_language(inside),
        "outside": {
            "windows": len(outside),
            "unknown": _share(sum(d.guess.language is None for d in outside), len(outside)),
            "languages": _by_language(outside),
        },
    }


def decision_rows(decisions: Iterable[Decision]) -> list[dict[str, Any]]:
    """Each window with what it was taken for."""
    return [
        {
            "path": str(d.row.path),
            "line": d.row.line,
            "language": d.row.language,
            "taken_for": d.guess.language,
            "probability": round(d.guess.probability, 4),
            "candidates": {tag: round(p, 4) for tag, p in d.guess.candidates},
            "speech_s": d.speech_ms / 1000,
        }
        for d in decisions
    ]


def _by_language(decisions: Iterable[Decision]) -> dict[str, dict[str, Any]]:
    taken: dict[str, Counter[str]] = defaultdict(Counter)
    for decision in decisions:
        taken[decision.row.main_language][decision.guess.language or UNKNOWN] += 1
    return {
        language: {
            "windows": counts.total(),
            "right": counts[language],
            "undecided": counts[UNKNOWN],
            "wrong": counts.total() - counts[language] - counts[UNKNOWN],
            "taken_for": dict(counts.most_common()),
        }
        for language, counts in sorted(taken.items())
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _mean(total: float, n: int) -> float | None:
    return round(total / n, 4) if n else None
