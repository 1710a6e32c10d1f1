"""The taxonomy and its sentences are whole, and measuring sentences are never trained on."""

from collections import Counter
from pathlib import Path

import pytest

from domain.errors import InputError
from nlu.examples import Example, load_examples
from nlu.settings import NluSettings
from nlu.taxonomy import OUT_OF_SCOPE, Taxonomy, load_taxonomy

SETTINGS = NluSettings()


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    return load_taxonomy(SETTINGS.taxonomy)


def per_topic(sentences: tuple[Example, ...], language: str) -> Counter[str]:
    return Counter(s.topic_id for s in sentences if s.language == language)


@pytest.mark.parametrize(("language", "least"), [("zh", 10), ("en", 6)])
def test_every_topic_has_enough_examples(taxonomy: Taxonomy, language: str, least: int) -> None:
    counted = per_topic(load_examples(SETTINGS.examples, taxonomy), language)

    assert [t.topic_id for t in taxonomy if counted[t.topic_id] < least] == []


@pytest.mark.parametrize(("language", "least"), [("zh", 4), ("en", 2)])
def test_every_topic_can_be_measured(taxonomy: Taxonomy, language: str, least: int) -> None:
    counted = per_topic(load_examples(SETTINGS.evaluation, taxonomy), language)

    assert [t.topic_id for t in taxonomy if counted[t.topic_id] < least] == []


def test_no_measuring_sentence_is_trained_on(taxonomy: Taxonomy) -> None:
    trained = {e.text for e in load_examples(SETTINGS.examples, taxonomy)}
    measured = {e.text for e in load_examples(SETTINGS.evaluation, taxonomy)}

    assert trained & measured == set()


def test_talk_and_strange_things_are_not_matters(taxonomy: Taxonomy) -> None:
    assert {t.category_id for t in taxonomy if not t.is_matter} == {"talk", "other"}
    assert OUT_OF_SCOPE in taxonomy


def test_a_topic_nobody_wrote_down_is_refused_by_name(tmp_path: Path, taxonomy: Taxonomy) -> None:
    (tmp_path / "new.yaml").write_text("city.dragons:\n  zh: [有龙]\n", encoding="utf-8")

    with pytest.raises(InputError, match=r"city\.dragons"):
        load_examples(tmp_path, taxonomy)


@pytest.mark.parametrize("content", ["- just\n- a list", "city.noise: {zh: 吵}", "a: [", ""])
def test_a_broken_examples_file_is_named(tmp_path: Path, taxonomy: Taxonomy, content: str) -> None:
    (tmp_path / "broken.yaml").write_text(content, encoding="utf-8")

    with pytest.raises(InputError, match=r"broken\.yaml"):
        load_examples(tmp_path, taxonomy)


def test_an_empty_folder_is_no_training(tmp_path: Path, taxonomy: Taxonomy) -> None:
    with pytest.raises(InputError, match="got none"):
        load_examples(tmp_path, taxonomy)


def test_a_broken_taxonomy_is_named(tmp_path: Path) -> None:
    path = tmp_path / "taxonomy.yaml"
    path.write_text("- {id: x}", encoding="utf-8")

    with pytest.raises(InputError, match=r"taxonomy\.yaml"):
        load_taxonomy(path)
