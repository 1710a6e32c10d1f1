"""Hold the search to its contract, and to what the quality team types every day."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.transcript_index.sqlite_fts import SqliteFts
from storage.transcript_index.tokens import Segmenter
from tests.contract.transcript_index import MONDAY, TranscriptIndexContract, a_line, marked
from tests.fakes.database import a_database
from tests.fakes.transcript_index import FakeTranscriptIndex


@pytest.fixture(scope="module")
def segmenter(tmp_path_factory: pytest.TempPathFactory) -> Segmenter:
    return Segmenter(tmp_path_factory.mktemp("jieba"))


class TestFakeTranscriptIndex(TranscriptIndexContract):
    @pytest.fixture
    def index(self) -> FakeTranscriptIndex:
        return FakeTranscriptIndex()


class TestSqliteFts(TranscriptIndexContract):
    @pytest.fixture
    async def index(self, tmp_path: Path, segmenter: Segmenter) -> AsyncIterator[SqliteFts]:
        async with a_database(tmp_path) as database:
            yield SqliteFts(database, segmenter=segmenter)

    async def test_a_whole_chinese_question_finds_the_words_it_is_made_of(
        self, index: SqliteFts
    ) -> None:
        await index.add(a_line("昨天我把社保卡弄丢了"), MONDAY)

        (hit,) = await self.find(index, "社保卡丢了")

        assert marked(hit) == ["社保卡", "丢"]

    async def test_a_word_of_the_dictionary_ranks_above_neighbours_by_chance(
        self, index: SqliteFts
    ) -> None:
        await index.add(a_line("上海市民政局的业务", "word"), MONDAY)
        await index.add(a_line("请市民政策咨询窗口回复", "chance"), MONDAY)

        best, *_ = await self.find(index, "民政")

        assert best.segment_id == "word"

    @pytest.mark.parametrize(
        ("text", "typed", "found"),
        [
            ("Où est le café de l’Élysée ?", "cafe elysee", ["café", "Élysée"]),
            ("Ich wohne in der Straße", "STRASSE", ["Straße"]),
            ("Перерасчёт пенсии", "перерасчет", ["Перерасчёт"]),
            ("هَذِهِ بِطَاقَة", "بطاقة", ["بِطَاقَة"]),
            ("お申し込みはこちら", "申し込み", ["申し込み"]),
            ("주민등록증을 잃어버렸어요", "주민등록증", ["주민등록증"]),
            ("拨打１２３３３咨询", "12333", ["１２３３３"]),
            ("办理5G网络", "5g网络", ["5G网络"]),
            ("I want to register here", "regist*", ["register"]),
            ("電話は03-1234です", "03-1234", ["03-1234"]),
            ("名字叫𬭩的市民", "𬭩", ["𬭩"]),
        ],
    )
    async def test_every_language_of_the_hotline_is_found_as_people_type_it(
        self, index: SqliteFts, text: str, typed: str, found: list[str]
    ) -> None:
        await index.add(a_line(text), MONDAY)

        (hit,) = await self.find(index, typed)

        assert marked(hit) == found

    async def test_a_letter_word_is_not_found_inside_another(self, index: SqliteFts) -> None:
        await index.add(a_line("a postcard"), MONDAY)

        assert await self.find(index, "card") == []
        assert await self.find(index, "post") == []
