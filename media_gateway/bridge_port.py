"""Stand for one leg at a bridge: what it brings, and who may hear it."""

from enum import StrEnum

from domain.audio import Leg
from media_gateway.bridge_counters import BridgeCounters
from media_gateway.hold_music import HoldMusic
from media_gateway.mouthpiece import Mouthpiece
from media_gateway.sound_ring import SoundRing


class Mode(StrEnum):
    """Who hears a leg. Every leg that is not on hold hears everybody who may be heard by it."""

    TALK = "talk"  # heard by everybody
    LISTEN = "listen"  # heard by nobody: a silent supervisor
    WHISPER = "whisper"  # heard by agents only
    BARGE = "barge"  # heard by everybody: a supervisor who steps in


class BridgePort:
    """One leg: its ring of sound, its ear and its standing."""

    __slots__ = (
        "ear_rate_hz",
        "is_held",
        "leg",
        "mode",
        "mouth_rate_hz",
        "mouthpiece",
        "music",
        "ring",
    )

    def __init__(
        self,
        leg: Leg,
        *,
        mouthpiece: Mouthpiece,
        sample_rate_hz: int,
        mode: Mode,
        counters: BridgeCounters,
    ) -> None:
        self.leg = leg
        self.mouthpiece = mouthpiece
        self.mouth_rate_hz = sample_rate_hz
        self.ear_rate_hz = mouthpiece.sample_rate_hz
        self.mode = mode
        self.is_held = False
        self.music: HoldMusic | None = None
        self.ring = SoundRing(sample_rate_hz, counters)

    def is_heard_by(self, other: "BridgePort") -> bool:
        if other is self or self.is_held or other.is_held or self.mode is Mode.LISTEN:
            return False
        return self.mode is not Mode.WHISPER or is_agent(other.leg)


def is_agent(leg: Leg) -> bool:
    """Whether a whispering supervisor speaks to it."""
    return leg.role is Leg.AGENT
