"""Speech that became no words is marked once, and only when no passage explains it."""

import numpy as np

from asr.ear.ear import Phrase
from asr.leg.ledger import Ledger
from domain.passage import PassageKind
from domain.ports import PassageHeard


def a_phrase(start_ms: int, end_ms: int, why: PassageKind | None = None) -> Phrase:
    return Phrase(
        start_sample=start_ms * 16,
        end_sample=end_ms * 16,
        speech_ms=end_ms - start_ms,
        waveform=np.zeros(0, np.float32),
        why_not_speech=why,
    )


def test_what_became_words_needs_no_mark() -> None:
    ledger = Ledger()
    ledger.note_read(a_phrase(1_000, 2_000))

    assert ledger.due(60_000) == []
    assert ledger.close() == []


def test_what_did_not_is_marked_when_no_passage_can_come_any_more() -> None:
    ledger = Ledger()
    ledger.note_unread(a_phrase(1_000, 2_000), PassageKind.UNREADABLE)

    assert ledger.due(8_000) == []
    assert ledger.due(9_500) == [
        PassageHeard(start_ms=1_000, end_ms=2_000, kind=PassageKind.UNREADABLE)
    ]
    assert ledger.due(60_000) == []


def test_music_that_was_taken_for_speech_is_not_marked_twice() -> None:
    ledger = Ledger()
    ledger.note_unread(a_phrase(3_000, 5_000), PassageKind.HOLD_MUSIC)
    ledger.note_passage(PassageHeard(start_ms=1_000, end_ms=9_000, kind=PassageKind.HOLD_MUSIC))

    assert ledger.close() == []


def test_a_stretch_that_no_passage_covers_says_itself_what_it_was() -> None:
    ledger = Ledger()
    ledger.note_unread(a_phrase(3_000, 5_000), PassageKind.DTMF)

    (mark,) = ledger.close()
    assert mark.kind is PassageKind.DTMF


def test_a_stretch_is_never_marked_in_pieces() -> None:
    ledger = Ledger()
    ledger.note_unread(a_phrase(1_000, 4_000), PassageKind.UNREADABLE)
    ledger.note_read(a_phrase(5_000, 6_000))

    assert ledger.due(10_000) == []
    assert len(ledger.due(20_000)) == 1


def test_a_leg_that_speaks_without_becoming_text_is_told_once() -> None:
    ledger = Ledger()
    for second in range(40):
        ledger.note_unread(a_phrase(second * 1_000, second * 1_000 + 900), PassageKind.UNREADABLE)
        ledger.due(second * 1_000 + 900)

    assert not ledger.becomes_unheard(29_000, 30_000)
    assert ledger.becomes_unheard(31_000, 30_000)
    assert not ledger.becomes_unheard(32_000, 30_000)

    ledger.note_read(a_phrase(40_000, 42_000))
    assert not ledger.becomes_unheard(43_000, 30_000)
