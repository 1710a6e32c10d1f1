"""Read sentences that are labelled with the topic they belong to."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import TypeAdapter, ValidationError

from domain.errors import InputError
from domain.language import LanguageTag
from nlu.taxonomy import Taxonomy


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A sentence as a caller would say it, and what it means."""

    text: str
    topic_id: str
    language: LanguageTag


_FILE = TypeAdapter(dict[str, dict[str, list[str]]])


def load_examples(folder: Path, taxonomy: Taxonomy) -> tuple[Example, ...]:
    """Every sentence of every file, in a fixed order. Raises InputError naming the file that is wrong."""
    paths = sorted(folder.glob("*.yaml"))
    examples = tuple(example for path in paths for example in _read(path, taxonomy))
    if not examples:
        raise InputError(
            "nlu.examples", f"expected example sentences in {folder.name}/*.yaml, got none"
        )
    return examples


def _read(path: Path, taxonomy: Taxonomy) -> Iterator[Example]:
    try:
        topics = _FILE.validate_python(
            yaml.safe_load(path.read_text(encoding="utf-8")), strict=True
        )
    except (OSError, yaml.YAMLError, ValidationError) as broken:
        raise InputError(
            "nlu.examples", f"expected topic → language → sentences in {path.name}, got: {broken}"
        ) from broken
    for topic_id, languages in topics.items():
        known_id = taxonomy.topic(topic_id).topic_id
        for language, sentences in languages.items():
            for text in sentences:
                yield Example(text=text, topic_id=known_id, language=LanguageTag(language))
