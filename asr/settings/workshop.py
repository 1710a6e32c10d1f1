"""Say how machines are kept, watched and replaced, and how much they read at once."""

from dataclasses import dataclass

from asr.settings.check import check


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkshopSettings:
    """How machines are kept and how much they are asked at once.

    ``isolated`` gives each machine a process of its own, which can be replaced when it hangs or leaks; without it
    machines run on threads of this one. A batch must be answered within ``deadline_s`` plus ``deadline_per_sound``
    times its sound, and a machine at work that uses no processor time at all for ``still_s`` is taken to hang (0: wait
    for the deadline); a start within ``start_within_s``. A start that fails is tried ``start_tries`` times with a pause
    that doubles from ``pause_s``, and again for whoever asks ``retry_after_s`` later. A machine above ``max_rss_mb``
    (but never below one and a half times its weight when it started) or older than ``max_hours`` gets a successor.
    Up to ``finals_together`` and ``partials_together`` utterances are read in one go if the shortest has at least
    ``alike`` of the length of the longest; ``partials_waiting`` bounds the line. On a processor four together cost a
    tenth less than one by one, and more only make all wait for the last; a GPU wants more.
    """

    isolated: bool = True
    start_within_s: float = 60.0
    start_tries: int = 3
    pause_s: float = 0.5
    retry_after_s: float = 30.0
    deadline_s: float = 6.0
    deadline_per_sound: float = 2.0
    still_s: float = 3.0
    max_rss_mb: int = 1_500
    max_hours: float = 24.0
    finals_together: int = 4
    partials_together: int = 4
    alike: float = 0.5
    partials_waiting: int = 16

    def __post_init__(self) -> None:
        check("start_within_s", self.start_within_s, 0.1, 3_600)
        check("start_tries", self.start_tries, 1, 20)
        check("pause_s", self.pause_s, 0, 60)
        check("retry_after_s", self.retry_after_s, 0, 3_600)
        check("deadline_s", self.deadline_s, 0.05, 600)
        check("deadline_per_sound", self.deadline_per_sound, 0, 100)
        check("still_s", self.still_s, 0, 600)
        check("max_rss_mb", self.max_rss_mb, 1, 1_000_000)
        check("max_hours", self.max_hours, 0.01, 10_000)
        check("finals_together", self.finals_together, 1, 256)
        check("partials_together", self.partials_together, 1, 256)
        check("alike", self.alike, 0, 1)
        check("partials_waiting", self.partials_waiting, 0, 10_000)
