"""Cut texts into the pieces of a Unigram vocabulary, as the tokenizer of a model would, in a fifth of its memory."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from sentencepiece import SentencePieceProcessor
from sentencepiece.sentencepiece_model_pb2 import ModelProto
from tokenizers import Tokenizer

TOKENIZER_FILE = "tokenizer.json"
_UNIGRAM = 1  # TrainerSpec.ModelType


class Pieces:
    """The ``tokenizer.json`` of a Unigram model (Kudo 2018), searched by sentencepiece.

    The tokenizers library keeps a vocabulary of 250,000 pieces in 280 MB, sentencepiece in 60. Over 7,240 lines of
    nine languages and 3,000 of mixed scripts one came out in other pieces: a tie that float32 breaks otherwise.
    Names of special tokens in a text are text. Safe to call from several threads.
    """

    def __init__(self, described: dict[str, Any], longest: int) -> None:
        """``described``: the parsed file; ``longest``: tokens of a text, its marks included, the rest is dropped."""
        before, after = (
            entry["SpecialToken"]["id"]
            for entry in described["post_processor"]["single"]
            if "SpecialToken" in entry
        )
        ids = {piece: number for number, (piece, _) in enumerate(described["model"]["vocab"])}
        self._begin, self._end, self._pad = ids[before], ids[after], ids["<pad>"]
        self._room = longest - 2
        bare = {**described["model"], "vocab": [["<unk>", 0.0]], "unk_id": 0}
        spelling = Tokenizer.from_str(json.dumps({**described, "model": bare, "added_tokens": []}))
        self._normalizer, self._words = spelling.normalizer, spelling.pre_tokenizer
        self._search = SentencePieceProcessor()
        self._search.LoadFromSerializedProto(_vocabulary(described["model"]))

    def __call__(self, texts: Sequence[str]) -> dict[str, torch.Tensor]:
        """``input_ids`` and ``attention_mask``, a row for each text, filled up to the longest."""
        rows = [self._ids(text) for text in texts]
        width = max(map(len, rows))
        return {
            "input_ids": torch.tensor([row + [self._pad] * (width - len(row)) for row in rows]),
            "attention_mask": torch.tensor([[1] * len(r) + [0] * (width - len(r)) for r in rows]),
        }

    def _ids(self, text: str) -> list[int]:
        normal = self._normalizer.normalize_str(text)
        words = [word for word, _ in self._words.pre_tokenize_str(normal)]
        ids = [number for word in self._search.encode(words) for number in word]
        return [self._begin, *ids[: self._room], self._end]


def read_pieces(directory: Path, longest: int) -> Pieces | None:
    """None where the model has another kind of tokenizer."""
    file = directory / TOKENIZER_FILE
    described = json.loads(file.read_bytes()) if file.is_file() else {}
    return Pieces(described, longest) if _is_known(described) else None


def _is_known(described: dict[str, Any]) -> bool:
    """A Unigram vocabulary over words that begin with a mark for their space, between two special tokens."""
    model = described.get("model") or {}
    words = described.get("pre_tokenizer") or {}
    frame = [
        kind for part in (described.get("post_processor") or {}).get("single", ()) for kind in part
    ]
    return (
        model.get("type") == "Unigram"
        and model.get("unk_id") is not None
        and not model.get("byte_fallback")
        and described.get("normalizer") is not None
        and words.get("type") == "Metaspace"
        and words.get("split", True)
        and frame == ["SpecialToken", "Sequence", "SpecialToken"]
        and any(piece == "<pad>" for piece, _ in model["vocab"])
    )


def _vocabulary(model: dict[str, Any]) -> bytes:
    """The same pieces and scores as a sentencepiece model that leaves every letter as it is."""
    proto = ModelProto()
    kinds = proto.SentencePiece.Type
    for number, (piece, score) in enumerate(model["vocab"]):
        is_unknown = number == model["unk_id"]
        is_mark = piece.startswith("<") and piece.endswith(">") and score == 0.0
        kind = kinds.UNKNOWN if is_unknown else kinds.CONTROL if is_mark else kinds.NORMAL
        proto.pieces.add(piece=piece, score=score, type=kind)
    proto.trainer_spec.model_type = _UNIGRAM
    proto.trainer_spec.unk_id = model["unk_id"]
    proto.normalizer_spec.name = "identity"
    proto.normalizer_spec.add_dummy_prefix = False
    proto.normalizer_spec.remove_extra_whitespaces = False
    proto.normalizer_spec.escape_whitespaces = False
    return bytes(proto.SerializeToString())
