"""Find the speech of a clip as the product's own ear finds it, without reading a word of it."""

from dataclasses import dataclass

from asr.ear.ear import Ear, EarEvent, Ended
from asr.ear.resampling import RATE_HZ
from asr.ear.vad import SpeechDetection
from asr.settings import AsrSettings
from bench.speech.clip import Clip
from bench.speech.stretches import Stretch
from domain.audio import SAMPLE_BYTES, AudioFrame, Leg, ms_from_samples, samples_from_ms
from domain.ids import CallId

FRAME_MS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """One utterance; ``speech_ms`` is what the detector took for speech in it."""

    start_ms: int
    end_ms: int
    speech_ms: int

    @property
    def stretch(self) -> Stretch:
        return self.start_ms, self.end_ms


def utterances(
    clip: Clip, detection: SpeechDetection, settings: AsrSettings
) -> tuple[Utterance, ...]:
    """In order of time; the end of the clip ends the last one."""
    ear = Ear(detection=detection, settings=settings)
    step = samples_from_ms(FRAME_MS, clip.rate_hz) * SAMPLE_BYTES
    events: list[EarEvent] = []
    for at in range(0, len(clip.pcm), step):
        events += ear.hear(_frame(clip, at, step))
    events += ear.end()
    return tuple(_utterance(event) for event in events if isinstance(event, Ended))


def _utterance(ended: Ended) -> Utterance:
    return Utterance(
        start_ms=ms_from_samples(ended.onset_sample, RATE_HZ),
        end_ms=ms_from_samples(ended.end_sample, RATE_HZ),
        speech_ms=ended.speech_ms,
    )


def _frame(clip: Clip, at: int, step: int) -> AudioFrame:
    return AudioFrame(
        call_id=CallId("clip"),
        leg=Leg.CALLER,
        first_sample=at // SAMPLE_BYTES,
        sample_rate_hz=clip.rate_hz,
        pcm=clip.pcm[at : at + step],
    )
