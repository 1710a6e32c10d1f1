"""Name what is heard on a leg where there are no words."""

from enum import StrEnum


class PassageKind(StrEnum):
    """Why a passage of a leg has no words."""

    HOLD_MUSIC = "hold_music"
    RING_BACK = "ring_back"  # ring-back, busy and other tones of the telephone system
    DTMF = "dtmf"
    ANNOUNCEMENT = "announcement"  # the telephone system itself speaks
    NOISE = "noise"
    UNREADABLE = "unreadable"  # somebody spoke, and no machine could read it
