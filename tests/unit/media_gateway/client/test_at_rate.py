"""A recording at any rate goes out at the wire's, block by block, as if it had been converted at once."""

import numpy as np
import pytest

from media_gateway.client.at_rate import AtRate
from media_gateway.client.recording import Recording
from tests.fakes.sound import tone


@pytest.mark.parametrize("from_hz", [8_000, 16_000, 44_100, 48_000])
def test_blocks_join_to_the_same_sound_at_the_wires_rate(from_hz: int) -> None:
    legs = (tone(1_000, rate_hz=from_hz), tone(1_000, hz=600, rate_hz=from_hz))
    source = AtRate(Recording(legs=legs, sample_rate_hz=from_hz), 8_000)

    taken = []
    while (block := source.take(160)) is not None:
        taken.append(block)

    sound = np.frombuffer(b"".join(taken), "<i2").reshape(-1, 2)
    assert [len(block) for block in taken[:10]] == [640] * 10
    assert abs(len(sound) - 8_000) <= 1
    for channel, hz in enumerate((440, 600)):
        spectrum = np.abs(np.fft.rfft(sound[:8_000, channel].astype(float)))
        assert round(int(np.argmax(spectrum)) * 8_000 / len(sound)) == hz
