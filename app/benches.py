"""Run the benches that need the machines behind understanding and knowledge."""

from collections import Counter
from typing import Any

from app.settings import Settings
from app.wiring import open_meaning
from kb_retrieval import Search
from kb_retrieval.evaluation import HELD_OUT, Labelled, ask, read_labelled, report
from nlu import evaluate, load_examples, load_taxonomy
from nlu.evaluation import Share

SHORTLIST = 20


async def understanding_figures(settings: Settings) -> dict[str, Any]:
    """Shares of right readings; the peer always answers with the commonest topic."""
    taxonomy = load_taxonomy(settings.nlu.taxonomy)
    sentences = load_examples(settings.nlu.evaluation, taxonomy)
    async with open_meaning(settings) as meaning:
        measured = await evaluate(
            meaning.classifier, taxonomy, sentences, floor=settings.nlu.confidence_floor
        )
    topics = Counter(s.topic_id for s in sentences if taxonomy.topic(s.topic_id).is_matter)
    return {
        "top1": _share(measured.top1),
        "top1_by_language": {language: _share(share) for language, share in measured.by_language},
        "named_right": _share(measured.named),
        "named_wrong": _share(measured.misnamed),
        "unknown_when_out_of_scope": _share(measured.unknown_out_of_scope),
        "peer_commonest_topic": round(max(topics.values()) / topics.total(), 3),
    }


async def search_figures(settings: Settings) -> dict[str, Any]:
    """Recall on held-out questions; the peers are the two halves the search is made of."""
    questions = read_labelled(HELD_OUT)
    async with open_meaning(settings) as meaning:
        measured = report(await ask(meaning.search, questions), settings.assist.medium_from)
        words, sense = await _halves(meaning.search, questions)
    return {
        "recall_at_1": round(measured.overall.recall_at_1, 3),
        "recall_at_5": round(measured.overall.recall_at_5, 3),
        "mrr": round(measured.overall.mrr, 3),
        "recall_at_1_and_5_by_language": {
            language: f"{figures.recall_at_1:.2f} / {figures.recall_at_5:.2f} of {figures.n}"
            for language, figures in measured.by_language.items()
        },
        "card_precision": None if measured.precision is None else round(measured.precision, 3),
        "silence_out_of_scope": round(measured.silence, 3),
        "peer_words_alone_recall_at_1": words,
        "peer_meaning_alone_recall_at_1": sense,
    }


async def _halves(search: Search, questions: tuple[Labelled, ...]) -> tuple[float, float]:
    """recall@1 of the lexical and of the dense ranking alone."""
    asked = [question for question in questions if question.articles]
    by_words = by_meaning = 0
    for question in asked:
        hits = await search.search(question.text, language=question.language, limit=SHORTLIST)
        right = [hit for hit in hits if hit.passage.article_id in question.articles]
        by_words += any(hit.lexical_rank == 1 for hit in right)
        by_meaning += any(hit.dense_rank == 1 for hit in right)
    return round(by_words / len(asked), 3), round(by_meaning / len(asked), 3)


def _share(share: Share) -> str:
    return f"{share.right}/{share.total}"
