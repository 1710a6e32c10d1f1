import re
from pathlib import Path

import pytest

from domain.errors import InputError, StorageError
from domain.language import EN, HOTLINE_LANGUAGES, ZH, LanguageTag
from kb_retrieval.evaluation import CALIBRATION, HELD_OUT, read_labelled
from kb_retrieval.ingest import UNSIGNED, read_articles
from kb_retrieval.marked_yaml import MarkedYaml
from kb_retrieval.settings import STARTER

LAMP = """\
signed_off: true
articles:
  - id: lamp
    topic_id: city.roads
    department: {zh: 照明单位, en: Street lighting}
    version: "2026-11-01"
    wordings:
      zh:
        title: 路灯不亮
        questions: [路灯坏了]
        answer: |-
          请告诉我们路名。
          我们转去维修。
      en:
        title: Street lamp
        questions: [The lamp is broken]
        answer: Please tell us the street.
"""


def write(folder: Path, text: str, name: str = "city.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_an_entry_becomes_an_article_in_every_language_it_has(tmp_path: Path) -> None:
    write(tmp_path, LAMP)

    (article,) = read_articles(tmp_path)

    assert article.article_id == "lamp"
    assert article.wordings[ZH].answer == ("请告诉我们路名。", "我们转去维修。")
    assert article.wordings[EN].questions == ("The lamp is broken",)
    assert article.department_in(LanguageTag("fr")) == "Street lighting"
    assert article.version == "2026-11-01"


def test_wording_that_nobody_signed_says_so_on_every_card(tmp_path: Path) -> None:
    write(tmp_path, LAMP.replace("signed_off: true", "signed_off: false"))

    (article,) = read_articles(tmp_path)

    assert article.version == f"2026-11-01 {UNSIGNED}"


@pytest.mark.parametrize(
    ("wrong", "line", "told"),
    [
        (("id: lamp", "id: Lamp 1"), 3, "an id like"),
        (("    topic_id: city.roads", "    topic_id: roads"), 4, "category.topic"),
        (("topic_id:", "topic:"), 4, "got 'topic'"),
        (('"2026-11-01"', "soon"), 6, "a date like"),
        (("      en:", "      xx:"), 14, "got 'xx'"),
        (("        title: Street lamp\n", ""), 15, "'title'"),
        (("[The lamp is broken]", "[]"), 16, "at least one entry"),
        (("signed_off: true", "signed_off: perhaps"), 1, "true or false"),
        (("{zh: 照明单位, en: Street lighting}", "Street lighting"), 5, "names with values"),
        (("Please tell us the street.", '""'), 17, "expected a text"),
    ],
)
def test_a_mistake_is_told_with_its_file_and_line(
    tmp_path: Path, wrong: tuple[str, str], line: int, told: str
) -> None:
    path = write(tmp_path, LAMP.replace(*wrong))

    with pytest.raises(InputError, match=re.escape(f"{path}:{line}: ")) as refused:
        read_articles(tmp_path)

    assert told in refused.value.message


def test_a_name_written_twice_is_refused(tmp_path: Path) -> None:
    write(tmp_path, LAMP + "        title: Again\n")

    with pytest.raises(InputError, match=r"city\.yaml:18: expected each name once"):
        read_articles(tmp_path)


def test_an_id_used_in_two_files_is_refused(tmp_path: Path) -> None:
    write(tmp_path, LAMP)
    write(tmp_path, LAMP, "more.yaml")

    with pytest.raises(InputError, match=r"more\.yaml:3: expected a new id, got 'lamp'"):
        read_articles(tmp_path)


def test_broken_yaml_is_told_with_its_line(tmp_path: Path) -> None:
    write(tmp_path, "signed_off: true\narticles: [\n  - nothing\n")

    with pytest.raises(InputError, match=r"city\.yaml: line \d"):
        read_articles(tmp_path)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\xfa"])
def test_a_file_without_yaml_in_it_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "city.yaml").write_bytes(content)

    with pytest.raises(InputError):
        read_articles(tmp_path)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be read"):
        MarkedYaml(tmp_path / "gone.yaml").root()


def test_a_folder_without_articles_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="found none"):
        read_articles(tmp_path)


def test_the_starter_base_covers_the_matters_in_all_hotline_languages() -> None:
    articles = read_articles(STARTER)

    assert len(articles) >= 64
    assert sum(len(article.wordings) > 2 for article in articles) >= 24
    for language in HOTLINE_LANGUAGES:
        assert sum(language in article.wordings for article in articles) >= 3
    for article in articles:
        assert UNSIGNED in article.version
        for wording in article.wordings.values():
            assert 2 <= len(wording.answer) <= 6


def test_the_labelled_questions_point_at_articles_that_exist() -> None:
    known = {article.article_id for article in read_articles(STARTER)}
    labelled = read_labelled(CALIBRATION) + read_labelled(HELD_OUT)

    assert {article for question in labelled for article in question.articles} <= known
    assert sum(bool(question.articles) for question in labelled) >= 120
    assert sum(not question.articles for question in labelled) >= 30
    assert len({question.text for question in labelled}) == len(labelled)
