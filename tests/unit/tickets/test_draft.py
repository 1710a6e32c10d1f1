"""A draft fills while people talk, and every field points at the words it came from."""

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.audio import Leg
from domain.events import UtteranceUnderstood
from domain.language import EN, ZH, LanguageTag
from domain.ticket import TicketDraft, TicketState
from tests.fakes.understood_talk import CARD_APPLY, CARD_LOST, NOISE, WATER_OUT, Talk
from tickets import FIELD_LABELS, ticket_id_for
from tickets.draft import EVIDENCE_PER_FIELD, empty_draft, fold


def drafted(*said: UtteranceUnderstood, language: LanguageTag | None = None) -> TicketDraft:
    draft = empty_draft(said[0].call_id)
    for understood in said:
        draft = fold(draft, understood, language=language)
    return draft


def value(draft: TicketDraft, name: str) -> str | None:
    field = draft.field(name)
    return None if field is None else field.value


def test_one_rich_sentence_fills_many_fields() -> None:
    talk = Talk()

    draft = drafted(
        talk.say(
            "我叫李芳 昨天社保卡丢了 很急 电话13800138000 我住在朝阳区建国路88号", topic=CARD_LOST
        )
    )

    assert value(draft, "matter") == "社保卡挂失补换 / Lost or damaged social security card"
    assert value(draft, "urgency") == "pressing"
    assert value(draft, "caller_name") == "李芳"
    assert value(draft, "caller_phone") == "+8613800138000"
    assert value(draft, "time") == "2026-11-20"
    assert value(draft, "address") == "朝阳区建国路88号"
    assert value(draft, "language") == "zh"
    assert draft.ticket_id == ticket_id_for(talk.call_id)
    assert (draft.state, draft.revision) == (TicketState.DRAFT, 1)
    assert [f.name for f in draft.fields] == [n for n in FIELD_LABELS if draft.field(n)]


def test_a_greeting_is_no_ticket() -> None:
    talk = Talk()

    assert drafted(talk.say("你好"), talk.say("嗯")).revision == 0


def test_hearing_the_same_utterance_twice_changes_nothing() -> None:
    said = Talk().say("社保卡丢了 电话13800138000", topic=CARD_LOST)

    once = drafted(said)

    assert fold(once, said) is once


def test_a_matter_is_refined_within_its_category_and_keeps_all_its_words() -> None:
    talk = Talk()
    draft = drafted(
        talk.say("我那个社保卡", topic=CARD_APPLY),
        talk.say("昨天丢了", topic=CARD_LOST, confidence=0.95, question="我那个社保卡 昨天丢了"),
    )

    assert value(draft, "matter") == "社保卡挂失补换 / Lost or damaged social security card"
    assert value(draft, "topic") == "social_security.card_lost"
    described = draft.field("description")
    assert described is not None
    assert described.value == "我那个社保卡 昨天丢了"
    assert [e.quote for e in described.evidence] == ["我那个社保卡", "昨天丢了"]


def test_another_matter_is_listed_beside_the_first() -> None:
    talk = Talk()
    draft = drafted(
        talk.say("社保卡丢了", topic=CARD_LOST),
        talk.say("还有我们小区停水了", topic=WATER_OUT),
        talk.say("楼下太吵", topic=NOISE),
        talk.say("停水两天了", topic=WATER_OUT),
    )

    others = draft.field("other_matters")
    assert others is not None
    assert value(draft, "topic") == "social_security.card_lost"
    assert value(draft, "description") == "社保卡丢了"
    assert others.value == "停水与供水 / Water supply;噪音扰民 / Noise"
    assert [e.quote for e in others.evidence] == ["还有我们小区停水了", "楼下太吵"]


def test_an_open_question_begins_the_description() -> None:
    talk = Talk()
    draft = drafted(
        talk.say("someone stole my bag", question="someone stole my bag"),
        talk.say(
            "the card was in it",
            topic=CARD_LOST,
            question="someone stole my bag the card was in it",
        ),
    )

    described = draft.field("description")
    assert described is not None
    assert described.value == "someone stole my bag the card was in it"
    assert [e.quote for e in described.evidence] == ["someone stole my bag", "the card was in it"]


def test_an_unsure_matter_is_not_written_down() -> None:
    talk = Talk()
    draft = drafted(
        talk.say("办一张卡", topic=CARD_APPLY, confidence=0.65), talk.say("电话13800138000")
    )

    assert value(draft, "matter") is None
    assert value(draft, "description") == "办一张卡"
    assert value(draft, "caller_phone") == "+8613800138000"


def test_the_fuller_sentence_describes_the_matter() -> None:
    talk = Talk()
    draft = drafted(
        talk.say("社保卡丢了", topic=CARD_LOST),
        talk.say("就是社保卡昨天坐公交的时候弄丢了想补一张", topic=CARD_LOST),
        talk.say("卡丢了", topic=CARD_LOST),
    )

    assert value(draft, "description") == "就是社保卡昨天坐公交的时候弄丢了想补一张"


def test_urgency_rises_and_never_falls() -> None:
    talk = Talk()
    draft = drafted(talk.say("麻烦尽快"), talk.say("着火了"), talk.say("不着急"))

    assert value(draft, "urgency") == "urgent"


def test_a_corrected_number_replaces_the_wrong_one() -> None:
    talk = Talk()
    draft = drafted(talk.say("电话13800138000"), talk.say("不对 是13900139000"))

    assert value(draft, "caller_phone") == "+8613900139000"


def test_a_number_read_back_stands_until_the_caller_objects() -> None:
    talk = Talk()
    said = [
        talk.say("电话13800138000"),
        talk.say("您的电话是138 0013 8000对吗", leg=Leg.AGENT),
        talk.say("我儿子的是13900139000"),
    ]

    confirmed = drafted(*said)
    corrected = fold(confirmed, talk.say("不对 应该是13700137000"))

    phone = confirmed.field("caller_phone")
    assert phone is not None
    assert phone.value == "+8613800138000"
    assert [e.leg for e in phone.evidence] == [Leg.CALLER, Leg.AGENT]
    assert value(corrected, "caller_phone") == "+8613700137000"


def test_a_number_only_the_agent_reads_back_is_taken_from_the_read_back() -> None:
    draft = drafted(Talk().say("我核对一下 13800138000 是吗", leg=Leg.AGENT))

    assert value(draft, "caller_phone") == "+8613800138000"


def test_an_agents_office_number_is_not_the_callers() -> None:
    draft = drafted(Talk().say("社保局的电话010-65661234", leg=Leg.AGENT))

    assert draft.revision == 0


def test_a_more_exact_time_replaces_a_vaguer_one_and_another_day_does_not() -> None:
    talk = Talk()
    draft = drafted(talk.say("昨天的事"), talk.say("昨天下午三点"), talk.say("明天可以去办吗"))

    assert value(draft, "time") == "2026-11-20T15:00"


def test_a_later_sum_replaces_an_earlier_one() -> None:
    talk = Talk()
    draft = drafted(talk.say("一个月三千块钱"), talk.say("一共欠我九千块钱"))

    assert value(draft, "amount") == "9000 CNY"


def test_a_surname_grows_into_a_name() -> None:
    talk = Talk()
    draft = drafted(talk.say("我姓王"), talk.say("我叫王建国"), talk.say("我姓王嘛"))

    assert value(draft, "caller_name") == "王建国"


def test_the_guessed_language_stands_before_the_segments_own() -> None:
    draft = drafted(Talk().say("电话13800138000"), language=EN)

    assert value(draft, "language") == "en"
    assert value(drafted(Talk().say("电话13800138000", language=ZH)), "language") == "zh"


def test_evidence_is_bounded() -> None:
    talk = Talk()
    draft = drafted(*(talk.say("电话13800138000") for _ in range(6)))

    phone = draft.field("caller_phone")
    assert phone is not None
    assert len(phone.evidence) == EVIDENCE_PER_FIELD


LINES = [
    " 我叫李芳,电话13800138000 ", "不对 是13900139000", "您的电话是13800138000对吗", "昨天下午三点 社保卡丢了",
    "着火了 我在朝阳区建国路88号", "宏达建筑公司欠我三万块钱", "My name is John Smith", "嗯", "身份证11010519491231002X",
]  # fmt: skip


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(LINES),
            st.sampled_from([Leg.CALLER, Leg.AGENT]),
            st.sampled_from([None, CARD_LOST, CARD_APPLY]),
            st.sampled_from([0.65, 0.95]),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_every_field_always_quotes_what_was_said(
    lines: list[tuple[str, Leg, tuple[str, str, str] | None, float]],
) -> None:
    talk = Talk()
    said = [
        talk.say(text, leg=leg, topic=topic if leg is Leg.CALLER else None, confidence=confidence)
        for text, leg, topic, confidence in lines
    ]
    texts = {u.segment.segment_id: u.segment.text for u in said}

    draft = empty_draft(talk.call_id)
    for understood in said:
        before, draft = draft, fold(draft, understood)
        assert draft is before or draft.revision == before.revision + 1
        assert fold(draft, understood) is draft

    for field in draft.fields:
        assert field.evidence
        for e in field.evidence:
            assert texts[e.segment_id][e.start_char : e.end_char] == e.quote != ""
