"""A Unigram vocabulary cuts texts as the tokenizer it was written for."""

from pathlib import Path

import pytest
from tokenizers import Tokenizer
from tokenizers.models import Model, Unigram, WordLevel
from tokenizers.normalizers import NFKC
from tokenizers.pre_tokenizers import Metaspace, PreTokenizer, Whitespace
from tokenizers.processors import TemplateProcessing

from kb_retrieval.engines.pieces import TOKENIZER_FILE, read_pieces

MARKS = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
PIECES = [
    ("▁", -2.0),
    ("▁street", -5.0),
    ("▁st", -6.0),
    ("reet", -6.5),
    ("s", -3.0),
    ("路灯", -7.0),
]
PIECES += [("坏", -4.0), ("了", -3.5), ("坏了", -5.5), ("▁路", -6.1), ("灯", -4.2), ("12", -4.0)]


def a_tokenizer(model: Model, words: PreTokenizer) -> Tokenizer:
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = NFKC()
    tokenizer.pre_tokenizer = words
    tokenizer.post_processor = TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return tokenizer


@pytest.fixture
def tokenizer(tmp_path: Path) -> Tokenizer:
    tokenizer = a_tokenizer(Unigram(MARKS + PIECES, 3), Metaspace())
    tokenizer.save(str(tmp_path / TOKENIZER_FILE))
    return tokenizer


@pytest.mark.parametrize(
    "text",
    [
        "street streets 路灯坏了",
        "路灯 坏 了",
        "１２ 🚒🚒 street",
        " street  street",
        "路",
    ],
)
def test_texts_come_out_in_the_pieces_of_the_tokenizer(
    tokenizer: Tokenizer, tmp_path: Path, text: str
) -> None:
    pieces = read_pieces(tmp_path, longest=64)

    assert pieces is not None
    assert pieces([text])["input_ids"].tolist() == [tokenizer.encode(text).ids]


@pytest.mark.usefixtures("tokenizer")
def test_texts_of_several_lengths_are_filled_up_and_the_longest_is_cut_between_its_marks(
    tmp_path: Path,
) -> None:
    pieces = read_pieces(tmp_path, longest=5)

    assert pieces is not None
    features = pieces(["street street street street", "street"])
    assert features["input_ids"].tolist() == [[0, 5, 5, 5, 2], [0, 5, 2, 1, 1]]
    assert features["attention_mask"].tolist() == [[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]]


def test_another_kind_of_tokenizer_is_left_to_its_library(tmp_path: Path) -> None:
    words = a_tokenizer(WordLevel({"<unk>": 0, "street": 1}, "<unk>"), Whitespace())
    words.save(str(tmp_path / TOKENIZER_FILE))

    assert read_pieces(tmp_path, longest=64) is None
    assert read_pieces(tmp_path / "nowhere", longest=64) is None


@pytest.mark.usefixtures("tokenizer")
def test_who_writes_the_name_of_a_mark_writes_letters(tmp_path: Path) -> None:
    pieces = read_pieces(tmp_path, longest=64)

    assert pieces is not None
    (ids,) = pieces(["<s> </s>"])["input_ids"].tolist()
    assert not {0, 1, 2} & set(ids[1:-1])
