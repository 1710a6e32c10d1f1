"""Turn what was recognised on a line into what its AudioHook client is told."""

import asyncio

from domain.audio import Leg, ms_from_samples
from domain.events import LegTranscribed
from media_gateway.line import Line
from media_gateway.sockets.audiohook_post import AudioHookPost
from media_gateway.transcript_source import TranscriptFact
from media_gateway.wires.audiohook_media import Media
from media_gateway.wires.audiohook_transcript import ClientTime, entity_id, transcript_entity


class AudioHookWords:
    """The words of one line's legs. ``take`` returns at once; ``over`` is set when no further word will come."""

    def __init__(self, line: Line, media: Media, post: AudioHookPost) -> None:
        self._post = post
        self._channels = dict(zip(line.legs, media.channels, strict=True))
        self._began_ms = {
            fork.leg: ms_from_samples(fork.samples, fork.sample_rate_hz)
            for fork in line.forks
            if fork.leg in self._channels
        }
        self._talking: set[Leg] = set(self._channels)
        self.time = ClientTime()
        self.language_hint: str | None = None
        self.over = asyncio.Event()

    def take(self, fact: TranscriptFact) -> None:
        if isinstance(fact, LegTranscribed):
            self._talking.discard(fact.leg)
            if not self._talking:
                self.over.set()
            return
        segment = fact.segment
        channel = self._channels.get(segment.leg)
        began_ms = self._began_ms.get(segment.leg, 0)
        if channel is None or segment.start_ms < began_ms or not segment.text:
            return
        entity = transcript_entity(
            segment,
            channel=channel,
            time=self.time,
            began_ms=began_ms,
            language_hint=self.language_hint,
        )
        self._post.tell(entity_id(segment.segment_id), entity, is_final=segment.is_final)
