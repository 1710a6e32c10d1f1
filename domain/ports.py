"""Describe the sockets that machines plug into; only the caretaker (`app/`) knows which machine is in which."""

from array import array
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from domain.audio import Leg, Sound, Speech
from domain.ids import CallId, SegmentId
from domain.language import LanguageGuess, LanguageTag
from domain.passage import PassageKind
from domain.stages import Stages
from domain.transcript import TranscriptSegment


class Clock(Protocol):
    """Tell the time; tests bring their own."""

    def monotonic_ms(self) -> int: ...
    def now(self) -> datetime:
        """Aware UTC, for humans."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechCapabilities:
    """What a recogniser can do, so that callers branch on ability and never on a name."""

    engine: str
    languages: tuple[LanguageTag, ...]
    sample_rates_hz: tuple[int, ...]
    partials: bool
    words: bool
    identifies_language: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentHeard:
    """A revision of an utterance; ``stages`` is set on finals."""

    segment: TranscriptSegment
    stages: Stages | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageHeard:
    """A new opinion about the leg's language; ``decided_at_ms`` since the leg began."""

    guess: LanguageGuess
    decided_at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GapHeard:
    """Sound that recognition never got, in the leg's own time."""

    start_ms: int
    end_ms: int
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageHeard:
    """A passage without words, and why; times since the leg began."""

    start_ms: int
    end_ms: int
    kind: PassageKind


Heard = SegmentHeard | LanguageHeard | GapHeard | PassageHeard


class SpeechToText(Protocol):
    """Turn one leg's sound into words. The engine is shared and immutable; each ``listen`` holds its own state."""

    @property
    def capabilities(self) -> SpeechCapabilities: ...

    def listen(
        self, call_id: CallId, leg: Leg, sound: AsyncIterator[Sound]
    ) -> AsyncIterator[Heard]:
        """Yield revisions in order until the sound ends, then flush and finish.

        Guarantees: silence gives no words; revisions rise; one final per segment; finals never overlap and
        never go back; times lie inside the sound fed; frame size does not change the finals; a gap is
        reported, not squeezed. Closing the iterator frees everything within 200 ms, twice is fine.
        Raises InputError("asr.rate") on a sample rate it cannot take, EngineError when the machine is lost.
        """
        ...


class TextToSpeech(Protocol):
    """Speak a text. Raises InputError when the text is empty or the language has no voice."""

    @property
    def languages(self) -> tuple[LanguageTag, ...]: ...

    async def speak(self, text: str, *, language: LanguageTag, voice: str | None = None) -> Speech:
        """The whole text as one piece of speech. ``voice`` names one of the engine's voices, None its default."""
        ...


class TextRole(StrEnum):
    """Which side of a search a text stands on; some embedders treat them differently."""

    QUERY = "query"
    PASSAGE = "passage"


class Embedder(Protocol):
    """Place texts in a space where near means alike."""

    @property
    def model_id(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    async def embed(self, texts: Sequence[str], *, role: TextRole) -> list["array[float]"]:
        """One unit-length vector per text, in order."""
        ...


class LegListener(Protocol):
    """Hear one leg from its first sample to its last; whatever it does cannot delay the call."""

    async def listen(self, call_id: CallId, leg: Leg, sound: AsyncIterator[Sound]) -> None: ...


class LiveCalls(Protocol):
    """Wishes towards calls in progress; each may fail with NotFound when the call has ended."""

    async def play(self, call_id: CallId, speech: Speech) -> None:
        """Let the far side hear it. Returns when it was played or stopped."""
        ...

    async def stop_playing(self, call_id: CallId) -> None: ...

    async def hang_up(self, call_id: CallId) -> None: ...

    def expect(self, call_id: CallId) -> None:
        """Announce a call we are about to place, so that its wire may claim this id; strangers may not."""
        ...


class LineProvider(Protocol):
    """Ask the telephone system for an outgoing call; its sound then arrives on a wire as ``call_id``."""

    async def place_call(self, call_id: CallId, number: str, *, campaign_contact: str) -> None:
        """Returns when the far side answered. Raises Refused("line.no_answer"|"line.busy"), EngineError if the line is down."""
        ...


class RecordingWriter(Protocol):
    """One leg's lossless file while it grows."""

    @property
    def kept_samples(self) -> int:
        """How many samples are safe; what was written after them is still on its way."""
        ...

    async def write(self, pcm: bytes) -> None: ...
    def mark(self) -> None:
        """What is written next follows a gap: note its sample and its time in the index."""
        ...

    async def close(self) -> None: ...


class RecordingStore(Protocol):
    """Keep recordings: one lossless file per leg. A killed process leaves playable files."""

    async def create(self, call_id: CallId, leg: Leg, sample_rate_hz: int) -> RecordingWriter: ...
    def key(self, call_id: CallId, leg: Leg) -> str: ...
    async def read(self, key: str) -> Speech:
        """Raises NotFound."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptQuery:
    """What a quality officer looks for; None means any. ``words`` may be Chinese."""

    words: str
    language: LanguageTag | None = None
    leg: Leg | None = None
    from_day: date | None = None
    to_day: date | None = None
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptHit:
    """One line that matches; ``marks`` are (start, end) character ranges of ``text`` to highlight."""

    call_id: CallId
    segment_id: SegmentId
    leg: Leg
    start_ms: int
    end_ms: int
    text: str
    language: LanguageTag | None
    said_at: datetime
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptHits:
    """One page of hits and how many there are in all."""

    hits: tuple[TranscriptHit, ...]
    total: int


class TranscriptIndex(Protocol):
    """Find words in everything that was said. Adding the same segment twice leaves one."""

    async def add(self, segment: TranscriptSegment, said_at: datetime) -> None: ...
    async def search(self, query: TranscriptQuery) -> TranscriptHits: ...
