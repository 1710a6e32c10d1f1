"""The speech detector is given what it can judge."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from asr.ear.vad import WINDOW_SAMPLES
from asr.engines.silero import SileroDetector
from domain.errors import EngineError


class ListeningNetwork:
    """Remembers how loud every window was that it heard."""

    def __init__(self) -> None:
        self.levels: list[float] = []

    def run(self, _: None, feed: Mapping[str, Any]) -> tuple[Any, Any, Any]:
        rows = feed["input"]
        self.levels += [float(np.sqrt((row**2).mean())) for row in rows]
        return np.full(len(rows), 0.9), feed["h"], feed["c"]


class BrokenNetwork:
    def run(self, *_: object) -> None:
        raise RuntimeError("out of memory")


def windows(level: float, count: int) -> Any:
    signs = np.tile([1, -1], count * WINDOW_SAMPLES // 2)
    return (level * signs).astype(np.float32)


def test_a_line_that_is_too_loud_is_heard_at_the_usual_level() -> None:
    network = ListeningNetwork()

    SileroDetector(network).probabilities(windows(0.8, 3))

    assert network.levels[1:] == pytest.approx([0.2, 0.2], rel=0.1)


def test_a_quiet_line_is_heard_as_it_is() -> None:
    network = ListeningNetwork()

    SileroDetector(network).probabilities(windows(0.01, 3))

    assert network.levels[1:] == pytest.approx([0.01, 0.01], rel=0.01)


def test_after_a_shout_a_voice_is_soon_heard_as_it_is() -> None:
    network = ListeningNetwork()
    detector = SileroDetector(network)

    detector.probabilities(windows(0.8, 3))
    detector.probabilities(windows(0.1, 600))

    assert network.levels[4] < 0.05
    assert network.levels[-1] == pytest.approx(0.1, rel=0.01)


def test_how_windows_are_handed_over_changes_nothing() -> None:
    sound = np.random.default_rng(1).normal(0, 0.4, 8 * WINDOW_SAMPLES).astype(np.float32)
    at_once, one_by_one = ListeningNetwork(), ListeningNetwork()

    SileroDetector(at_once).probabilities(sound)
    detector = SileroDetector(one_by_one)
    for at in range(0, len(sound), WINDOW_SAMPLES):
        detector.probabilities(sound[at : at + WINDOW_SAMPLES])

    assert at_once.levels == pytest.approx(one_by_one.levels)


def test_a_network_that_fails_is_told_in_one_sentence() -> None:
    with pytest.raises(EngineError, match="failed on a window"):
        SileroDetector(BrokenNetwork()).probabilities(windows(0.1, 1))
