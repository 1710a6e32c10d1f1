"""Read the two-level taxonomy of hotline matters."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from domain.errors import InputError

OUT_OF_SCOPE = "other.out_of_scope"


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One line of the taxonomy.

    ``is_matter`` is False for greetings and whatever is nobody's business here; ``may_go_on`` marks such talk that
    may still complete a matter begun before ("my passport was in it").
    """

    topic_id: str
    category_id: str
    title_zh: str
    title_en: str
    is_matter: bool
    may_go_on: bool = False


class Taxonomy:
    """All topics by their stable id."""

    def __init__(self, topics: tuple[Topic, ...]) -> None:
        self._topics = {topic.topic_id: topic for topic in topics}

    def __iter__(self) -> Iterator[Topic]:
        return iter(self._topics.values())

    def __contains__(self, topic_id: object) -> bool:
        return topic_id in self._topics

    def topic(self, topic_id: str) -> Topic:
        """Raises InputError when the taxonomy has no such topic."""
        if topic_id not in self._topics:
            raise InputError(
                "nlu.topic", f"expected a topic of the taxonomy, got {topic_id!r}; add it first"
            )
        return self._topics[topic_id]


class _TopicEntry(BaseModel):
    """A topic as the file writes it."""

    model_config = ConfigDict(extra="forbid", strict=True)
    id: str
    zh: str
    en: str
    may_go_on: bool = False


class _CategoryEntry(BaseModel):
    """A category as the file writes it."""

    model_config = ConfigDict(extra="forbid", strict=True)
    id: str
    zh: str
    en: str
    topics: list[_TopicEntry]
    matter: bool = True


_CATEGORIES = TypeAdapter(list[_CategoryEntry])


def load_taxonomy(path: Path) -> Taxonomy:
    """Raises InputError naming the file when it cannot be read as a taxonomy."""
    try:
        entries = _CATEGORIES.validate_python(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as broken:
        raise InputError(
            "nlu.taxonomy", f"expected a taxonomy in {path.name}, got: {broken}"
        ) from broken
    return Taxonomy(tuple(_topics(entries)))


def _topics(entries: list[_CategoryEntry]) -> Iterator[Topic]:
    for category in entries:
        for topic in category.topics:
            yield Topic(
                topic_id=f"{category.id}.{topic.id}",
                category_id=category.id,
                title_zh=topic.zh,
                title_en=topic.en,
                is_matter=category.matter,
                may_go_on=topic.may_go_on,
            )
