"""Keep one recording's roster and seats through all its documents, and tell what was odd about each."""

import logging
from collections.abc import Sequence

from aiosipua.message import SipRequest

from domain.audio import Leg
from media_gateway.sip.message import tokens
from media_gateway.siprec.counters import SiprecCounters
from media_gateway.siprec.metadata import Participant, Snapshot
from media_gateway.siprec.oddity import Oddity
from media_gateway.siprec.quirks import reference_of, vendor_of
from media_gateway.siprec.roles import Roles, assign
from media_gateway.siprec.roster import Roster, lost_step, oddities_of
from media_gateway.siprec.seating import Seat, seat
from media_gateway.siprec.settings import SiprecSettings

log = logging.getLogger(__name__)

Labels = Sequence[str | None]


class Attendance:
    """Who is there. ``request`` is the INVITE, whose headers name the software and the recorded call."""

    def __init__(
        self, *, request: SipRequest, settings: SiprecSettings, counters: SiprecCounters
    ) -> None:
        self.roster = Roster()
        self.seats: tuple[Seat, ...] = ()
        self._request = request
        self._settings = settings
        self._counters = counters

    def begin(self, snapshot: Snapshot, labels: Labels, noted: Sequence[Oddity]) -> Roles:
        """Take the first document, and say which leg every stream is."""
        self.roster = self.roster.after(snapshot)
        seating = seat(self.roster, labels)
        self.seats = seating.seats
        roles = assign(self.roster, self.seats, self._settings)
        manners = _manners(self._request)
        known = (*noted, *manners, *snapshot.oddities, *seating.oddities, *roles.oddities)
        self._tell(known, snapshot)
        return roles

    def follow(self, snapshot: Snapshot, labels: Labels, noted: Sequence[Oddity]) -> bool:
        """Take a later document; True when it speaks of people we were never told of."""
        is_lost = lost_step(self.roster, snapshot)
        oddities = (*noted, *oddities_of(self.roster, snapshot))
        self.roster = self.roster.after(snapshot)
        self.reseat(labels)
        self._tell(oddities, snapshot)
        return is_lost

    def reseat(self, labels: Labels) -> None:
        """The streams changed, and with them perhaps who sits where."""
        self.seats = seat(self.roster, labels, self.seats).seats

    def name_only(self, address: str) -> None:
        """Where no metadata names who speaks on the only stream, something else did."""
        if not self.seats[0].people:
            person = Participant(participant_id=address, aor=address)
            self.seats = (Seat(label=self.seats[0].label, people=(person,)),)

    def leg_at(self, place: int) -> Leg:
        """The kind of leg a stream would be by what is known now."""
        return assign(self.roster, self.seats, self._settings).legs[place].role

    def _tell(self, oddities: Sequence[Oddity], snapshot: Snapshot) -> None:
        """One line for each document, with the reason codes of everything that was odd about it."""
        header = self._request.get_header
        software = [header(name) or "" for name in ("user-agent", "server")]
        vendor = vendor_of(software, snapshot.namespaces)
        distinct = self._counters.note(oddities)
        if vendor is not None:
            self._counters.vendors[vendor.name] += 1
        log.log(
            logging.WARNING if distinct else logging.INFO,
            "recording metadata",
            extra={
                "wire_call_id": self._request.call_id,
                "reasons": [str(oddity) for oddity in distinct],
                "vendor": vendor.name if vendor is not None else None,
                "mode": str(snapshot.mode),
                "reference": reference_of(vendor, header)
                or next(iter(self.roster.references), None),
            },
        )


def _manners(request: SipRequest) -> tuple[Oddity, ...]:
    contact = (request.get_header("contact") or "").lower()
    noted = {
        Oddity.NOT_REQUIRED: "siprec" not in tokens(request, "require"),
        Oddity.NO_FEATURE_TAG: "+sip.src" not in contact,
    }
    return tuple(oddity for oddity, is_so in noted.items() if is_so)
