"""Recognise labelled clips with our own listener and with a peer, by turns, and note what each cost."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from itertools import groupby

from bench.speech.clip import Clip, Codec, load_clip
from bench.speech.cpu_time import Cost, Meter
from bench.speech.error_rate import Tally, plain, tally
from bench.speech.listening import ClipHeard, listen_to
from bench.speech.manifest import Row
from bench.speech.peer import Peer, plain_speech
from bench.speech.stretches import merged, overlap_ms, total_ms
from domain.language import LanguageTag
from domain.ports import SpeechToText

COLLAR_MS = 250  # as in the scoring of speakers: nobody labels an onset more exactly
OpenRecogniser = Callable[
    [tuple[LanguageTag, ...] | None], AbstractAsyncContextManager[SpeechToText]
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One side's answer to one clip."""

    text: str
    cost: Cost
    tally: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Speech that a detector of its own heard in a clip, and how much of it became words or at least a mark."""

    speech_ms: int = 0
    transcribed_ms: int = 0
    accounted_ms: int = 0

    def __add__(self, other: "Coverage") -> "Coverage":
        return Coverage(
            speech_ms=self.speech_ms + other.speech_ms,
            transcribed_ms=self.transcribed_ms + other.transcribed_ms,
            accounted_ms=self.accounted_ms + other.accounted_ms,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one row. ``invented`` counts units written where nobody speaks; such a row has no tally."""

    row: Row
    audio_s: float
    ours: Said
    peer: Said | None
    coverage: Coverage

    @property
    def invented(self) -> int:
        return self.ours.tally.errors if self.row.is_silence else 0

    @property
    def peer_invented(self) -> int:
        return self.peer.tally.errors if self.peer is not None and self.row.is_silence else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """How clips are brought: behind which codec, and whether both sides are told the language."""

    codec: Codec
    tells_language: bool
    peer: Peer | None

    def told(self, row: Row) -> str | None:
        """What both sides are told of the language: nothing where two are mixed."""
        mixed = "+" in row.language or row.is_silence or not row.language
        return row.language if self.tells_language and not mixed else None


async def recognise(
    rows: Sequence[Row], contest: Contest, open_recogniser: OpenRecogniser
) -> AsyncIterator[Outcome]:
    """One outcome per row, those of one language after another; loading and a first clip to warm up cost nothing.

    ``open_recogniser`` is asked once per language told; None lets it find the language among its own.
    """
    by_told = sorted(rows, key=lambda row: contest.told(row) or "")
    number = 0
    for told, group in groupby(by_told, key=contest.told):
        allowed = None if told is None else (LanguageTag(told),)
        async with open_recogniser(allowed) as recogniser:
            warm = False
            for row in group:
                clip = load_clip(row, contest.codec)
                if not warm:
                    await _answers(recogniser, contest, row, clip, number)
                    warm = True
                yield await _outcome(recogniser, contest, row, clip, number)
                number += 1


async def _outcome(
    recogniser: SpeechToText, contest: Contest, row: Row, clip: Clip, number: int
) -> Outcome:
    heard, our_cost, said, peer_cost = await _answers(recogniser, contest, row, clip, number)
    return Outcome(
        row=row,
        audio_s=clip.duration_s,
        ours=Said(text=heard.text, cost=our_cost, tally=_tally(row, heard.text)),
        peer=None if said is None else Said(text=said, cost=peer_cost, tally=_tally(row, said)),
        coverage=Coverage() if row.is_silence else covered(clip, heard),
    )


async def _answers(
    recogniser: SpeechToText, contest: Contest, row: Row, clip: Clip, number: int
) -> tuple[ClipHeard, Cost, str | None, Cost]:
    """Who begins changes with every clip, so that neither always finds the caches warm."""
    peer_first = number % 2 == 1
    said, peer_cost = _peer_answer(contest, row, clip) if peer_first else (None, _NOTHING)
    meter = Meter()
    heard = await listen_to(recogniser, clip, f"clip-{row.line}")
    our_cost = meter.read()
    if not peer_first:
        said, peer_cost = _peer_answer(contest, row, clip)
    return heard, our_cost, said, peer_cost


_NOTHING = Cost(cpu_s=0.0, wall_s=0.0)


def _peer_answer(contest: Contest, row: Row, clip: Clip) -> tuple[str | None, Cost]:
    if contest.peer is None:
        return None, _NOTHING
    meter = Meter()
    text = contest.peer.transcribe(clip, contest.told(row))
    return text, meter.read()


def _tally(row: Row, text: str) -> Tally:
    if not row.is_silence:
        return tally(row.transcript, text, row.language)
    return Tally(errors=len(plain(text, "en").split()), length=0)


def covered(clip: Clip, heard: ClipHeard) -> Coverage:
    """Judged by plain Silero, half a second of collar in all."""
    speech = merged(
        plain_speech(
            clip.at_16k(), min_silence_duration_ms=300, min_speech_duration_ms=250, speech_pad_ms=0
        )
    )
    written = merged(heard.written, COLLAR_MS)
    either = merged([*heard.written, *heard.marked], COLLAR_MS)
    return Coverage(
        speech_ms=total_ms(speech),
        transcribed_ms=overlap_ms(speech, written),
        accounted_ms=overlap_ms(speech, either),
    )
