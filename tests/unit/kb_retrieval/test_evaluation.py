from pathlib import Path

import pytest

from domain.errors import InputError
from domain.ids import ArticleId
from domain.language import EN, ZH, LanguageTag
from kb_retrieval.evaluation import Labelled, Outcome, ask, read_labelled, report
from kb_retrieval.fusion import Calibration
from kb_retrieval.search import Search
from kb_retrieval.settings import KnowledgeSettings
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.knowledge import an_article


def an_outcome(
    rank: int | None,
    score: float,
    *,
    language: LanguageTag = ZH,
    answerable: bool = True,
    misheard: bool = False,
) -> Outcome:
    articles = (ArticleId("a"),) if answerable else ()
    labelled = Labelled(text="问", language=language, articles=articles, misheard=misheard)
    return Outcome(labelled=labelled, rank=rank, score=score)


def test_a_report_counts_what_a_threshold_would_show() -> None:
    outcomes = [
        an_outcome(1, 0.9),
        an_outcome(2, 0.8, language=EN, misheard=True),
        an_outcome(None, 0.2),
        an_outcome(None, 0.95, answerable=False),
        an_outcome(None, 0.1, answerable=False),
    ]

    told = report(outcomes, threshold=0.75)

    assert told.overall.n == 3
    assert told.overall.recall_at_1 == pytest.approx(1 / 3)
    assert told.overall.recall_at_5 == pytest.approx(2 / 3)
    assert told.overall.mrr == pytest.approx(0.5)
    assert told.by_language[EN].recall_at_5 == 1
    assert told.misheard.n == 1
    assert told.precision == pytest.approx(1 / 3)
    assert told.silence == pytest.approx(0.5)
    assert told.shown == pytest.approx(2 / 3)


def test_without_a_card_there_is_no_precision() -> None:
    assert report([an_outcome(1, 0.1)], threshold=0.75).precision is None


async def test_questions_are_asked_of_the_real_search() -> None:
    lamp = an_article(
        "lamp", zh=("路灯不亮", "路灯坏了", "请告诉我们路名。"), en=("Lamp", "Dark", "Tell us.")
    )
    search = await Search.open(
        [lamp],
        embedder=FakeEmbedder(),
        settings=KnowledgeSettings(),
        calibration=Calibration(cosine=1, coverage=1, same_topic=0, offset=0),
    )
    wanted = Labelled(text="路灯坏了", language=ZH, articles=(lamp.article_id,))
    stray = Labelled(text="天气", language=ZH, articles=())

    right, none = await ask(search, [wanted, stray])

    assert right.rank == 1
    assert none.rank is None


def test_a_mistake_in_the_labels_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "labels.yaml"
    path.write_text("questions:\n  - {language: zh, text: 问}\nout_of_scope: []\n", "utf-8")

    with pytest.raises(InputError, match=r"labels\.yaml:2: expected 'articles'"):
        read_labelled(path)
