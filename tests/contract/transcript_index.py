"""Hold every transcript index to the promises of its port."""

from abc import abstractmethod
from datetime import UTC, date, datetime, timedelta

import pytest

from domain.audio import Leg
from domain.ids import CallId, SegmentId
from domain.language import EN, ZH, LanguageTag
from domain.ports import TranscriptHit, TranscriptIndex, TranscriptQuery
from domain.transcript import TranscriptSegment

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def a_line(
    text: str,
    segment_id: str = "s1",
    *,
    call_id: str = "call-1",
    leg: Leg = Leg.CALLER,
    language: LanguageTag | None = ZH,
    start_ms: int = 0,
) -> TranscriptSegment:
    return TranscriptSegment(
        call_id=CallId(call_id),
        leg=leg,
        segment_id=SegmentId(segment_id),
        revision=3,
        is_final=True,
        start_ms=start_ms,
        end_ms=start_ms + 900,
        text=text,
        language=language,
        engine="fake",
    )


def marked(hit: TranscriptHit) -> list[str]:
    return [hit.text[start:end] for start, end in hit.marks]


class TranscriptIndexContract:
    """Subclass it and supply the ``index`` fixture, an index with nothing in it."""

    @pytest.fixture
    @abstractmethod
    def index(self) -> TranscriptIndex: ...

    async def find(self, index: TranscriptIndex, words: str) -> list[TranscriptHit]:
        return list((await index.search(TranscriptQuery(words=words))).hits)

    async def test_a_chinese_word_is_found_and_marked(self, index: TranscriptIndex) -> None:
        await index.add(a_line("您好，我的社保卡昨天丢了。"), MONDAY)
        await index.add(a_line("公积金怎么提取？", "s2"), MONDAY)

        (hit,) = await self.find(index, "社保卡")

        assert marked(hit) == ["社保卡"]
        assert (hit.call_id, hit.segment_id, hit.leg, hit.language) == (
            "call-1",
            "s1",
            Leg.CALLER,
            ZH,
        )
        assert (hit.start_ms, hit.end_ms, hit.said_at) == (0, 900, MONDAY)

    @pytest.mark.parametrize("part", ["保卡", "社保", "卡", "保卡昨天", "丢", "了"])
    async def test_any_part_of_a_chinese_text_is_found(
        self, index: TranscriptIndex, part: str
    ) -> None:
        await index.add(a_line("我的社保卡昨天丢了"), MONDAY)

        (hit,) = await self.find(index, f'"{part}"')

        assert marked(hit) == [part]

    async def test_letters_match_whatever_their_case(self, index: TranscriptIndex) -> None:
        await index.add(a_line("My Social Security card is lost.", language=EN), MONDAY)

        (hit,) = await self.find(index, "CARD social")

        assert marked(hit) == ["Social", "card"]

    async def test_all_words_must_occur(self, index: TranscriptIndex) -> None:
        await index.add(a_line("the card is lost", "s1"), MONDAY)
        await index.add(a_line("the bus is lost", "s2"), MONDAY)

        assert [hit.segment_id for hit in await self.find(index, "card lost")] == ["s1"]
        assert await self.find(index, "card passport") == []

    async def test_words_in_quotes_must_be_neighbours(self, index: TranscriptIndex) -> None:
        await index.add(a_line("a residence permit please", "s1"), MONDAY)
        await index.add(a_line("a permit for my residence", "s2"), MONDAY)

        assert [hit.segment_id for hit in await self.find(index, '"residence permit"')] == ["s1"]

    async def test_the_same_segment_twice_is_one_line(self, index: TranscriptIndex) -> None:
        for _ in range(2):
            await index.add(a_line("社保卡"), MONDAY)

        assert (await index.search(TranscriptQuery(words="社保卡"))).total == 1

    async def test_language_leg_and_day_narrow_the_search(self, index: TranscriptIndex) -> None:
        await index.add(a_line("passport", "s1", language=EN, leg=Leg.AGENT), MONDAY)
        await index.add(
            a_line("passport", "s2", language=LanguageTag("fr")), MONDAY + timedelta(days=1)
        )
        await index.add(a_line("passport", "s3", language=None), MONDAY + timedelta(days=2))

        async def found(query: TranscriptQuery) -> set[str]:
            return {hit.segment_id for hit in (await index.search(query)).hits}

        assert await found(TranscriptQuery(words="passport", language=EN)) == {"s1"}
        assert await found(TranscriptQuery(words="passport", leg=Leg.CALLER)) == {"s2", "s3"}
        assert await found(TranscriptQuery(words="passport", from_day=date(2026, 3, 3))) == {
            "s2",
            "s3",
        }
        assert await found(TranscriptQuery(words="passport", to_day=date(2026, 3, 2))) == {"s1"}
        both = TranscriptQuery(words="passport", from_day=date(2026, 3, 3), to_day=date(2026, 3, 3))
        assert await found(both) == {"s2"}

    async def test_a_day_begins_at_midnight_in_beijing(self, index: TranscriptIndex) -> None:
        await index.add(a_line("passport", "late"), datetime(2026, 3, 1, 15, 59, tzinfo=UTC))
        await index.add(a_line("passport", "early"), datetime(2026, 3, 1, 16, 1, tzinfo=UTC))

        monday = TranscriptQuery(
            words="passport", from_day=date(2026, 3, 2), to_day=date(2026, 3, 2)
        )

        assert [hit.segment_id for hit in (await index.search(monday)).hits] == ["early"]

    async def test_pages_follow_each_other_and_the_total_counts_all(
        self, index: TranscriptIndex
    ) -> None:
        for number in range(5):
            await index.add(a_line("passport", f"s{number}"), MONDAY + timedelta(minutes=number))

        pages = [
            await index.search(TranscriptQuery(words="passport", limit=2, offset=at))
            for at in (0, 2, 4)
        ]

        assert [page.total for page in pages] == [5, 5, 5]
        assert [hit.segment_id for page in pages for hit in page.hits] == [
            "s4",
            "s3",
            "s2",
            "s1",
            "s0",
        ]

    @pytest.mark.parametrize(
        "typed",
        [
            "", " ", '"', '""', "*", "(", ")", "AND", "OR NOT", "NEAR(a b)", "words:x", "-", "^a", "a AND",
            "'; DROP TABLE events; --", "a*b*", "\0", "\ud800", "“”", "{}", "a" * 5_000, "，。！", "😀", "+", "\\",
        ],
    )  # fmt: skip
    async def test_nothing_that_can_be_typed_is_an_error(
        self, index: TranscriptIndex, typed: str
    ) -> None:
        await index.add(a_line("完全不同的一句话"), MONDAY)

        assert (await index.search(TranscriptQuery(words=typed))).total == 0
