"""Read and hear utterances with sherpa-onnx: SenseVoice, Paraformer and streaming transducers from a directory."""

from collections.abc import Mapping
from enum import StrEnum
from math import exp
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
import sherpa_onnx

from asr.desk.stream import Heard, UtteranceStream
from asr.ear.resampling import RATE_HZ
from asr.ear.tape import Waveform
from domain.errors import EngineError
from domain.language import LanguageTag

_TOKENS = "tokens.txt"
_TAIL_S = (
    0.5  # a streaming encoder looks ahead: without this much silence the last word stays inside it
)


class SherpaKind(StrEnum):
    """The families of models that are told apart by their files and their inputs."""

    SENSE_VOICE = "sense_voice"
    PARAFORMER = "paraformer"
    STREAMING_TRANSDUCER = "streaming_transducer"
    STREAMING_PARAFORMER = "streaming_paraformer"


class SherpaMachine:
    """A `StreamingMachine` over one sherpa-onnx directory for each language.

    An offline model (SenseVoice, Paraformer) reads all there is each time it is asked; a streaming one hears only
    what is new. One directory named for several languages is loaded once.
    """

    def __init__(self, directories: Mapping[LanguageTag, Path], *, threads: int) -> None:
        """Raises EngineError naming the file that is missing."""
        loaded = {place: _load(place, threads) for place in set(directories.values())}
        self._models = {language: loaded[place] for language, place in directories.items()}
        self._engine = "+".join(dict.fromkeys(place.name for place in directories.values()))

    @property
    def engine(self) -> str:
        return self._engine

    @property
    def languages(self) -> tuple[LanguageTag, ...]:
        return tuple(self._models)

    def kind(self, language: LanguageTag) -> SherpaKind:
        return self._models[language][0]

    def open(self, language: LanguageTag, hotwords: tuple[str, ...]) -> UtteranceStream:
        """``hotwords`` change nothing: a directory does not say of which pieces its model makes words."""
        kind, recogniser = self._models[language]
        if kind in (SherpaKind.STREAMING_TRANSDUCER, SherpaKind.STREAMING_PARAFORMER):
            return SherpaStream(recogniser)
        return SherpaUtterance(recogniser)


class SherpaStream:
    """One utterance in a streaming model."""

    def __init__(self, recogniser: Any) -> None:
        self._recogniser = recogniser
        self._stream = recogniser.create_stream()

    def feed(self, waveform: Waveform) -> str:
        self._stream.accept_waveform(RATE_HZ, waveform)
        while self._recogniser.is_ready(self._stream):
            self._recogniser.decode_stream(self._stream)
        return str(self._recogniser.get_result(self._stream)).strip()

    def finish(self) -> Heard:
        self.feed(_silence(_TAIL_S))
        self._stream.input_finished()
        while self._recogniser.is_ready(self._stream):
            self._recogniser.decode_stream(self._stream)
        result = self._recogniser.get_result_all(self._stream)
        scores = list(result.ys_probs)
        return Heard(
            text=result.text.strip(),
            confidence=min(1.0, exp(sum(scores) / len(scores))) if scores else None,
        )

    def close(self) -> None:
        self._recogniser.reset(self._stream)


class SherpaUtterance:
    """One utterance in a model that reads it as a whole: each time again, all there is of it."""

    def __init__(self, recogniser: Any) -> None:
        self._recogniser = recogniser
        self._waveforms: list[Waveform] = []
        self._text = ""

    def feed(self, waveform: Waveform) -> str:
        self._waveforms.append(waveform)
        stream = self._recogniser.create_stream()
        stream.accept_waveform(RATE_HZ, np.concatenate(self._waveforms))
        self._recogniser.decode_stream(stream)
        self._text = stream.result.text.strip()
        return self._text

    def finish(self) -> Heard:
        return Heard(text=self._text)

    def close(self) -> None:
        self._waveforms.clear()


def _silence(seconds: float) -> Waveform:
    return np.zeros(int(seconds * RATE_HZ), np.float32)


def _load(place: Path, threads: int) -> tuple[SherpaKind, Any]:
    kind = kind_of(place)
    try:
        return kind, _LOADERS[kind](place, threads)
    except Exception as broken:
        raise EngineError(
            "asr.weights",
            f"sherpa cannot load the {kind} model in {place.name}: {broken}",
            retryable=False,
        ) from broken


def kind_of(place: Path) -> SherpaKind:
    """Tell what a directory holds. Raises EngineError naming what is missing."""
    if not (place / _TOKENS).is_file():
        raise _no_model(place, f"{_TOKENS} missing")
    if _part(place, "encoder"):
        return _kind_in_parts(place)
    whole = _part(place, "model")
    if whole is None:
        raise _no_model(place, "model*.onnx missing (or encoder*.onnx and decoder*.onnx)")
    inputs = {tensor.name for tensor in _session(whole).get_inputs()}
    return SherpaKind.SENSE_VOICE if "language" in inputs else SherpaKind.PARAFORMER


def _kind_in_parts(place: Path) -> SherpaKind:
    if _part(place, "decoder") is None:
        raise _no_model(place, "decoder*.onnx missing")
    if _part(place, "joiner"):
        return SherpaKind.STREAMING_TRANSDUCER
    return SherpaKind.STREAMING_PARAFORMER


def _part(place: Path, name: str) -> Path | None:
    """The file of one part of a model; the int8 one where there are both."""
    found = sorted(place.glob(f"{name}*.onnx"), key=lambda path: ("int8" not in path.name, path))
    return found[0] if found else None


def _session(model: Path) -> ort.InferenceSession:
    try:
        return ort.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    except Exception as broken:
        raise _no_model(model.parent, f"{model.name} is no ONNX network") from broken


def _no_model(place: Path, why: str) -> EngineError:
    return EngineError(
        "asr.weights", f"{place.name} is no sherpa-onnx model: {why}", retryable=False
    )


def _sense_voice(place: Path, threads: int) -> Any:
    return sherpa_onnx.OfflineRecognizer.from_sense_voice(
        model=str(_part(place, "model")),
        tokens=str(place / _TOKENS),
        num_threads=threads,
        use_itn=True,
    )


def _paraformer(place: Path, threads: int) -> Any:
    return sherpa_onnx.OfflineRecognizer.from_paraformer(
        paraformer=str(_part(place, "model")), tokens=str(place / _TOKENS), num_threads=threads
    )


def _streaming_transducer(place: Path, threads: int) -> Any:
    return sherpa_onnx.OnlineRecognizer.from_transducer(
        tokens=str(place / _TOKENS),
        encoder=str(_part(place, "encoder")),
        decoder=str(_part(place, "decoder")),
        joiner=str(_part(place, "joiner")),
        num_threads=threads,
    )


def _streaming_paraformer(place: Path, threads: int) -> Any:
    return sherpa_onnx.OnlineRecognizer.from_paraformer(
        tokens=str(place / _TOKENS),
        encoder=str(_part(place, "encoder")),
        decoder=str(_part(place, "decoder")),
        num_threads=threads,
    )


_LOADERS = {
    SherpaKind.SENSE_VOICE: _sense_voice,
    SherpaKind.PARAFORMER: _paraformer,
    SherpaKind.STREAMING_TRANSDUCER: _streaming_transducer,
    SherpaKind.STREAMING_PARAFORMER: _streaming_paraformer,
}
