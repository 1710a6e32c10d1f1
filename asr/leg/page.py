"""Write down what one leg says, revision by revision."""

from asr.ear.resampling import RATE_HZ
from asr.leg.utterance import OpenUtterance
from domain.audio import Leg, ms_from_samples
from domain.ids import CallId, SegmentId
from domain.language import LanguageTag
from domain.ports import Clock, SegmentHeard
from domain.stages import Stages
from domain.transcript import TranscriptSegment


class Page:
    """Makes the segments of one leg; each utterance remembers its own revisions."""

    def __init__(self, *, call_id: CallId, leg: Leg, engine: str, clock: Clock) -> None:
        self._call_id = call_id
        self._leg = leg
        self.where = {"call_id": call_id, "leg": leg}  # for the log
        self._engine = engine
        self._clock = clock

    def begin(self, onset_sample: int, onset_heard_ms: int) -> OpenUtterance:
        start_ms = ms_from_samples(onset_sample, RATE_HZ)
        return OpenUtterance(
            segment_id=SegmentId(f"{self._call_id}-{self._leg}-{start_ms:08d}"),
            onset_sample=onset_sample,
            onset_heard_ms=onset_heard_ms,
        )

    def show(
        self, utterance: OpenUtterance, *, end_sample: int, language: LanguageTag | None
    ) -> list[SegmentHeard]:
        """The words so far, if there is anything new to show."""
        text = utterance.text
        if utterance.is_written or not text or text == utterance.shown:
            return []
        utterance.shown = text
        utterance.first_partial_ms = utterance.first_partial_ms or self._clock.monotonic_ms()
        committed = len(utterance.firm_text)
        segment = self._segment(utterance, end_sample, text, language, committed=committed)
        return [SegmentHeard(segment=segment)]

    def finish(
        self,
        utterance: OpenUtterance,
        *,
        end_sample: int,
        speech_end_heard_ms: int,
        language: LanguageTag | None,
    ) -> list[SegmentHeard]:
        """The firm words of all phrases. Where none were believed, what was shown ends as an empty final."""
        utterance.is_written = True
        text = utterance.firm_text
        if not text and not utterance.revision:
            return []
        segment = self._segment(
            utterance,
            end_sample,
            text,
            language,
            committed=len(text),
            confidence=utterance.confidence,
            is_final=True,
        )
        stages = Stages(
            onset_heard_ms=utterance.onset_heard_ms,
            speech_end_heard_ms=speech_end_heard_ms,
            first_partial_ms=utterance.first_partial_ms,
            final_ms=self._clock.monotonic_ms(),
        )
        return [SegmentHeard(segment=segment, stages=stages)]

    def _segment(
        self,
        utterance: OpenUtterance,
        end_sample: int,
        text: str,
        language: LanguageTag | None,
        *,
        committed: int,
        confidence: float | None = None,
        is_final: bool = False,
    ) -> TranscriptSegment:
        revision = utterance.revision
        utterance.revision += 1
        return TranscriptSegment(
            call_id=self._call_id,
            leg=self._leg,
            segment_id=utterance.segment_id,
            revision=revision,
            is_final=is_final,
            start_ms=ms_from_samples(utterance.onset_sample, RATE_HZ),
            end_ms=ms_from_samples(end_sample, RATE_HZ),
            text=text,
            language=language,
            engine=utterance.engine or self._engine,
            confidence=confidence,
            committed=committed,
        )
