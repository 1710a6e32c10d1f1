"""Every second of speech becomes text, or is marked, or somebody is told."""

from asr.leg.coverage import Coverage


def test_speech_that_was_read_or_marked_is_accounted_for() -> None:
    books = Coverage()
    books.hear(0, 2_000)
    books.hear(5_000, 6_000)
    books.read(-100, 2_200)
    books.mark(5_000, 6_500)

    account = books.settle(10_000)

    assert (account.speech_ms, account.read_ms, account.marked_ms, account.lost_ms) == (
        3_000, 2_000, 1_000, 0,
    )  # fmt: skip
    assert account.accounted == 1.0


def test_speech_without_an_answer_is_named_so_that_it_can_be_marked() -> None:
    books = Coverage()
    books.hear(0, 3_000)
    books.read(0, 1_000)
    books.mark(2_500, 9_000)

    assert books.lost(10_000) == [(1_000, 2_500)]

    books.mark(1_000, 2_500)
    assert books.lost(10_000) == []
    assert books.settle(10_000).lost_ms == 0


def test_what_nobody_answered_counts_as_lost_once_it_is_settled() -> None:
    books = Coverage()
    books.hear(0, 1_000)
    books.read(0, 600)

    account = books.settle(1_000)

    assert (account.read_ms, account.lost_ms) == (600, 400)
    assert account.accounted == 0.6


def test_two_reports_of_the_same_stretch_count_once() -> None:
    books = Coverage()
    books.hear(0, 1_000)
    books.hear(500, 1_500)
    books.read(0, 1_500)
    books.read(0, 1_500)
    books.mark(0, 1_500)

    account = books.settle(2_000)

    assert (account.speech_ms, account.read_ms, account.marked_ms) == (1_500, 1_500, 0)


def test_speech_that_is_still_being_read_is_open_and_not_lost() -> None:
    books = Coverage()
    books.hear(0, 1_000)
    books.read(0, 1_000)
    books.settle(1_000)
    books.hear(1_000, 1_800)

    account = books.account()

    assert (account.speech_ms, account.open_ms, account.lost_ms) == (1_800, 800, 0)
    assert account.accounted == 1.0


def test_what_is_settled_stays_settled_and_is_forgotten() -> None:
    books = Coverage()
    for second in range(100):
        at = second * 1_000
        books.hear(at, at + 800)
        books.read(at, at + 900)
        books.settle(at + 1_000)
    books.hear(0, 50_000)  # too late to change the books

    account = books.account()

    assert (account.speech_ms, account.read_ms, account.open_ms) == (80_000, 80_000, 0)


def test_a_leg_that_speaks_without_becoming_text_is_noticed() -> None:
    books = Coverage()
    assert books.unheard_ms(60_000) == 0

    books.hear(10_000, 11_000)
    books.hear(15_000, 19_000)
    assert books.unheard_ms(40_000) == 30_000

    books.mark(10_000, 19_000, is_answer=False)  # nobody could read it
    assert books.unheard_ms(40_000) == 30_000

    books.mark(10_000, 19_000)
    assert books.unheard_ms(60_000) == 0


def test_a_leg_on_which_nobody_spoke_is_whole() -> None:
    assert Coverage().settle(60_000).accounted == 1.0
