"""Write transcripts as AudioHook event entities, in the client's own media time."""

from collections import deque
from collections.abc import Sequence
from uuid import NAMESPACE_OID, uuid5

from domain.ids import SegmentId
from domain.language import LanguageTag
from domain.transcript import TranscriptSegment, Word
from media_gateway.wires.audiohook_media import duration

# The protocol wants a language with a region, we recognise languages: the region with most speakers on hotlines.
REGIONS = {
    "zh": "zh-CN",
    "en": "en-US",
    "fr": "fr-FR",
    "de": "de-DE",
    "ru": "ru-RU",
    "es": "es-ES",
    "ar": "ar-SA",
    "ja": "ja-JP",
    "ko": "ko-KR",
}
UNSURE = 0.5  # the protocol wants a number, and we have none
CHANNEL_IDS = {"external": 0, "internal": 1}
SHIFTS_KEPT = 256
SMALLEST_SHIFT_MS = 250  # a position may be a frame of sound older than the sound before it


class ClientTime:
    """Translate the line's time into the client's media time: a pause may run on one of them only."""

    def __init__(self) -> None:
        self._shifts: deque[tuple[int, int]] = deque(((0, 0),), maxlen=SHIFTS_KEPT)

    def learn(self, *, line_ms: int, client_ms: int) -> None:
        """Both clocks at one moment; moments come in order."""
        shift_ms = client_ms - line_ms
        if abs(shift_ms - self._shifts[-1][1]) >= SMALLEST_SHIFT_MS:
            self._shifts.append((line_ms, shift_ms))

    def at(self, line_ms: int) -> int:
        known = (shift for since_ms, shift in reversed(self._shifts) if since_ms <= line_ms)
        return max(line_ms + next(known, self._shifts[0][1]), 0)


def region_of(language: LanguageTag | None, hint: str | None = None) -> str | None:
    """The language with a region; the region the client named if it is the same language."""
    if language is None:
        return None
    if hint is not None and hint.split("-")[0].lower() == language:
        return hint
    return REGIONS.get(language)


def entity_id(segment_id: SegmentId) -> str:
    """The same for every revision of a segment."""
    return str(uuid5(NAMESPACE_OID, segment_id))


def transcript_entity(
    segment: TranscriptSegment,
    *,
    channel: str,
    time: ClientTime,
    began_ms: int = 0,
    language_hint: str | None = None,
) -> dict[str, object]:
    """One revision. ``began_ms`` is the leg's time at this line's first sample."""
    start_ms = time.at(segment.start_ms - began_ms)
    end_ms = max(time.at(segment.end_ms - began_ms), start_ms)
    language = region_of(segment.language, language_hint)
    interpretation = {
        "type": "display",
        "transcript": segment.text,
        "tokens": [_token(word, time, began_ms, _confidence(segment)) for word in segment.words],
    }
    alternative: dict[str, object] = {
        "confidence": _confidence(segment),
        "interpretations": [interpretation],
    }
    if language is not None:
        alternative["languages"] = [language]
    data = {
        "id": entity_id(segment.segment_id),
        "channelId": CHANNEL_IDS[channel],
        "isFinal": segment.is_final,
        "offset": duration(start_ms),
        "duration": duration(end_ms - start_ms),
        "alternatives": [alternative],
    }
    return {"type": "transcript", "data": data}


def barge_in_entity() -> dict[str, object]:
    """The caller interrupts: what the client has not played yet is not to be heard."""
    return {"type": "barge_in", "data": {}}


def _token(word: Word, time: ClientTime, began_ms: int, otherwise: float) -> dict[str, object]:
    start_ms = time.at(word.start_ms - began_ms)
    end_ms = max(time.at(word.end_ms - began_ms), start_ms)
    return {
        "type": "word",
        "value": word.text,
        "confidence": otherwise if word.probability is None else _share(word.probability),
        "offset": duration(start_ms),
        "duration": duration(end_ms - start_ms),
    }


def _confidence(segment: TranscriptSegment) -> float:
    if segment.confidence is not None:
        return _share(segment.confidence)
    return _mean([word.probability for word in segment.words if word.probability is not None])


def _mean(probabilities: Sequence[float]) -> float:
    return _share(sum(probabilities) / len(probabilities)) if probabilities else UNSURE


def _share(value: float) -> float:
    return round(min(max(value, 0.0), 1.0), 3)
