"""Know whom to listen to: learn the source from its first packets, then refuse everybody else.

Symmetric RTP lets a telephone behind NAT send from another address than its SDP names. Who sends three packets is
locked; after that a stranger's packets would be an injection, until the far side announces a change by SDP.
"""

from media_gateway.rtp.packet import RtpPacket

Source = tuple[str, int]

PACKETS_TO_LOCK = 3
MOST_CANDIDATES = 4
# After a re-INVITE the new source may take over while the old one still sends; 5 s of 20 ms packets.
RELEARN_PACKETS = 250


class SourceLock:
    """``locked`` is the source we listen to. Packets of candidates wait here, so that no first word is lost."""

    def __init__(self) -> None:
        self.locked: Source | None = None
        self._expected: Source | None = None
        self._candidates: dict[Source, list[RtpPacket]] = {}
        self._relearn_left = 0

    def expect(self, announced: Source | None) -> None:
        """The far side said (again) where it will send from; the lock is open for a moment."""
        self._expected = announced
        self._candidates.clear()
        self._relearn_left = RELEARN_PACKETS

    def note_heard(self) -> None:
        """A packet of the locked source came: the moment for a change is passing."""
        if self._relearn_left:
            self._relearn_left -= 1
            if not self._relearn_left:
                self._candidates.clear()

    @property
    def is_open(self) -> bool:
        return self.locked is None or self._relearn_left > 0

    def admit(self, source: Source, packet: RtpPacket) -> list[RtpPacket] | None:
        """Hear of a packet from somebody who is not locked.

        Returns the packets to be heard when this locks its sender, an empty list while we wait, None when it is refused.
        """
        if not self.is_open:
            return None
        if source == self._expected:
            return self._lock(source, packet)
        waiting = self._candidates.get(source)
        if waiting is None:
            if len(self._candidates) >= MOST_CANDIDATES:
                del self._candidates[next(iter(self._candidates))]  # four strangers lock nobody out
            waiting = self._candidates[source] = []
        waiting.append(packet)
        if len(waiting) < PACKETS_TO_LOCK:
            return []
        self._candidates[source] = waiting[:-1]
        return self._lock(source, packet)

    def settle(self) -> list[RtpPacket]:
        """Lock the only candidate there is, for a source that sends a packet now and then; its packets."""
        if self.locked is not None or len(self._candidates) != 1:
            return []
        source, waiting = next(iter(self._candidates.items()))
        self._candidates[source] = waiting[:-1]
        return self._lock(source, waiting[-1])

    def _lock(self, source: Source, packet: RtpPacket) -> list[RtpPacket]:
        waited = self._candidates.pop(source, [])
        self.locked = source
        self._relearn_left = 0
        self._candidates.clear()
        return [*waited, packet]
