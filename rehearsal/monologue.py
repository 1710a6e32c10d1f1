"""Let a caller speak on and on with short breaths, as people do who have waited long for somebody to listen."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from domain.audio import Speech, samples_from_ms
from domain.language import LanguageTag
from domain.ports import TextToSpeech
from rehearsal.conversation import CONVERSATIONS, Conversation, load_conversations
from rehearsal.staging import stage, staged_path

MONOLOGUES = CONVERSATIONS.with_name("monologues")
BREATH_MS = 480  # longer than a comma, shorter than the silence that ends a turn
_WINDOW_MS = 10
_QUIET = 0.01  # of the loudest window: what a voice leaves before and after its words

Samples = npt.NDArray[np.int16]


class OneBreathALine:
    """A voice that says each line of a text in one breath and goes on `BREATH_MS` later."""

    def __init__(self, voice: TextToSpeech) -> None:
        self._voice = voice

    @property
    def languages(self) -> tuple[LanguageTag, ...]:
        return self._voice.languages

    async def speak(self, text: str, *, language: LanguageTag, voice: str | None = None) -> Speech:
        """Raises InputError as the voice does."""
        breaths = [
            await self._voice.speak(line, language=language, voice=voice)
            for line in text.splitlines()
        ]
        return joined(breaths)


def load_monologues() -> tuple[Conversation, ...]:
    """Calls for benches, not for show: their text says where a breath is taken."""
    return load_conversations(MONOLOGUES)


def monologue_path(monologue: Conversation, folder: Path) -> Path:
    """Where its recording lies or would lie."""
    return staged_path(monologue, _folder(folder))


async def stage_monologue(
    monologue: Conversation,
    tts: TextToSpeech,
    folder: Path,
    on_line: Callable[[], None] = lambda: None,
) -> Path:
    """As `stage` does for a conversation."""
    return await stage(monologue, OneBreathALine(tts), _folder(folder), on_line)


def joined(breaths: list[Speech]) -> Speech:
    """One speech, with exactly one breath's silence from the last word of each to the first of the next."""
    rate_hz = breaths[0].sample_rate_hz
    silence = np.zeros(samples_from_ms(BREATH_MS, rate_hz), np.int16)
    pieces: list[Samples] = []
    for breath in breaths:
        pieces += [silence, _words(breath)]
    return Speech(pcm=np.concatenate(pieces[1:]).astype("<i2").tobytes(), sample_rate_hz=rate_hz)


def _words(speech: Speech) -> Samples:
    """int16 (samples,) without the quiet before the first word and after the last."""
    samples = np.frombuffer(speech.pcm, dtype="<i2")
    step = samples_from_ms(_WINDOW_MS, speech.sample_rate_hz)
    windows = samples[: len(samples) // step * step].reshape(-1, step).astype(np.float64)
    levels = np.sqrt(np.mean(windows**2, axis=1))
    loud = np.flatnonzero(levels > _QUIET * np.max(levels, initial=0.0))
    if not len(loud):
        return samples
    return np.asarray(samples[loud[0] * step : (loud[-1] + 1) * step])


def _folder(folder: Path) -> Path:
    """Other breaths are other recordings."""
    return folder / f"breath-{BREATH_MS}-ms"
