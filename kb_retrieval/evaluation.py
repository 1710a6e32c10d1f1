"""Measure search on labelled questions: is the right article found, and is there silence when none fits?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import yaml

from domain.ids import ArticleId
from domain.language import LanguageTag
from kb_retrieval.marked_yaml import MarkedYaml
from kb_retrieval.search import Search

SETS = Path(__file__).with_name("evaluation")
CALIBRATION = SETS / "calibration.yaml"
HELD_OUT = SETS / "held_out.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """``articles`` that answer the question; empty when none does and silence is right."""

    text: str
    language: LanguageTag
    articles: tuple[ArticleId, ...]
    misheard: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """``rank`` of the first right article counted from 1, or None; ``score`` of the best hit."""

    labelled: Labelled
    rank: int | None
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Shares in [0, 1] over ``n`` questions that have an answer."""

    n: int
    recall_at_1: float
    recall_at_5: float
    mrr: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a threshold would do.

    ``precision`` of shown cards, ``silence`` on questions without an answer,
    ``shown`` of those that have one. ``precision`` is None when nothing was shown.
    """

    overall: Figures
    by_language: Mapping[LanguageTag, Figures]
    misheard: Figures
    threshold: float
    precision: float | None
    silence: float
    shown: float


def read_labelled(path: Path) -> tuple[Labelled, ...]:
    """Raises InputError with file and line."""
    file = MarkedYaml(path)
    top = file.mapping(file.root(), required=("questions", "out_of_scope"))
    asked = tuple(_question(file, node) for node in file.items(top["questions"]))
    return asked + tuple(_stray(file, node) for node in file.items(top["out_of_scope"]))


def _question(file: MarkedYaml, node: yaml.Node) -> Labelled:
    parts = file.mapping(node, required=("language", "articles", "text"), optional=("misheard",))
    return Labelled(
        text=file.text(parts["text"]),
        language=LanguageTag(file.text(parts["language"])),
        articles=tuple(ArticleId(article) for article in file.texts(parts["articles"])),
        misheard="misheard" in parts and file.flag(parts["misheard"]),
    )


def _stray(file: MarkedYaml, node: yaml.Node) -> Labelled:
    parts = file.mapping(node, required=("language", "text"))
    return Labelled(
        text=file.text(parts["text"]),
        language=LanguageTag(file.text(parts["language"])),
        articles=(),
    )


async def ask(search: Search, questions: Iterable[Labelled]) -> list[Outcome]:
    """One search per question, in order; without a topic hint, so that search answers for itself."""
    outcomes = []
    for labelled in questions:
        hits = await search.search(labelled.text, language=labelled.language, limit=5)
        ranks = (
            rank
            for rank, hit in enumerate(hits, start=1)
            if hit.passage.article_id in labelled.articles
        )
        outcomes.append(
            Outcome(labelled=labelled, rank=next(ranks, None), score=hits[0].score if hits else 0.0)
        )
    return outcomes


def report(outcomes: Iterable[Outcome], threshold: float) -> Report:
    """Pure. The first hit is shown when its score reaches ``threshold``."""
    everything = list(outcomes)
    asked = [o for o in everything if o.labelled.articles]
    stray = [o for o in everything if not o.labelled.articles]
    cards = [o for o in everything if o.score >= threshold]
    languages = dict.fromkeys(o.labelled.language for o in asked)
    return Report(
        overall=_figures(asked),
        by_language={
            language: _figures([o for o in asked if o.labelled.language == language])
            for language in languages
        },
        misheard=_figures([o for o in asked if o.labelled.misheard]),
        threshold=threshold,
        precision=fmean(o.rank == 1 for o in cards) if cards else None,
        silence=_share(o.score < threshold for o in stray),
        shown=_share(o.score >= threshold for o in asked),
    )


def _figures(outcomes: list[Outcome]) -> Figures:
    return Figures(
        n=len(outcomes),
        recall_at_1=_share(o.rank == 1 for o in outcomes),
        recall_at_5=_share(o.rank is not None for o in outcomes),
        mrr=_share(1 / o.rank if o.rank else 0.0 for o in outcomes),
    )


def _share(values: Iterable[float]) -> float:
    kept = list(values)
    return fmean(kept) if kept else 0.0
