"""What people say is read as what they mean."""

import pytest

from domain.language import EN, ZH, LanguageTag
from outbound_bot.answer_reader import AnswerReader

MANDARIN = {
    ("solved", "yes"): "解决了|已经解决了。|嗯|对|是的|都解决好了|给我解决了|嗯,解决了|修好了|好了|处理完了|有|没问题了|搞定了|没有没有,已经解决了|對,已經解決了",
    ("solved", "no"): "没有|还没|没有解决|还没有解决|没解决呢|根本没解决|一直没有处理|解决不了|没有进展|还是老样子|不行|还是漏|到现在都没给我解决|没弄好|沒有解決|嗯,还没有解决",
    ("solved", "partly"): "差不多|算是吧|基本解决了|解决了一部分|没完全解决|还没完全解决好|部分解决|应该解决了吧|好像解决了|还行|还在处理中|解决了一半|不是完全解决|差不多解决了吧|一半一半",
    ("solved", "unclear"): "我不知道|不清楚|记不清了|今天星期几|说不好|电视机",
    ("satisfied", "yes"): "满意|很满意|非常满意|挺好的|不错|比较满意|十分满意|没意见|都满意|挺满意的|没有不满意|基本满意",
    ("satisfied", "no"): "不满意|不太满意|很不满意|不是很满意|太差了|非常失望|不怎么样|态度不好|谈不上满意|不算满意",
    ("satisfied", "partly"): "一般|一般般|还可以|还行吧|马马虎虎|凑合|就那样吧|勉强",
    ("contacted", "yes"): "联系过|联系了|有人联系我|打过电话了|来过了|有的|社区联系过我了|有人打电话来了|给我打过电话",
    ("contacted", "no"): "没有|没人联系我|没有联系过|没有人联系我|没接到电话|从来没人管|没有打电话|没人找我|没收到任何消息",
    (None, "refusal"): "没空|没时间|不方便|不用了|我在开车|在忙|不想回答|别打了|不要再打电话了|回头再说吧|现在没空|我很忙|不需要|没兴趣|拒绝|算了吧",
    (None, "yes"): "可以|好的|方便|你说吧|行|好|嗯嗯|您问吧|没问题|可以啊|愿意|好呀你问|可以等你问吧",
    (None, "repeat"): "什么|没听清|再说一遍|你说什么|听不清楚|请重复一遍|您是哪位|喂|你是谁啊|喂你好|啊",
    (None, "not_me"): "打错了|你打错电话了|我不是他|找错人了|我没打过12345|我是他妈妈",
}  # fmt: skip
ENGLISH = {
    ("solved", "yes"): "Yes.|yes it is|It's fixed|solved|Yes, all fixed.|It works now|yeah|Yep|it was resolved",
    ("solved", "no"): "No.|no, not yet|not solved|It hasn't been fixed|still broken|Nothing has happened|no it isn't|It's still leaking|not really|Unresolved|No, it is not solved.",
    ("solved", "partly"): "partly|sort of|more or less|not completely|almost fixed|I think it's fixed|yes and no|mostly solved|half",
    ("solved", "unclear"): "I don't know|I'm not sure|the weather|no idea",
    ("satisfied", "no"): "not satisfied|I'm not very happy|very disappointed|unhappy|No, not satisfied at all|terrible",
    ("satisfied", "yes"): "very satisfied|I'm happy|yes, great|quite pleased|excellent",
    ("satisfied", "partly"): "average|so so|not bad|could be better",
    ("contacted", "yes"): "they called me|someone contacted me|Yes they did|I got a call|Yes, they have called me.",
    ("contacted", "no"): "nobody called|no one contacted me|they didn't call|never heard back|I wasn't contacted|No, nobody has called me.",
    (None, "refusal"): "no thanks|I'm busy|not now|I have no time|Don't call me again|call me later|not interested|I don't want to|Stop calling me|I'm driving|this is not a good time|bye",
    (None, "repeat"): "pardon?|what?|Sorry, could you repeat that?|who is this|hello?|say that again please|I didn't catch that",
    (None, "not_me"): "wrong number|that's not me|You have the wrong number|she's not here",
    (None, "yes"): "sure|okay|go ahead|of course|yes please|alright, go ahead|Sure, go ahead.",
}  # fmt: skip
OTHERS = [
    ("fr", "oui, bien sûr", "yes"),
    ("fr", "non, pas encore", "no"),
    ("fr", "ce n'est pas résolu", "no"),
    ("fr", "plus ou moins", "partly"),
    ("es", "sí, claro", "yes"),
    ("es", "no está resuelto", "no"),
    ("es", "más o menos", "partly"),
    ("de", "ja genau", "yes"),
    ("de", "nein, noch nicht gelöst", "no"),
    ("de", "keine Zeit", "refusal"),
    ("ru", "да, конечно", "yes"),
    ("ru", "нет, не решили", "no"),
    ("ja", "はい、解決しました", "yes"),
    ("ja", "いいえ、まだです", "no"),
    ("ko", "네, 맞아요", "yes"),
    ("ko", "아니요", "no"),
    ("ar", "نعم", "yes"),
    ("ar", "لا", "no"),
]


def rows(table: dict[tuple[str | None, str], str]) -> list[tuple[str, str | None, str]]:
    return [
        (text, topic, meaning)
        for (topic, meaning), texts in table.items()
        for text in texts.split("|")
    ]


@pytest.mark.parametrize(("text", "topic", "meaning"), rows(MANDARIN))
def test_mandarin_answers(reader: AnswerReader, text: str, topic: str | None, meaning: str) -> None:
    assert reader.read(text, language=ZH, topic=topic) == meaning


@pytest.mark.parametrize(("text", "topic", "meaning"), rows(ENGLISH))
def test_english_answers(reader: AnswerReader, text: str, topic: str | None, meaning: str) -> None:
    assert reader.read(text, language=EN, topic=topic) == meaning


@pytest.mark.parametrize(("tag", "text", "meaning"), OTHERS)
def test_plain_answers_in_the_other_languages(
    reader: AnswerReader, tag: str, text: str, meaning: str
) -> None:
    assert reader.read(text, language=LanguageTag(tag), topic="solved") == meaning


@pytest.mark.parametrize(
    ("text", "topic", "meaning"),
    [
        ("对", "solved", "yes"),
        ("没错", "solved", "yes"),
        ("没有解决", "solved", "yes"),
        ("没有", "solved", "yes"),
        ("还没", "solved", "yes"),
        ("对,没有解决", "solved", "yes"),
        ("對他沒有解決", "solved", "yes"),
        ("是啊,不满意", "satisfied", "yes"),
        ("不是", "solved", "no"),
        ("不对,解决了", "solved", "no"),
        ("解决了", "solved", "no"),
        ("不是,已经解决了", "solved", "no"),
        ("满意", "satisfied", "no"),
        ("部分解决", "solved", "partly"),
    ],
)
def test_repeating_a_no_confirms_it_and_a_yes_takes_it_back(
    reader: AnswerReader, text: str, topic: str, meaning: str
) -> None:
    """The reply to 您的意思是问题还没有解决,对吗?"""
    assert reader.read_confirmation(text, language=ZH, topic=topic) == meaning


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("Yes, that is right.", "yes"),
        ("It's not solved.", "yes"),
        ("No, it is fixed.", "no"),
        ("no", "no"),
    ],
)
def test_confirmations_in_english(reader: AnswerReader, text: str, meaning: str) -> None:
    assert reader.read_confirmation(text, language=EN, topic="solved") == meaning


@pytest.mark.parametrize(
    ("tag", "text", "mark"),
    [
        ("zh", "五分", "5"),
        ("zh", "5", "5"),
        ("zh", "打四分吧", "4"),
        ("zh", "非常满意", "5"),
        ("zh", "十分满意", "5"),
        ("zh", "满意", "4"),
        ("zh", "一般", "3"),
        ("zh", "不满意", "2"),
        ("zh", "很不满意", "1"),
        ("zh", "没想好", None),
        ("zh", "三分还是四分呢", None),
        ("en", "I'd say four", "4"),
        ("en", "very satisfied", "5"),
        ("en", "purple", None),
    ],
)
def test_marks_on_a_scale(reader: AnswerReader, tag: str, text: str, mark: str | None) -> None:
    assert reader.read_scale(text, language=LanguageTag(tag)) == mark


def test_a_language_nobody_taught_us_is_unclear(reader: AnswerReader) -> None:
    assert reader.read("ndiyo", language=LanguageTag("sw")) == "unclear"
