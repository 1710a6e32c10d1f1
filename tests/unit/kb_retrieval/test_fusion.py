from hypothesis import given
from hypothesis import strategies as st

from kb_retrieval.fusion import E5_SMALL, reciprocal_ranks


def test_what_both_rankings_like_comes_first() -> None:
    assert reciprocal_ranks(["a", "b", "c"], ["b", "c", "d"])[0] == "b"


def test_nothing_that_was_ranked_is_lost() -> None:
    assert set(reciprocal_ranks(["a"], ["b"], [])) == {"a", "b"}


def test_of_equal_votes_the_first_ranking_wins() -> None:
    assert reciprocal_ranks(["a"], ["b"]) == ["a", "b"]


@given(
    cosine=st.floats(-1, 1),
    coverage=st.floats(0, 1),
    more=st.floats(0, 0.5),
)
def test_a_score_lies_between_nought_and_one_and_rises_with_evidence(
    cosine: float, coverage: float, more: float
) -> None:
    score = E5_SMALL.score(cosine=cosine, coverage=coverage, same_topic=False)

    assert 0 < score < 1
    assert E5_SMALL.score(cosine=cosine + more, coverage=coverage, same_topic=False) >= score
    assert E5_SMALL.score(cosine=cosine, coverage=coverage + more, same_topic=False) >= score
    assert E5_SMALL.score(cosine=cosine, coverage=coverage, same_topic=True) >= score
