"""Telephone systems are known by their tones."""

import pytest

from asr.sounds.tone_plan import read_tone_plan
from domain.passage import PassageKind

PLAN = read_tone_plan()


@pytest.mark.parametrize(
    ("peaks_hz", "kind"),
    [
        ((451.5,), PassageKind.RING_BACK),
        ((423.0,), PassageKind.RING_BACK),
        ((460.0,), PassageKind.RING_BACK),  # 440 and 480 at once, as one blurred peak
        ((481.0, 619.0), PassageKind.RING_BACK),
        ((770.0, 1336.0), PassageKind.DTMF),
        ((1_100.0,), PassageKind.NOISE),
        ((1_400.0,), PassageKind.ANNOUNCEMENT),
    ],
)
def test_a_tone_of_the_plan_is_known(peaks_hz: tuple[float, ...], kind: PassageKind) -> None:
    assert PLAN.kind_of(peaks_hz) is kind


@pytest.mark.parametrize(
    "peaks_hz", [(), (300.0,), (560.0,), (770.0,), (700.0, 770.0), (450.0, 900.0)]
)
def test_any_other_pitch_is_none_of_them(peaks_hz: tuple[float, ...]) -> None:
    assert PLAN.kind_of(peaks_hz) is None
