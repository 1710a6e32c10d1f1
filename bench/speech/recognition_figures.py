"""Sum up outcomes by language and over all."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from bench.speech.cpu_time import Cost
from bench.speech.error_rate import NORMALISATION, Tally, ratio, unit
from bench.speech.interval import ratio_interval
from bench.speech.recognition import COLLAR_MS, Coverage, Outcome, Said

ENOUGH_CLIPS = 5  # fewer say nothing about a language


def recognition_figures(outcomes: Sequence[Outcome], *, with_clips: bool) -> dict[str, Any]:
    """Ready for JSON. ``error_ratio`` is the worst language's of those with enough clips; unknown is None.

    Costs and errors are of rows with words; rows of silence tell only what was invented.
    """
    spoken = [outcome for outcome in outcomes if not outcome.row.is_silence]
    silent = [outcome for outcome in outcomes if outcome.row.is_silence]
    by_language: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in spoken:
        by_language[outcome.row.language].append(outcome)
    languages = {
        language: {"unit": unit(language)} | _summed(group)
        for language, group in sorted(by_language.items())
    }
    overall = _summed(spoken)
    worst, worst_ratio = _worst(languages)
    figures: dict[str, Any] = {
        "cost_ratio": overall["cost_ratio"],
        "error_ratio": worst_ratio if worst else overall["error_ratio"],
        "error_ratio_worst_language": worst,
        "error_ratio_pooled": overall["error_ratio"],
        "speech_accounted_percent": overall["speech_accounted_percent"],
        "speech_transcribed_percent": overall["speech_transcribed_percent"],
        "invented_words": sum(outcome.invented for outcome in silent),
        "peer_invented_words": _over_peers(silent, lambda said: said.tally.errors),
        "silent_s": round(sum(outcome.audio_s for outcome in silent), 1),
        "languages": languages,
        "overall": overall,
        "normalisation": NORMALISATION,
        "coverage": f"against plain Silero on the same sound, {COLLAR_MS} ms of collar",
    }
    return figures | ({"clips": [_clip(outcome) for outcome in outcomes]} if with_clips else {})


def _worst(languages: dict[str, dict[str, Any]]) -> tuple[str | None, float | None]:
    """The language with the greatest ratio; one where only we are wrong has none and is worse than any."""
    ratios = {
        language: figures["error_ratio"]
        for language, figures in languages.items()
        if figures["clips"] >= ENOUGH_CLIPS and figures["peer_errors"] is not None
    }
    if not ratios:
        return None, None
    worst = max(ratios, key=lambda language: _rank(ratios[language]))
    return worst, ratios[worst]


def _rank(value: float | None) -> float:
    return float("inf") if value is None else value


def _summed(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    ours = _total(outcome.ours for outcome in outcomes)
    peers = [outcome.peer for outcome in outcomes if outcome.peer is not None]
    peer = _total(peers) if peers and len(peers) == len(outcomes) else None
    coverage = sum((outcome.coverage for outcome in outcomes), Coverage())
    return {
        "clips": len(outcomes),
        "audio_s": round(sum(outcome.audio_s for outcome in outcomes), 1),
        **_errors(outcomes, ours, peer),
        **_costs(ours, peer),
        "speech_s": round(coverage.speech_ms / 1000, 1),
        "speech_accounted_percent": _percent(coverage.accounted_ms, coverage.speech_ms),
        "speech_transcribed_percent": _percent(coverage.transcribed_ms, coverage.speech_ms),
    }


def _total(said: Iterable[Said]) -> Said:
    total = Said(text="", cost=Cost(cpu_s=0.0, wall_s=0.0), tally=Tally())
    for one in said:
        total = Said(text="", cost=total.cost + one.cost, tally=total.tally + one.tally)
    return total


def _errors(outcomes: Sequence[Outcome], ours: Said, peer: Said | None) -> dict[str, Any]:
    low = high = found = None
    if peer is not None:
        found = ratio(ours.tally.errors, peer.tally.errors)
        low, high = ratio_interval(
            [outcome.ours.tally.errors for outcome in outcomes],
            [outcome.peer.tally.errors for outcome in outcomes if outcome.peer is not None],
        )
    return {
        "errors": ours.tally.errors,
        "peer_errors": None if peer is None else peer.tally.errors,
        "reference_length": ours.tally.length,
        "error_rate": _rounded(ours.tally.rate),
        "peer_error_rate": None if peer is None else _rounded(peer.tally.rate),
        "error_ratio": _rounded(found),
        "error_ratio_interval_95": None if peer is None else [low, high],
    }


def _costs(ours: Said, peer: Said | None) -> dict[str, Any]:
    paid = peer is not None and peer.cost.cpu_s > 0
    return {
        "cpu_s": round(ours.cost.cpu_s, 2),
        "peer_cpu_s": None if peer is None else round(peer.cost.cpu_s, 2),
        "cost_ratio": _rounded(ours.cost.cpu_s / peer.cost.cpu_s) if peer and paid else None,
        "wall_s": round(ours.cost.wall_s, 2),
        "peer_wall_s": None if peer is None else round(peer.cost.wall_s, 2),
    }


def _over_peers(outcomes: Iterable[Outcome], figure: Callable[[Said], int]) -> int | None:
    known = [figure(outcome.peer) for outcome in outcomes if outcome.peer is not None]
    return sum(known) if known else None


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 2) if whole else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _clip(outcome: Outcome) -> dict[str, Any]:
    peer = outcome.peer
    return {
        "path": str(outcome.row.path),
        "line": outcome.row.line,
        "language": outcome.row.language,
        "audio_s": round(outcome.audio_s, 2),
        "reference": outcome.row.transcript,
        "hypothesis": outcome.ours.text,
        "peer_hypothesis": None if peer is None else peer.text,
        "errors": outcome.ours.tally.errors,
        "peer_errors": None if peer is None else peer.tally.errors,
        "reference_length": outcome.ours.tally.length,
        "cpu_s": round(outcome.ours.cost.cpu_s, 3),
        "peer_cpu_s": None if peer is None else round(peer.cost.cpu_s, 3),
        "speech_s": outcome.coverage.speech_ms / 1000,
        "transcribed_s": outcome.coverage.transcribed_ms / 1000,
        "accounted_s": outcome.coverage.accounted_ms / 1000,
    }
