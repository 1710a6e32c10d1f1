"""Decide which stream is the outside party's and which are our own people's; pure.

The rules, first that decides wins:

1. Ours is who matches ``inside_hosts`` or ``inside_numbers``, or whose call BroadWorks says it records.
2. Who withheld their number is outside.
3. A short number or a user name beside a long number is ours: an extension, a hotline's short number, an agent's login.
4. The calling party (Oracle's ``callingParty``, Ribbon's ``fromhdr``, BroadWorks' ``callingPartyNumber``) is outside.
5. The first m-line is outside.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from domain.audio import Leg
from domain.call import Direction
from media_gateway.siprec.metadata import Participant
from media_gateway.siprec.oddity import Oddity
from media_gateway.siprec.people import host_of, is_hidden, number_of, user_of
from media_gateway.siprec.roster import Roster
from media_gateway.siprec.seating import Seat
from media_gateway.siprec.settings import SiprecSettings

OUTSIDE = (Leg.CALLER, Leg.CALLER_2, Leg.CALLER_3)
INSIDE = (Leg.AGENT, Leg.AGENT_2, Leg.AGENT_3, Leg.AGENT_4)

Side = bool | None  # True: ours, False: outside, None: nothing says


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """A leg for every seat, in order, and what follows from it."""

    legs: tuple[Leg, ...]
    direction: Direction
    caller_number: str | None
    dialled_number: str | None
    oddities: tuple[Oddity, ...] = ()


def assign(roster: Roster, seats: Sequence[Seat], settings: SiprecSettings) -> Roles:
    """Who is who at the start of a call; legs keep their stream from then on."""
    sides, is_guess = _sides(roster, seats, settings)
    calling = _calling(roster)
    callers_side = None if calling is None else _is_ours(calling, roster, settings)
    outbound = callers_side is True or _dialled_out(calling, seats, sides)
    return Roles(
        legs=_legs(sides),
        direction=Direction.OUTBOUND if outbound else Direction.INBOUND,
        caller_number=calling.number if calling else number_of(roster.calling),
        dialled_number=_dialled(roster, calling),
        oddities=(Oddity.GUESSED_ROLES,) if is_guess else (),
    )


def _sides(
    roster: Roster, seats: Sequence[Seat], settings: SiprecSettings
) -> tuple[list[bool], bool]:
    rules: tuple[Callable[[Participant], Side], ...] = (
        lambda person: True if _is_ours(person, roster, settings) else None,
        lambda person: False if is_hidden(person.aor, person.name) else None,
        _by_length(seats, settings.extension_digits),
        _by_calling(roster),
    )
    for rule in rules:
        decided = [_side(seat, rule) for seat in seats]
        if len(seats) == 1 and decided[0] is not None and len(seats[0].people) == 1:
            return [decided[0]], False
        if _tells_apart(decided):
            return _completed(decided), False
    return [place > 0 for place in range(len(seats))], len(seats) > 1


def _side(seat: Seat, rule: Callable[[Participant], Side]) -> Side:
    """A stream on which anybody outside speaks is outside."""
    opinions = [rule(person) for person in seat.people]
    if False in opinions:
        return False
    return True if True in opinions else None


def _tells_apart(decided: Sequence[Side]) -> bool:
    return len(decided) > 1 and len(set(decided)) > 1


def _completed(decided: Sequence[Side]) -> list[bool]:
    """Those the rule says nothing about are on the other side of those it names."""
    others = True not in decided
    if True in decided and False in decided:
        others = True
    return [others if side is None else side for side in decided]


def _is_ours(person: Participant, roster: Roster, settings: SiprecSettings) -> bool:
    host, number = host_of(person.aor), person.number
    if host is not None and host in settings.inside_hosts:
        return True
    if number is not None and number.startswith(settings.inside_numbers or ("\0",)):
        return True
    recorded = roster.recorded_user
    return recorded is not None and _same(person.aor, recorded)


def _by_length(seats: Sequence[Seat], extension_digits: int) -> Callable[[Participant], Side]:
    people = [person for seat in seats for person in seat.people]
    if not any(_digits(person) > extension_digits for person in people) or not extension_digits:
        return lambda person: None

    def rule(person: Participant) -> Side:
        if user_of(person.aor) is None:
            return None
        return _digits(person) <= extension_digits

    return rule


def _digits(person: Participant) -> int:
    return len((person.number or "").lstrip("+"))


def _by_calling(roster: Roster) -> Callable[[Participant], Side]:
    marked = [person for person in roster.present if person.is_calling]

    def rule(person: Participant) -> Side:
        if marked:
            return False if person in marked else None
        return False if roster.calling and _same(person.aor, roster.calling) else None

    return rule


def _calling(roster: Roster) -> Participant | None:
    """Who dialled: marked by the vendor, else the first participant, as every stack we saw writes them."""
    for person in roster.present:
        if person.is_calling or (roster.calling and _same(person.aor, roster.calling)):
            return person
    return roster.present[0] if roster.present and roster.calling is None else None


def _dialled_out(calling: Participant | None, seats: Sequence[Seat], sides: Sequence[bool]) -> bool:
    return any(
        is_ours and calling in seat.people for seat, is_ours in zip(seats, sides, strict=True)
    )


def _dialled(roster: Roster, calling: Participant | None) -> str | None:
    stated = number_of(roster.called)
    if stated is not None:
        return stated
    return next((p.number for p in roster.present if p != calling and p.number), None)


def _legs(sides: Sequence[bool]) -> tuple[Leg, ...]:
    free = {True: list(INSIDE), False: list(OUTSIDE)}
    return tuple((free[ours] or free[not ours]).pop(0) for ours in sides)


def _same(one: str | None, other: str) -> bool:
    """The same user, whatever host an SBC wrote behind it; numbers compare by their last nine digits."""
    ours, theirs = number_of(one), number_of(other)
    if ours is not None and theirs is not None:
        return ours == theirs or (min(len(ours), len(theirs)) >= 9 and ours[-9:] == theirs[-9:])
    user = user_of(one)
    return user is not None and user == user_of(other)
