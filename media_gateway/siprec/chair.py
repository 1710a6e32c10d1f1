"""Keep one recorded stream of a live recording: its RTP end, its leg, who sits there and whether it is listened to."""

from domain.audio import GapCause, Leg
from domain.call import Party
from media_gateway.line import Line
from media_gateway.rtp.crypto_attribute import SrtpKeys
from media_gateway.rtp.line_sink import LineSink
from media_gateway.rtp.stream import RtpStream
from media_gateway.siprec.answer import Opened, Planned
from media_gateway.siprec.seating import Seat


class Chair:
    """A stream from its m-line to its seat in the conversation. Everything returns at once."""

    def __init__(self, *, planned: Planned, stream: RtpStream, opened: Opened, number: int) -> None:
        self.planned = planned
        self.opened = opened
        self._stream = stream
        self._number = number  # unknown parties are told apart by it
        self._line: Line | None = None
        self._leg: Leg | None = None
        self._party: Party | None = None
        self._is_empty = False
        self._away: GapCause | None = None
        self._pause_stream()

    @property
    def place(self) -> int:
        """Which m-line it is."""
        return self.planned.place

    @property
    def is_quiet(self) -> bool:
        """Whether the far side said that nothing comes."""
        return self.planned.quiet is not None or not self.planned.is_usable

    @property
    def silent_for_ms(self) -> int:
        """Since when neither sound nor a report came."""
        return self._stream.silent_for_ms

    def is_deaf(self, after_ms: int) -> bool:
        """Whether nothing at all ever came, though it should have by now."""
        nothing = self._stream.counters.received == 0
        return nothing and not self.is_quiet and self.silent_for_ms >= after_ms

    def begin(self, line: Line, stream_number: int) -> None:
        """Let its sound into a line, from the first packet that came."""
        self._line, self._leg = line, line.legs[stream_number]
        self._settle()
        if self._party is not None:
            line.rename(self._leg, self._party)
        self._stream.start(LineSink(line, leg=self._leg, stream=stream_number))
        self._pause_stream()

    def agree(self, planned: Planned) -> None:
        """Their offer changed: another codec, another address, hold, or the stream is gone."""
        was_quiet = self.is_quiet
        self.planned = planned
        if planned.is_usable:
            self._stream.set_remote(
                planned.remote,
                planned.formats,
                srtp=keys_of(planned),
                local=planned.formats,
                rtcp_mux=planned.media.rtcp_mux,
            )
        if self.is_quiet != was_quiet:
            self._pause_stream()
        self._settle()

    def sit(self, seat: Seat) -> None:
        """Other people, or nobody, are on this stream from now on."""
        self._is_empty = seat.is_empty
        self._settle()
        party = party_of(seat, self._number)
        if party != self._party and not seat.is_empty:
            self._party = party
            if self._line is not None and self._leg is not None:
                self._line.rename(self._leg, party)

    def close(self) -> None:
        self._stream.close()

    def _pause_stream(self) -> None:
        if self.is_quiet:
            self._stream.pause()
        else:
            self._stream.resume()

    def _settle(self) -> None:
        """Tell the line what this stream's silence means, once for each change."""
        wanted = self._wanted()
        if self._line is None or self._leg is None or wanted is self._away:
            return
        if self._away is GapCause.ABSENT:
            self._line.rejoin(self._leg)
        elif self._away is not None:
            self._line.resume(self._leg)
        if wanted is GapCause.ABSENT:
            self._line.leave(self._leg)
        elif wanted is not None:
            self._line.hold(self._leg, wanted)
        self._away = wanted

    def _wanted(self) -> GapCause | None:
        if self._is_empty or not self.planned.is_usable:
            return GapCause.ABSENT
        return self.planned.quiet


def keys_of(planned: Planned) -> SrtpKeys | None:
    if planned.ours is None or planned.theirs is None:
        return None
    return SrtpKeys(ours=planned.ours, theirs=planned.theirs)


def party_of(seat: Seat, number: int) -> Party:
    """Everybody who speaks on a stream under one name; a stream of nobody known is ``unknown-1``, ``unknown-2`` ….."""
    if not seat.people:
        return Party(wire_id=f"unknown-{number}")
    if len(seat.people) == 1:
        person = seat.people[0]
        return Party(name=person.name, number=person.number, wire_id=person.aor)
    called = [person.name or person.number or person.aor for person in seat.people]
    return Party(
        name=", ".join(filter(None, called)) or None,
        wire_id=", ".join(filter(None, (person.aor for person in seat.people))) or None,
    )
