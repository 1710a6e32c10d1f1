"""The bridge's figures are true of an hour, which passes in virtual time."""

from bench.bridge import hour_of_drift


async def test_an_hour_of_clocks_that_differ_loses_no_beat_no_frame_and_gains_no_delay() -> None:
    figures = await hour_of_drift()

    assert figures["bridge_hour_beats"] == 180_000
    assert figures["bridge_hour_frames_lost"] == 0
    assert figures["bridge_hour_underruns"] == figures["bridge_hour_cut_samples"] == 0
    assert figures["bridge_hour_dropped_samples"] == 2_880  # 100 ppm of an hour
    assert figures["bridge_hour_inserted_samples"] == 2_880
    assert figures["bridge_hour_worst_wait_ms"] < 40
