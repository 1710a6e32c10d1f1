"""What a leg on hold hears is soft, goes round without a click, and is no voice to our ears."""

import numpy as np

from media_gateway.hold_tone import hold_tone


def test_the_tone_is_soft_and_goes_round_in_silence() -> None:
    tone = hold_tone()
    wave = np.frombuffer(tone.pcm, "<i2").astype(int)

    assert tone.duration_ms == 5_000
    assert (
        800 < np.max(np.abs(wave)) < 3_300
    )  # between -32 and -20 dBFS: heard, and quieter than speech
    assert not wave[:2_000].any()
    assert not wave[-8_000:].any()
    assert np.max(np.abs(np.diff(wave))) < 1_500
