"""Stand in for machines that hang, die, leak or give up at one utterance; they can be loaded in another process."""

import logging
import os
import signal
import sys
import time
from collections.abc import Sequence
from enum import IntEnum
from functools import partial
from pathlib import Path

import numpy as np

from asr.desk.reading import ReadAsk, Reading, SketchAsk
from asr.ear.tape import Waveform
from asr.language.identification import LanguageOpinion, Odds
from asr.settings import LanguageSettings
from domain.errors import EngineError
from domain.language import ZH, LanguageTag
from tests.fakes.utterance_reader import ScriptedReader

log = logging.getLogger(__name__)

RATE_HZ = 16_000
GOOD_HZ = 440
WORDS = {GOOD_HZ: "社保卡丢了怎么办", 600: "我要反映噪音问题", 800: "谢谢"}
_LEAK_BYTES = 96 << 20


class Trouble(IntEnum):
    """What a machine does when it hears a tone of this many Hz."""

    RAISE = 1000
    GIVE_UP = 1200
    HANG = 1400
    DIE = 1600
    LEAK = 1800
    LOG = 2000
    COMPLAIN = 2200
    THINK = 2400


class TroubledReader(ScriptedReader):
    """A `ScriptedReader` with a weakness. With ``scar`` it suffers only once, and leaves that file behind."""

    def __init__(self, scar: Path | None = None) -> None:
        super().__init__(WORDS | dict.fromkeys(map(int, Trouble), "勉强听清"))
        self._scar = scar
        self._leaked: list[bytes] = []

    def read_one(self, ask: ReadAsk) -> Reading:
        self._suffer(self.pitch(ask.waveform))
        return super().read_one(ask)

    def sketch(self, asks: Sequence[SketchAsk]) -> list[str]:
        for ask in asks:
            self._suffer(self.pitch(ask.waveform))
        return super().sketch(asks)

    def odds(self, waveforms: Sequence[Waveform]) -> list[Odds]:
        for waveform in waveforms:
            self._suffer(self.pitch(waveform))
        return super().odds(waveforms)

    def pitch(self, waveform: Waveform) -> int:
        spectrum = np.abs(np.fft.rfft(waveform))
        hz = np.fft.rfftfreq(len(waveform), 1 / RATE_HZ)[spectrum.argmax()]
        return round(float(hz) / 10) * 10

    def _suffer(self, hz: int) -> None:
        if hz not in set(Trouble) or (self._scar is not None and self._scar.exists()):
            return
        if self._scar is not None:
            self._scar.touch()
        match Trouble(hz):
            case Trouble.RAISE:
                raise ValueError("什么也不能说出去")
            case Trouble.GIVE_UP:
                raise EngineError("asr.engine_lost", "the decoder failed", retryable=True)
            case Trouble.HANG:
                time.sleep(3_600)
            case Trouble.DIE:
                os.kill(os.getpid(), signal.SIGKILL)
            case Trouble.THINK:
                until_s = time.process_time() + 1.0
                while time.process_time() < until_s:
                    pass
            case Trouble.LEAK:
                self._leaked.append(np.ones(_LEAK_BYTES, np.uint8).tobytes())
            case Trouble.LOG:
                log.warning("the sound is odd", extra={"hz": hz, "pii.text": "王小明"})
            case Trouble.COMPLAIN:
                sys.stdout.write("a library writes where it likes\n")
                sys.stdout.flush()


def load_troubled(scar: Path | None = None) -> TroubledReader:
    return TroubledReader(scar)


def load_nothing() -> TroubledReader:
    raise EngineError("asr.weights", "cannot load the recogniser from nowhere", retryable=False)


def load_with_a_bug() -> TroubledReader:
    raise KeyError("王小明")


def load_never() -> TroubledReader:
    time.sleep(3_600)
    raise AssertionError


def load_and_die() -> TroubledReader:
    os._exit(7)


def load_if(weights: Path) -> TroubledReader:
    """Fails while the file is not there."""
    if not weights.exists():
        raise EngineError("asr.weights", "cannot load the recogniser from a file", retryable=True)
    return TroubledReader()


def a_tone(hz: int, ms: int = 400) -> Waveform:
    times = np.arange(ms * RATE_HZ // 1000, dtype=np.float32) / RATE_HZ
    waveform: Waveform = (0.3 * np.sin(2 * np.pi * hz * times)).astype(np.float32)
    return waveform


def a_read(
    hz: int = GOOD_HZ, *, utterance: str = "call-1-caller-00000000", ms: int = 400
) -> ReadAsk:
    """Its ``choose`` can be pickled, as that of a live leg."""
    opinion = LanguageOpinion(settings=LanguageSettings())
    return ReadAsk(
        utterance=utterance,
        waveform=a_tone(hz, ms),
        speech_ms=ms,
        choose=partial(opinion.language_for, speech_ms=ms),
    )


def a_sketch(
    hz: int = GOOD_HZ,
    *,
    utterance: str = "call-1-caller-00000000",
    ms: int = 400,
    language: LanguageTag | None = ZH,
) -> SketchAsk:
    return SketchAsk(utterance=utterance, waveform=a_tone(hz, ms), speech_ms=ms, language=language)
