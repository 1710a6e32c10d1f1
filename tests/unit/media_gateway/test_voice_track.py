"""What we say lines up, sample for sample, with what we hear."""

from hypothesis import given
from hypothesis import strategies as st

from media_gateway.voice_track import VoiceTrack


def test_silence_surrounds_what_is_said() -> None:
    track = VoiceTrack()

    before = track.advance(2)
    track.append(b"\1\1\2\2\3\3")
    during = track.advance(2)
    after = track.advance(2)

    assert (before, during, after) == (bytes(4), b"\1\1\2\2", b"\3\3\0\0")


def test_an_interrupted_voice_is_silent_from_the_interruption_on() -> None:
    track = VoiceTrack()
    track.append(b"\1\1" * 100)

    said = track.advance(10)
    track.cut()

    assert said == b"\1\1" * 10
    assert track.advance(10) == bytes(20)
    assert not track


@given(
    pieces=st.lists(st.integers(0, 50), max_size=8), steps=st.lists(st.integers(1, 40), max_size=20)
)
def test_however_it_advances_the_words_come_whole_and_in_order(
    pieces: list[int], steps: list[int]
) -> None:
    track = VoiceTrack()
    words = b""
    for number, samples in enumerate(pieces, 1):
        track.append(bytes([number, 0]) * samples)
        words += bytes([number, 0]) * samples

    said = b"".join(track.advance(step) for step in steps)

    assert said == words.ljust(len(said), b"\0")[: 2 * sum(steps)]
