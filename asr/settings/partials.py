"""Say how often unfinished words are shown."""

from dataclasses import dataclass

from asr.settings.check import check


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialSettings:
    """How often unfinished words are shown.

    A partial is tried after ``every_ms`` of new speech, or after ``share`` of the utterance if that is longer, so
    that long utterances do not cost quadratically. Nothing is tried while we are ``late_ms`` behind the wire, and a
    partial that takes longer than ``patience_ms`` is given up: what the caller says next is worth more.
    """

    enabled: bool = True
    every_ms: int = 700
    share: float = 0.12
    late_ms: int = 1_500
    patience_ms: int = 1_200

    def __post_init__(self) -> None:
        check("every_ms", self.every_ms, 200, 5_000)
        check("share", self.share, 0.0, 1.0)
        check("late_ms", self.late_ms, 200, 30_000)
        check("patience_ms", self.patience_ms, 100, 10_000)
