"""Decide whether a reading can be what the other party said, from where it was heard and what it says."""

from asr.belief.announcements import announcement_in
from asr.belief.phantoms import plain
from asr.desk.reading import Reading
from asr.settings import PassageSettings
from domain.passage import PassageKind

_FEW_LETTERS = 4


def instead_of_words(
    reading: Reading, *, amid_music: bool, settings: PassageSettings
) -> PassageKind | None:
    """What the stretch is marked as in place of the reading; None where the reading stands.

    A song between two bars of hold music reads as a word or two that the machine itself doubts: twelve readings of
    wordless singing had confidences of 0.26 to 0.39 (whisper-base, generated sound, measured 2026-11-22). A syllable
    that the machine doubts, in a language it is not sure of, is no word either.
    """
    if not reading.text:
        return PassageKind.UNREADABLE
    if announcement_in(reading.text):
        return PassageKind.ANNOUNCEMENT
    if reading.confidence is None or reading.confidence >= settings.sure_amid_music:
        return None
    if amid_music:
        return PassageKind.HOLD_MUSIC
    is_a_cry = not reading.is_sure_of_language and len(plain(reading.text)) <= _FEW_LETTERS
    return PassageKind.NOISE if is_a_cry else None
