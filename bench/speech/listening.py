"""Let a recogniser listen to one clip as fast as it will take it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from bench.speech.clip import Clip
from bench.speech.stretches import Stretch
from domain.audio import SAMPLE_BYTES, AudioFrame, Leg, samples_from_ms
from domain.ids import CallId
from domain.ports import Heard, PassageHeard, SegmentHeard, SpeechToText

FRAME_MS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipHeard:
    """The firm words of a clip, where they lie, and where there was something that is not words."""

    text: str
    written: tuple[Stretch, ...]
    marked: tuple[Stretch, ...]


async def listen_to(recogniser: SpeechToText, clip: Clip, name: str) -> ClipHeard:
    """``name`` is the call's. Finals are joined by a space, in order of time."""
    sound = clip_frames(clip, CallId(name))
    return _folded([heard async for heard in recogniser.listen(CallId(name), Leg.CALLER, sound)])


async def clip_frames(clip: Clip, call_id: CallId) -> AsyncIterator[AudioFrame]:
    """No frame says when it came: nobody is late, and nothing is thinned out for it."""
    step = samples_from_ms(FRAME_MS, clip.rate_hz) * SAMPLE_BYTES
    for at in range(0, len(clip.pcm), step):
        yield AudioFrame(
            call_id=call_id,
            leg=Leg.CALLER,
            first_sample=at // SAMPLE_BYTES,
            sample_rate_hz=clip.rate_hz,
            pcm=clip.pcm[at : at + step],
        )


def _folded(everything: list[Heard]) -> ClipHeard:
    segments = [heard.segment for heard in everything if isinstance(heard, SegmentHeard)]
    finals = [segment for segment in segments if segment.is_final and segment.text]
    passages = [heard for heard in everything if isinstance(heard, PassageHeard)]
    return ClipHeard(
        text=" ".join(segment.text for segment in finals),
        written=tuple((segment.start_ms, segment.end_ms) for segment in finals),
        marked=tuple((passage.start_ms, passage.end_ms) for passage in passages),
    )
