"""Tell the log what came that was no SIP, without letting a flood of it fill the disk."""

import logging
from collections import Counter
from collections.abc import Callable

from media_gateway.sip.link import Link

log = logging.getLogger(__name__)

WINDOW_S = 10
LINES_A_WINDOW = 20


class Complaints:
    """At most ``LINES_A_WINDOW`` lines in ``WINDOW_S``; ``counts`` has every one, by reason code."""

    def __init__(self, *, now: Callable[[], float]) -> None:
        self.counts: Counter[str] = Counter()
        self._now = now
        self._window_began_s = now()
        self._lines = 0

    def note(self, code: str, why: str, link: Link) -> None:
        self.counts[code] += 1
        now = self._now()
        if now - self._window_began_s > WINDOW_S:
            self._window_began_s, self._lines = now, 0
        self._lines += 1
        if self._lines <= LINES_A_WINDOW:
            log.warning(
                "a SIP message was not taken",
                extra={"code": code, "why": why, "peer": link.peer[0], "wire": link.transport},
            )
