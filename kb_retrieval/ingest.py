"""Read a folder of YAML files into articles; a mistake is told with file and line, and nothing is half taken."""

import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from domain.errors import InputError
from domain.ids import ArticleId
from domain.language import EN, HOTLINE_LANGUAGES, ZH, LanguageTag
from kb_retrieval.article import Article, Wording
from kb_retrieval.marked_yaml import MarkedYaml

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
TOPIC = re.compile(r"[a-z_]+\.[a-z_]+")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
UNSIGNED = (
    "示范 sample"  # stands beside the version on every card made from wording nobody has signed yet
)


def read_articles(folder: Path) -> tuple[Article, ...]:
    """Every article of every ``*.yaml`` in the folder, ordered by file name. Raises InputError."""
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise InputError(
            "kb_retrieval.no_articles", f"expected *.yaml files in {folder}, found none"
        )
    articles: dict[ArticleId, Article] = {}
    for path in files:
        for node, article in _articles(path):
            if article.article_id in articles:
                raise MarkedYaml(path).refuse(
                    node, f"expected a new id, got {article.article_id!r} again; rename one"
                )
            articles[article.article_id] = article
    return tuple(articles.values())


def _articles(path: Path) -> Iterator[tuple[yaml.Node, Article]]:
    file = MarkedYaml(path)
    top = file.mapping(file.root(), required=("signed_off", "articles"))
    signed_off = file.flag(top["signed_off"])
    for node in file.items(top["articles"]):
        yield node, _article(file, node, signed_off)


def _article(file: MarkedYaml, node: yaml.Node, signed_off: bool) -> Article:
    parts = file.mapping(
        node, required=("id", "department", "version", "wordings"), optional=("topic_id",)
    )
    date = _shaped(file, parts["version"], DATE, "a date like 2026-11-01")
    topic = parts.get("topic_id")
    return Article(
        article_id=ArticleId(_shaped(file, parts["id"], ID, "an id like ss-card-lost")),
        topic_id=None if topic is None else _shaped(file, topic, TOPIC, "category.topic"),
        departments=_departments(file, parts["department"]),
        version=date if signed_off else f"{date} {UNSIGNED}",
        wordings=_wordings(file, parts["wordings"]),
    )


def _shaped(file: MarkedYaml, node: yaml.Node, shape: re.Pattern[str], expected: str) -> str:
    text = file.text(node)
    if not shape.fullmatch(text):
        raise file.refuse(node, f"expected {expected}, got {text!r}")
    return text


def _departments(file: MarkedYaml, node: yaml.Node) -> dict[LanguageTag, str]:
    names = file.mapping(node, required=(ZH, EN), optional=HOTLINE_LANGUAGES)
    return {LanguageTag(language): file.text(name) for language, name in names.items()}


def _wordings(file: MarkedYaml, node: yaml.Node) -> dict[LanguageTag, Wording]:
    wordings = file.mapping(node, required=(ZH, EN), optional=HOTLINE_LANGUAGES)
    return {LanguageTag(language): _wording(file, value) for language, value in wordings.items()}


def _wording(file: MarkedYaml, node: yaml.Node) -> Wording:
    parts = file.mapping(node, required=("title", "questions", "answer"))
    lines = file.text(parts["answer"]).splitlines()
    return Wording(
        title=file.text(parts["title"]),
        questions=file.texts(parts["questions"]),
        answer=tuple(line.strip() for line in lines if line.strip()),
    )
