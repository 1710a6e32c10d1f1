"""Say why a call ended, in a code for machines and a sentence for people."""

from dataclasses import dataclass

from domain.call import EndReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """The end of one call. ``detail`` is one sentence and never holds what was said."""

    reason: EndReason
    detail: str | None = None


class CallOver(Exception):
    """Leave a call from wherever its end was noticed."""

    def __init__(self, reason: EndReason, detail: str | None = None) -> None:
        super().__init__(detail or reason)
        self.ending = Ending(reason=reason, detail=detail)
