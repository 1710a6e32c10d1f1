"""Say what stretches of a leg without words are worth a record."""

from dataclasses import dataclass

from asr.settings.check import check


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageSettings:
    """When music or a tone is a passage, and when a leg that speaks without becoming text is a worry.

    ``longest_ms``: a longer passage is told in pieces, so that a long hold shows while it lasts. A frame is music-like
    in so far as its power stands in partials that keep their pitch: ``music_at`` is the share that begins music where
    nobody speaks, ``goes_on_at`` the share that continues it, ``surely_music_at`` the share at which a stretch that
    the speech detector took for speech is not read, ``amid_music_at`` the same for a stretch with music around it.
    ``sure_amid_music``: the confidence that a reading needs there.
    """

    min_music_ms: int = 3_000
    min_tone_ms: int = 250
    longest_ms: int = 60_000
    music_at: float = 0.16
    goes_on_at: float = 0.07
    surely_music_at: float = 0.42
    amid_music_at: float = 0.34
    sure_amid_music: float = 0.4
    unheard_after_ms: int = 30_000

    def __post_init__(self) -> None:
        check("min_music_ms", self.min_music_ms, 1_000, 30_000)
        check("min_tone_ms", self.min_tone_ms, 64, 5_000)
        check("longest_ms", self.longest_ms, 10_000, 600_000)
        check("music_at", self.music_at, 0.05, 0.9)
        check("goes_on_at", self.goes_on_at, 0.02, self.music_at)
        check("amid_music_at", self.amid_music_at, 0.2, 1.0)
        check("surely_music_at", self.surely_music_at, self.amid_music_at, 1.0)
        check("sure_amid_music", self.sure_amid_music, 0.0, 1.0)
        check("unheard_after_ms", self.unheard_after_ms, 3_000, 120_000)
