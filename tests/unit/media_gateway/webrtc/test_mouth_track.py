"""What we say leaves as Opus packets at its own time, and never talks of the past."""

import numpy as np

from media_gateway.webrtc.counters import WebRtcCounters
from media_gateway.webrtc.mouth_track import FRAMES_WAITING, MouthTrack
from media_gateway.webrtc.opus import FRAME_SAMPLES, SAMPLE_BYTES, OpusEar
from tests.fakes.sound import tone

FRAME_BYTES = FRAME_SAMPLES * SAMPLE_BYTES


class Beats:
    def __init__(self) -> None:
        self.position = 1_000

    def __call__(self) -> int:
        return self.position


async def test_frames_come_out_as_opus_that_sounds_like_them() -> None:
    beats, ear, heard = Beats(), OpusEar(), b""
    track = MouthTrack(beats=beats, counters=WebRtcCounters())
    said = tone(400, rate_hz=16_000)

    for at in range(0, len(said), FRAME_BYTES):
        track.send(said[at : at + FRAME_BYTES])
        packet = await track.recv()
        decoded = ear.decode(bytes(packet))
        heard += decoded[0] if decoded else b""

    spectrum = np.abs(np.fft.rfft(np.frombuffer(heard, "<i2")[3_200:4_800]))
    assert int(np.argmax(spectrum)) * 10 == 440


async def test_timestamps_are_beats_so_that_pauses_are_kept() -> None:
    beats = Beats()
    track = MouthTrack(beats=beats, counters=WebRtcCounters())
    times = []

    for position in (1_000, 1_001, 1_500):
        beats.position = position
        track.send(bytes(FRAME_BYTES))
        times.append((await track.recv()).pts)

    assert times == [0, 960, 480_000]


async def test_a_connection_that_takes_nothing_loses_the_oldest() -> None:
    beats, counters = Beats(), WebRtcCounters()
    track = MouthTrack(beats=beats, counters=counters)

    for _ in range(FRAMES_WAITING + 3):
        track.send(bytes(FRAME_BYTES))
        beats.position += 1

    assert counters.frames_unsent == 3
    assert (await track.recv()).pts == 3 * 960


async def test_hushing_forgets_what_was_not_sent() -> None:
    track = MouthTrack(beats=Beats(), counters=WebRtcCounters())
    track.send(bytes(FRAME_BYTES))

    track.hush()

    await track.all_taken()
