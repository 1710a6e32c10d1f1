"""Say how often unfinished words are shown."""

from dataclasses import dataclass

from asr.settings.check import check


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialSettings:
    """How often unfinished words are shown.

    The first is tried after ``first_ms`` of speech and again every ``retry_ms`` until there are words; then one after
    ``every_ms`` of new speech, or after ``share`` of the phrase if that is longer, so that long phrases do not cost
    quadratically. All of these stretch as the machine is strained. Nothing is tried while we are ``late_ms`` behind
    the wire, and a partial that takes longer than ``patience_ms`` is given up: what the caller says next is worth more.

    When somebody pauses and the machine's strain is below ``trial_below``, what was said is read with care at once:
    if the pause turns out to be the end, the final is ready; if not, it is a good partial.
    """

    enabled: bool = True
    first_ms: int = 250
    retry_ms: int = 160
    every_ms: int = 600
    share: float = 0.12
    late_ms: int = 1_500
    patience_ms: int = 1_200
    trial_below: float = 0.6

    def __post_init__(self) -> None:
        check("first_ms", self.first_ms, 100, 5_000)
        check("retry_ms", self.retry_ms, 50, 5_000)
        check("every_ms", self.every_ms, 200, 5_000)
        check("share", self.share, 0.0, 1.0)
        check("late_ms", self.late_ms, 200, 30_000)
        check("patience_ms", self.patience_ms, 100, 10_000)
        check("trial_below", self.trial_below, 0.0, 2.0)
