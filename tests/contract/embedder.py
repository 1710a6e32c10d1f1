"""Every Embedder keeps these promises; an adapter's test file supplies the factory and nothing else."""

import asyncio
import math
from abc import ABC, abstractmethod
from array import array

import pytest

from domain.errors import InputError
from domain.ports import Embedder, TextRole

BOTH = pytest.mark.parametrize("role", list(TextRole))

# One question in two languages, and a matter of another office. Written for this test.
TRANSLATIONS = [
    (
        "社会保障卡丢失了怎么补办？",
        "How do I replace a lost social security card?",
        "城市公园几点开放？",
    ),
    (
        "How can I extend my residence permit?",
        "如何办理居住证延期？",
        "How loud may a construction site be at night?",
    ),
    (
        "Comment retirer mon fonds de logement ?",
        "怎样提取住房公积金？",
        "Où puis-je promener mon chien ?",
    ),
    ("Wo kann ich meinen Reisepass verlängern?", "护照到期了在哪里换发？", "小区的路灯坏了。"),
    (
        "Как зарегистрироваться на торговую ярмарку?",
        "怎样报名参加展会？",
        "Водопроводная вода мутная.",
    ),
]


def similarity(a: "array[float]", b: "array[float]") -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))


class EmbedderContract(ABC):
    """The suite."""

    @abstractmethod
    @pytest.fixture
    def embedder(self) -> Embedder:
        """The embedder under test."""

    @BOTH
    async def test_every_vector_has_unit_length_and_the_promised_dimension(
        self, embedder: Embedder, role: TextRole
    ) -> None:
        vectors = await embedder.embed(["公积金", "a", "residence permit " * 400], role=role)

        assert [len(vector) for vector in vectors] == [embedder.dimension] * 3
        assert all(vector.typecode == "f" for vector in vectors)
        assert [math.hypot(*vector) for vector in vectors] == pytest.approx([1.0] * 3, abs=1e-4)

    @BOTH
    async def test_nothing_in_gives_nothing_out(self, embedder: Embedder, role: TextRole) -> None:
        assert await embedder.embed([], role=role) == []

    async def test_vectors_come_back_in_the_order_of_their_texts(self, embedder: Embedder) -> None:
        texts = [
            "short",
            "a much longer text about the housing fund and its rules",
            "中",
            "居住证到期怎么办",
        ] * 12

        together = await embedder.embed(texts, role=TextRole.PASSAGE)

        alone = [(await embedder.embed([text], role=TextRole.PASSAGE))[0] for text in texts[:4]]
        assert len(together) == len(texts)
        for place, vector in enumerate(together):
            assert similarity(vector, alone[place % 4]) == pytest.approx(1.0, abs=1e-3)

    @BOTH
    async def test_the_same_text_always_lands_in_the_same_place(
        self, embedder: Embedder, role: TextRole
    ) -> None:
        first = await embedder.embed(["我想咨询社保卡"], role=role)
        again = await embedder.embed(["我想咨询社保卡"], role=role)

        assert list(first[0]) == pytest.approx(list(again[0]), abs=1e-6)

    async def test_different_texts_land_in_different_places(self, embedder: Embedder) -> None:
        one, other = await embedder.embed(["社保卡", "垃圾分类"], role=TextRole.QUERY)

        assert similarity(one, other) < 0.999

    async def test_blanks_around_a_text_do_not_matter(self, embedder: Embedder) -> None:
        bare, padded = await embedder.embed(["passport", "  passport \n"], role=TextRole.QUERY)

        assert similarity(bare, padded) == pytest.approx(1.0, abs=1e-3)

    @pytest.mark.parametrize("empty", ["", "   ", "\n\t"])
    async def test_an_empty_text_is_refused_by_name(self, embedder: Embedder, empty: str) -> None:
        with pytest.raises(InputError) as refused:
            await embedder.embed(["words", empty], role=TextRole.QUERY)

        assert refused.value.code == "kb_retrieval.empty_text"

    async def test_two_callers_at_once_get_their_own_vectors(self, embedder: Embedder) -> None:
        ours = ["社保卡丢了", "residence permit", "公积金提取"] * 3
        theirs = ["路灯坏了", "noise at night", "自来水浑浊"] * 3

        async with asyncio.TaskGroup() as calls:
            a = calls.create_task(embedder.embed(ours, role=TextRole.QUERY))
            b = calls.create_task(embedder.embed(theirs, role=TextRole.QUERY))

        for texts, together in ((ours, a.result()), (theirs, b.result())):
            alone = await embedder.embed(texts, role=TextRole.QUERY)
            for one, other in zip(together, alone, strict=True):
                assert similarity(one, other) == pytest.approx(1.0, abs=1e-3)

    async def test_it_says_which_weights_it_uses(self, embedder: Embedder) -> None:
        assert embedder.model_id


class MeaningContract(EmbedderContract):
    """What an embedder that knows words must keep besides; the fake only knows letters."""

    @pytest.mark.parametrize(
        ("question", "same", "other"), TRANSLATIONS, ids=[row[0][:12] for row in TRANSLATIONS]
    )
    async def test_the_same_question_in_another_language_is_nearer_than_another_matter(
        self, embedder: Embedder, question: str, same: str, other: str
    ) -> None:
        [asked] = await embedder.embed([question], role=TextRole.QUERY)
        near, far = await embedder.embed([same, other], role=TextRole.PASSAGE)

        assert similarity(asked, near) > similarity(asked, far)
