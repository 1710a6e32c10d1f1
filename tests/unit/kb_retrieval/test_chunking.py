from kb_retrieval.chunking import LONGEST_CHARS, passages_of
from tests.fakes.knowledge import an_article

LAMP = an_article(
    "lamp",
    topic_id="city.roads",
    zh=("路灯不亮", "路灯坏了", "请告诉我们路名。\n我们转去维修。"),
    en=("Street lamp", "The lamp is broken", "Please tell us the street.\nWe pass it on."),
)


def test_sentences_are_joined_as_the_language_writes_them() -> None:
    chinese, english = passages_of(LAMP)

    assert chinese.text == "请告诉我们路名。我们转去维修。"
    assert english.text == "Please tell us the street. We pass it on."
    assert (english.title, english.department) == ("Street lamp", "Department")
    assert chinese.topic_id == "city.roads"


def test_a_passage_keeps_its_id_until_its_words_change() -> None:
    same = passages_of(LAMP)
    changed = passages_of(
        an_article("lamp", zh=("另一个标题", "别的问法", "请告诉我们路名。\n我们马上维修。"))
    )

    assert [p.passage_id for p in same] == [p.passage_id for p in passages_of(LAMP)]
    assert changed[0].passage_id != same[0].passage_id


def test_a_long_answer_is_cut_between_sentences() -> None:
    sentence = "很长的一句话" * 40 + "。"
    article = an_article("long", zh=("标题", "问题", "\n".join([sentence] * 5)))

    passages = passages_of(article)

    assert len(passages) > 1
    assert all(len(p.text) <= LONGEST_CHARS for p in passages)
    assert all(p.text.endswith("。") for p in passages)
    assert "".join(p.text for p in passages) == sentence * 5
