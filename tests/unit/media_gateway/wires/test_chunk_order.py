"""Chunks of a track: sound comes out in their order, and exactly what is missing is told, in samples."""

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.audio import GapCause
from media_gateway.wires.chunk_order import WINDOW, ChunkOrder

CHUNK_MS = 20
CHUNK_SAMPLES = 160


class Track:
    """What came out of an order: pieces of sound and holes."""

    def __init__(self) -> None:
        self.out: list[bytes | tuple[int, GapCause]] = []
        self.order = ChunkOrder(
            rate_hz=8_000,
            sample_bytes=1,
            hear=self.out.append,
            miss=lambda samples, cause: self.out.append((samples, cause)),
        )

    def take(self, *chunks: int) -> None:
        for chunk in chunks:
            self.order.take(chunk, (chunk - 1) * CHUNK_MS, sound_of(chunk))

    def numbers(self) -> list[int]:
        return [int.from_bytes(piece[:4], "big") for piece in self.out if isinstance(piece, bytes)]

    def holes(self) -> list[tuple[int, GapCause]]:
        return [piece for piece in self.out if isinstance(piece, tuple)]


def sound_of(chunk: int) -> bytes:
    return chunk.to_bytes(4, "big") * (CHUNK_SAMPLES // 4)


def test_chunks_in_order_pass_at_once() -> None:
    track = Track()

    track.take(1, 2, 3)

    assert track.numbers() == [1, 2, 3]
    assert track.holes() == []


def test_chunks_that_overtook_each_other_are_put_back() -> None:
    track = Track()

    track.take(1, 3, 4, 2, 6, 5, 7)

    assert track.numbers() == [1, 2, 3, 4, 5, 6, 7]
    assert track.holes() == []


def test_a_track_whose_first_chunks_overtook_each_other_begins_with_the_first() -> None:
    track = Track()

    track.take(2, 3, 1, 4)

    assert track.numbers() == [1, 2, 3, 4]


def test_a_lost_chunk_is_a_hole_of_its_length() -> None:
    track = Track()

    track.take(1, 2, *range(5, 5 + WINDOW + 1))

    assert track.numbers() == [1, 2, *range(5, 5 + WINDOW + 1)]
    assert track.holes() == [(2 * CHUNK_SAMPLES, GapCause.NETWORK)]


def test_a_chunk_that_came_twice_is_heard_once() -> None:
    track = Track()

    track.take(1, 2, 2, 1, 3)

    assert track.numbers() == [1, 2, 3]
    assert track.order.late == 2


def test_time_without_sound_is_told_by_the_dates() -> None:
    track = Track()

    track.order.take(1, 3_000, sound_of(1))
    track.order.take(2, 3_020, sound_of(2))
    track.order.take(3, 5_040, sound_of(3))

    assert track.holes() == [(24_000, GapCause.ABSENT), (16_000, GapCause.ABSENT)]


def test_dates_that_jitter_are_no_hole() -> None:
    track = Track()

    for chunk, at_ms in enumerate([44, 64, 91, 104, 139], start=1):
        track.order.take(chunk, at_ms, sound_of(chunk))

    assert track.holes() == []


def test_the_end_hands_on_what_was_held_back() -> None:
    track = Track()

    track.take(1, 4, 3)
    track.order.flush()

    assert track.numbers() == [1, 3, 4]
    assert track.holes() == [(CHUNK_SAMPLES, GapCause.NETWORK)]


def test_chunks_without_number_or_date_follow_each_other() -> None:
    track = Track()

    track.order.take(None, None, sound_of(1))
    track.order.take(None, 20, sound_of(2))
    track.order.take(None, 1_040, sound_of(3))

    assert track.numbers() == [1, 2, 3]
    assert track.holes() == [(8_000, GapCause.ABSENT)]


def test_numbers_that_begin_anew_are_followed() -> None:
    track = Track()

    track.take(*range(100, 120))
    track.take(*range(1, 40))

    assert track.numbers()[-5:] == [35, 36, 37, 38, 39]


def test_one_absurd_number_does_not_silence_the_track() -> None:
    track = Track()

    track.take(1, 2)
    track.order.take(10**15, 40, sound_of(9))
    track.take(*range(3, 40))

    assert track.numbers() == list(range(1, 40))


@given(
    swaps=st.lists(st.integers(0, WINDOW // 2), min_size=30, max_size=30),
    lost=st.sets(st.integers(2, 28)),
)
def test_any_small_disorder_is_undone_and_the_time_is_kept(
    swaps: list[int], lost: set[int]
) -> None:
    sent = [chunk for chunk in range(1, 31) if chunk not in lost]
    arriving = sorted(sent, key=lambda chunk: chunk + swaps[chunk - 1])
    track = Track()

    track.take(*arriving)
    track.order.flush()

    assert track.numbers() == sent
    silent = sum(samples for samples, _ in track.holes())
    assert len(sent) * CHUNK_SAMPLES + silent == 30 * CHUNK_SAMPLES


@settings(max_examples=300)
@given(
    chunks=st.lists(
        st.tuples(
            st.none() | st.integers(-5, 40) | st.integers(),
            st.none() | st.integers(),
            st.binary(max_size=8),
        )
    )
)
def test_no_numbers_break_it_and_little_is_held(
    chunks: list[tuple[int | None, int | None, bytes]],
) -> None:
    track = Track()

    for chunk, at_ms, sound in chunks:
        track.order.take(chunk, at_ms, sound)
    held = len(chunks) - len(track.numbers()) - track.order.late
    track.order.flush()

    assert held <= WINDOW + 1
    assert all(samples > 0 for samples, _ in track.holes())
