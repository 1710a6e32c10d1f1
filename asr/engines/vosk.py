"""Hear utterances with Vosk (Kaldi): words while they are spoken, one model for each language."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import vosk

from asr.desk.stream import Heard
from asr.ear.resampling import RATE_HZ
from asr.ear.tape import Waveform
from domain.errors import EngineError
from domain.language import LanguageTag

_MARK = re.compile(r"[\[<].*[\]>]")
_BLOCK_SAMPLES = (
    3_200  # 200 ms: what Kaldi hears depends on how its sound is cut, so it is always cut alike
)
_QUIET = -1  # Kaldi writes to the terminal otherwise
# Either graph will do: a compiled one, or the two parts that are composed on the fly.
_NEEDED = ("am/final.mdl", "conf/mfcc.conf")
_GRAPHS = (("graph/HCLG.fst",), ("graph/HCLr.fst", "graph/Gr.fst"))


class VoskMachine:
    """A `StreamingMachine` over one Vosk directory for each language."""

    def __init__(self, directories: Mapping[LanguageTag, Path]) -> None:
        """Load the models (a second or two each). Raises EngineError naming the file that is missing."""
        vosk.SetLogLevel(_QUIET)
        self._models = {language: _load(place) for language, place in directories.items()}
        self._engine = "+".join(place.name for place in directories.values())

    @property
    def engine(self) -> str:
        return self._engine

    @property
    def languages(self) -> tuple[LanguageTag, ...]:
        return tuple(self._models)

    def open(self, language: LanguageTag, hotwords: tuple[str, ...]) -> "VoskStream":
        """Vosk has no bias for words outside a closed grammar, so ``hotwords`` change nothing."""
        return VoskStream(self._models[language])


class VoskStream:
    """One utterance. Vosk may end a sentence by itself: what it ended is kept and goes before the rest."""

    def __init__(self, model: Any) -> None:
        self._recogniser = vosk.KaldiRecognizer(model, RATE_HZ)
        self._recogniser.SetWords(True)
        self._unheard = np.zeros(0, np.float32)
        self._ended: list[str] = []
        self._confidences: list[float] = []

    def feed(self, waveform: Waveform) -> str:
        waiting = np.concatenate([self._unheard, waveform])
        whole = len(waiting) - len(waiting) % _BLOCK_SAMPLES
        self._unheard = waiting[whole:]
        for at in range(0, whole, _BLOCK_SAMPLES):
            self._hear(waiting[at : at + _BLOCK_SAMPLES])
        said = json.loads(self._recogniser.PartialResult())
        partial = _words(said.get("partial", ""))  # absent before the first block
        return " ".join([*self._ended, partial]).strip()

    def finish(self) -> Heard:
        self._hear(self._unheard)
        self._keep(self._recogniser.FinalResult())
        return Heard(
            text=" ".join(self._ended),
            confidence=fmean(self._confidences) if self._confidences else None,
        )

    def close(self) -> None:
        self._recogniser.Reset()

    def _hear(self, waveform: Waveform) -> None:
        pcm = (np.clip(waveform, -1, 1) * 32_767).astype("<i2").tobytes()
        if self._recogniser.AcceptWaveform(pcm):
            self._keep(self._recogniser.Result())

    def _keep(self, result: str) -> None:
        said = json.loads(result)
        if text := _words(said.get("text", "")):
            self._ended.append(text)
            self._confidences += [word["conf"] for word in said.get("result", [])]


def _words(text: str) -> str:
    """Without the marks that stand in a Kaldi vocabulary for noise and unknown words: ``[unk]``, ``<eps>``."""
    return " ".join(word for word in text.split() if not _MARK.fullmatch(word))


def _load(place: Path) -> Any:
    _check(place)
    try:
        return vosk.Model(str(place))
    except Exception as broken:
        raise EngineError(
            "asr.weights",
            f"vosk cannot load the model in {place.name}: its files are there but not whole",
            retryable=False,
        ) from broken


def _check(place: Path) -> None:
    missing = [name for name in _NEEDED if not (place / name).is_file()]
    if not any(all((place / name).is_file() for name in graph) for graph in _GRAPHS):
        missing.append(f"{_GRAPHS[0][0]} (or {' and '.join(_GRAPHS[1])})")
    if missing:
        raise EngineError(
            "asr.weights",
            f"{place.name} is no Vosk model: {', '.join(missing)} missing",
            retryable=False,
        )
