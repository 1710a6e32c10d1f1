"""Gather the names and titles that callers of this hotline are likely to say."""

from collections.abc import Sequence

from app.settings import Settings
from asr.text.hotwords import hotwords_from
from domain.language import ZH
from kb_retrieval import read_articles
from kb_retrieval.article import Article
from nlu.entities.place_names import CITIES, DISTRICTS


def terms_of_hotline(settings: Settings) -> tuple[str, ...]:
    """Those of the knowledge that the settings name; blocking."""
    articles = read_articles(settings.knowledge.articles_dir)
    return known_terms(articles, settings.asr.text.hotwords_at_most)


def known_terms(articles: Sequence[Article], at_most: int) -> tuple[str, ...]:
    """Terms of the knowledge titles, the departments that answer, cities and districts; simplified Chinese.

    At most so many terms are taken out of the titles. Blocking: the dictionary is loaded at first use.
    """
    titles = [article.wordings[ZH].title for article in articles if ZH in article.wordings]
    departments = [article.departments[ZH] for article in articles if ZH in article.departments]
    places = [f"{name}市" for name in CITIES] + [f"{name}区" for name in DISTRICTS]
    return tuple(dict.fromkeys([*hotwords_from(titles, at_most), *departments, *places]))
