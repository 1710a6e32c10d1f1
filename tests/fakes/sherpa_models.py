"""Make tiny networks with random weights that sherpa-onnx takes for real ones: its loading and decoding, without speech.

Inputs, outputs and metadata are those that sherpa-onnx's exporters write; the words mean nothing.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

WORDS = "一二三四五六七八九十"
_FRAMES = 5  # frames a streaming encoder takes at a time
_WIDTH = 16
_MELS = 80
_STACKED = 560  # seven frames of eighty mels, as FunASR's models take them
_FLOAT, _LONG, _INT = TensorProto.FLOAT, TensorProto.INT64, TensorProto.INT32


def sense_voice(place: Path) -> Path:
    """model.onnx + tokens.txt in the shape of SenseVoice."""
    place.mkdir(parents=True)
    vocabulary = _tokens(place, ["<blank>", *WORDS])
    weights = _weights("w", (_STACKED, vocabulary), 1)
    head = numpy_helper.from_array(np.zeros((1, 4, vocabulary), np.float32), "head")
    graph = helper.make_graph(
        [
            helper.make_node("MatMul", ["x", "w"], ["body"]),
            helper.make_node("Concat", ["head", "body"], ["logits"], axis=1),
        ],
        "sense_voice",
        [
            _value("x", _FLOAT, [1, "T", _STACKED]),
            *(_value(name, _INT, [1]) for name in ("x_length", "language", "text_norm")),
        ],
        [_value("logits", _FLOAT, [1, "U", vocabulary])],
        [weights, head],
    )
    languages = {f"lang_{tag}": n for n, tag in enumerate(("auto", "zh", "en", "yue", "ja", "ko"))}
    told = {"vocab_size": vocabulary, "with_itn": 14, "without_itn": 15, "normalize_samples": 0}
    return _saved(place / "model.onnx", graph, _stacking() | told | languages)


def paraformer(place: Path) -> Path:
    """model.onnx + tokens.txt in the shape of Paraformer: as many words as there are stacked frames."""
    place.mkdir(parents=True)
    vocabulary = _tokens(place, ["<blank>", "<s>", "</s>", *WORDS])
    graph = helper.make_graph(
        [
            helper.make_node("MatMul", ["speech", "w"], ["logits"]),
            helper.make_node("Identity", ["speech_lengths"], ["token_num"]),
        ],
        "paraformer",
        [_value("speech", _FLOAT, [1, "T", _STACKED]), _value("speech_lengths", _INT, [1])],
        [_value("logits", _FLOAT, [1, "T", vocabulary]), _value("token_num", _INT, [1])],
        [_weights("w", (_STACKED, vocabulary), 7)],
    )
    return _saved(place / "model.onnx", graph, _stacking() | {"vocab_size": vocabulary})


def streaming_transducer(place: Path) -> Path:
    """encoder.onnx, decoder.onnx, joiner.onnx + tokens.txt in the shape of a streaming LSTM transducer."""
    place.mkdir(parents=True)
    vocabulary = _tokens(place, ["<blk>", *WORDS])
    _save_encoder(place)
    decoder = helper.make_graph(
        [
            helper.make_node("Gather", ["table", "y"], ["words"]),
            helper.make_node("ReduceMean", ["words"], ["decoder_out"], axes=[1], keepdims=0),
        ],
        "decoder",
        [_value("y", _LONG, ["N", 2])],
        [_value("decoder_out", _FLOAT, ["N", _WIDTH])],
        [_weights("table", (vocabulary, _WIDTH), 4)],
    )
    _saved(place / "decoder.onnx", decoder, {"vocab_size": vocabulary, "context_size": 2})
    joiner = helper.make_graph(
        [
            helper.make_node("Add", ["encoder_out", "decoder_out"], ["sum"]),
            helper.make_node("MatMul", ["sum", "w"], ["logit"]),
        ],
        "joiner",
        [_value(f"{part}_out", _FLOAT, ["N", _WIDTH]) for part in ("encoder", "decoder")],
        [_value("logit", _FLOAT, ["N", vocabulary])],
        [_weights("w", (_WIDTH, vocabulary), 5)],
    )
    _saved(place / "joiner.onnx", joiner, {"joiner_dim": _WIDTH})
    return place


def _save_encoder(place: Path) -> None:
    graph = helper.make_graph(
        [
            helper.make_node("MatMul", ["x", "w"], ["frames"]),
            helper.make_node("ReduceMean", ["frames"], ["encoder_out"], axes=[1], keepdims=1),
            helper.make_node("Identity", ["h"], ["next_h"]),
            helper.make_node("Identity", ["c"], ["next_c"]),
        ],
        "encoder",
        [
            _value("x", _FLOAT, ["N", _FRAMES, _MELS]),
            _value("h", _FLOAT, [1, "N", _WIDTH]),
            _value("c", _FLOAT, [1, "N", _WIDTH]),
        ],
        [
            _value("encoder_out", _FLOAT, ["N", 1, _WIDTH]),
            _value("next_h", _FLOAT, [1, "N", _WIDTH]),
            _value("next_c", _FLOAT, [1, "N", _WIDTH]),
        ],
        [_weights("w", (_MELS, _WIDTH), 3)],
    )
    shape: dict[str, object] = {"num_encoder_layers": 1, "T": _FRAMES, "decode_chunk_len": 4}
    width: dict[str, object] = {"rnn_hidden_size": _WIDTH, "d_model": _WIDTH}
    _saved(place / "encoder.onnx", graph, shape | width | {"model_type": "lstm"})


def _stacking() -> dict[str, object]:
    flat = ",".join(["0"] * _STACKED), ",".join(["1"] * _STACKED)
    window = {"lfr_window_size": 7, "lfr_window_shift": 6}
    return window | {"neg_mean": flat[0], "inv_stddev": flat[1]}


def _tokens(place: Path, symbols: list[str]) -> int:
    lines = (f"{symbol} {number}\n" for number, symbol in enumerate(symbols))
    (place / "tokens.txt").write_text("".join(lines), encoding="utf-8")
    return len(symbols)


def _weights(name: str, shape: tuple[int, int], seed: int) -> TensorProto:
    drawn: NDArray[np.float32] = np.random.default_rng(seed).normal(size=shape).astype(np.float32)
    return numpy_helper.from_array(drawn, name)


def _value(name: str, kind: int, shape: Sequence[str | int | None]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, shape)


def _saved(path: Path, graph: onnx.GraphProto, metadata: Mapping[str, object]) -> Path:
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    helper.set_model_props(model, {key: str(value) for key, value in metadata.items()})
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
    return path.parent
