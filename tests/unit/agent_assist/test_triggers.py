from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_assist.settings import AssistSettings
from agent_assist.suggestions import card_from, offer
from agent_assist.triggers import Card, Desk, band_of, consider, release, release_at_ms
from domain.assistance import Band
from domain.errors import InputError
from domain.events import KnowledgeFound
from domain.ids import CallId, SegmentId
from tests.fakes.knowledge import a_hit

SETTINGS = AssistSettings()
CALL = CallId("call-1")


def a_card(
    article_id: str = "lamp",
    *,
    score: float = 0.8,
    since_ms: int = 0,
    topic_id: str | None = None,
) -> Card:
    found = KnowledgeFound(
        call_id=CALL,
        segment_id=SegmentId("s1"),
        question="问",
        hits=(a_hit(article_id, score=score, topic_id=topic_id),),
        heard_at_ms=since_ms,
    )
    card = card_from(found, since_ms, SETTINGS)
    assert card is not None
    return card


def desk_after(*cards: tuple[Card, int]) -> Desk:
    desk = Desk()
    for card, now_ms in cards:
        desk, _ = consider(desk, card, now_ms, SETTINGS)
    return desk


@pytest.mark.parametrize(
    ("score", "band"),
    [(0.2, None), (0.749, None), (0.75, Band.MEDIUM), (0.899, Band.MEDIUM), (0.9, Band.HIGH)],
)
def test_a_score_has_a_band_or_there_is_silence(score: float, band: Band | None) -> None:
    assert band_of(score, SETTINGS) is band


def test_the_first_good_answer_is_shown_at_once() -> None:
    card = a_card(since_ms=1_000)

    _, shown = consider(Desk(), card, 1_300, SETTINGS)

    assert shown == card


def test_the_same_article_is_never_shown_twice_in_a_call() -> None:
    desk = desk_after((a_card("lamp"), 0))

    _, shown = consider(desk, a_card("lamp", score=0.99, since_ms=60_000), 60_000, SETTINGS)

    assert shown is None


def test_a_second_card_within_eight_seconds_has_to_wait() -> None:
    desk = desk_after((a_card("lamp"), 0))

    desk, shown = consider(desk, a_card("water", since_ms=5_000), 5_000, SETTINGS)

    assert shown is None
    assert release_at_ms(desk, SETTINGS) == 8_000


def test_a_sure_answer_to_a_new_matter_need_not_wait() -> None:
    desk = desk_after((a_card("lamp", topic_id="city.roads"), 0))
    card = a_card("visa", score=0.97, topic_id="residence.foreigner_permit", since_ms=3_000)

    _, shown = consider(desk, card, 3_000, SETTINGS)

    assert shown == card


def test_a_sure_answer_to_the_same_matter_waits_like_any_other() -> None:
    desk = desk_after((a_card("lamp", topic_id="city.roads"), 0))
    card = a_card("road", score=0.97, topic_id="city.roads", since_ms=3_000)

    _, shown = consider(desk, card, 3_000, SETTINGS)

    assert shown is None


def test_articles_outside_the_taxonomy_are_matters_of_their_own() -> None:
    desk = desk_after((a_card("school"), 0))

    _, shown = consider(desk, a_card("lift", score=0.97), 3_000, SETTINGS)

    assert shown is not None


def test_a_held_card_is_shown_when_its_turn_comes() -> None:
    held = a_card("water", since_ms=5_000)
    desk = desk_after((a_card("lamp"), 0), (held, 5_000))

    early, nothing = release(desk, 7_999, SETTINGS)
    late, shown = release(early, 8_000, SETTINGS)

    assert nothing is None
    assert shown == held
    assert late.held is None
    assert release_at_ms(late, SETTINGS) is None


def test_a_surer_card_takes_the_place_of_the_one_that_waits() -> None:
    better = a_card("heating", score=0.88, since_ms=6_000)
    desk = desk_after((a_card("lamp"), 0), (a_card("water", since_ms=5_000), 5_000))

    desk, _ = consider(desk, better, 6_000, SETTINGS)
    desk, _ = consider(desk, a_card("noise", score=0.76, since_ms=7_000), 7_000, SETTINGS)

    assert desk.held == better


def test_a_card_that_waited_too_long_is_dropped() -> None:
    slow = AssistSettings(gap_ms=30_000)
    desk, _ = consider(Desk(), a_card("lamp"), 0, slow)
    desk, _ = consider(desk, a_card("water", since_ms=5_000), 5_000, slow)

    assert release_at_ms(desk, slow) == 25_000
    desk, shown = release(desk, 25_000, slow)

    assert shown is None
    assert desk.held is None


@pytest.mark.parametrize(("behind_ms", "is_card"), [(120_000, True), (120_001, False)])
def test_an_answer_to_something_said_minutes_ago_is_no_card(behind_ms: int, is_card: bool) -> None:
    found = KnowledgeFound(
        call_id=CALL, segment_id=SegmentId("s1"), question="问", hits=(a_hit(),), heard_at_ms=1_000
    )

    assert (card_from(found, 1_000 + behind_ms, SETTINGS) is not None) is is_card


def test_an_article_shown_meanwhile_no_longer_waits() -> None:
    waiting = a_card("visa", since_ms=5_000, topic_id="residence.foreigner_permit")
    desk = desk_after((a_card("lamp", topic_id="city.roads"), 0), (waiting, 5_000))
    surer = a_card("visa", score=0.97, since_ms=6_000, topic_id="residence.foreigner_permit")

    desk, shown = consider(desk, surer, 6_000, SETTINGS)

    assert shown == surer
    assert desk.held is None


@given(
    st.lists(
        st.tuples(
            st.sampled_from("abcdef"),
            st.floats(0.75, 0.899),
            st.integers(0, 6_000),
        ),
        max_size=40,
    )
)
def test_cards_that_are_not_sure_never_come_closer_than_eight_seconds_nor_twice(
    phrases: list[tuple[str, float, int]],
) -> None:
    desk, now_ms = Desk(), 0
    shown: list[tuple[str, int]] = []
    for article_id, score, pause_ms in phrases:
        now_ms += pause_ms
        desk, due = release(desk, now_ms, SETTINGS)
        desk, new = consider(
            desk, a_card(article_id, score=score, since_ms=now_ms), now_ms, SETTINGS
        )
        shown += [(card.hit.passage.article_id, now_ms) for card in (due, new) if card]

    times = [at_ms for _, at_ms in shown]
    assert all(later - sooner >= 8_000 for sooner, later in pairwise(times))
    assert len({article_id for article_id, _ in shown}) == len(shown)


def test_a_suggestion_cites_its_source_and_the_words_that_asked_for_it() -> None:
    card = a_card("lamp", score=0.93, since_ms=1_000)

    offered = offer(CALL, card, 1_450)

    assert offered.card_latency_ms == 450
    assert offered.suggestion.passage == card.hit.passage
    assert offered.suggestion.band is Band.HIGH
    assert offered.suggestion.because_segment_id == "s1"
    assert offered.suggestion.suggestion_id == offer(CALL, card, 9_000).suggestion.suggestion_id


def test_a_phrase_whose_end_was_never_timed_has_no_latency() -> None:
    found = KnowledgeFound(call_id=CALL, segment_id=SegmentId("s1"), question="问", hits=(a_hit(),))
    card = card_from(found, 500, SETTINGS)

    assert card is not None
    assert card.since_ms == 500
    assert offer(CALL, card, 600).card_latency_ms is None


@pytest.mark.parametrize("hits", [(), (a_hit(score=0.4),)])
def test_nothing_good_enough_makes_no_card(hits: tuple[()]) -> None:
    found = KnowledgeFound(call_id=CALL, segment_id=SegmentId("s1"), question="问", hits=hits)

    assert card_from(found, 0, SETTINGS) is None


def test_bands_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(InputError, match="swap or lower"):
        AssistSettings(medium_from=0.9, high_from=0.8)
