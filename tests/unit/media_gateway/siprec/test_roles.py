"""Who is outside and who is ours is decided by rules, the same way every time."""

import pytest

from domain.audio import Leg
from domain.call import Direction
from media_gateway.siprec.metadata import Participant, RecordedStream
from media_gateway.siprec.oddity import Oddity
from media_gateway.siprec.people import host_of, is_hidden, number_of, read_address, tidy_name
from media_gateway.siprec.roles import Roles, assign
from media_gateway.siprec.roster import Roster
from media_gateway.siprec.seating import seat
from media_gateway.siprec.settings import SiprecSettings

MOBILE, MOBILE_2, EXTENSION = "sip:13800001111@carrier", "sip:13911112222@other", "sip:8001@pbx"
CALLER_FIRST, AGENT_FIRST = (Leg.CALLER, Leg.AGENT), (Leg.AGENT, Leg.CALLER)


def roles(*aors: str, calling: int | None = None, settings: SiprecSettings | None = None) -> Roles:
    people = {
        str(place): Participant(
            participant_id=str(place),
            aor=aor,
            is_calling=None if calling is None else place == calling,
        )
        for place, aor in enumerate(aors)
    }
    streams = {own: RecordedStream(stream_id=own, label=own) for own in people}
    roster = Roster(people=people, streams=streams, senders={own: (own,) for own in people})
    return assign(roster, seat(roster, list(people)).seats, settings or SiprecSettings())


def test_a_short_number_beside_a_long_one_is_ours() -> None:
    assert roles(EXTENSION, MOBILE).legs == AGENT_FIRST
    assert roles(MOBILE, EXTENSION).legs == CALLER_FIRST


def test_who_dialled_from_inside_makes_it_an_outbound_call() -> None:
    found = roles(EXTENSION, MOBILE)

    assert (found.direction, found.caller_number, found.dialled_number) == (
        Direction.OUTBOUND,
        "8001",
        "13800001111",
    )


def test_the_calling_party_is_outside_when_numbers_do_not_tell() -> None:
    found = roles(MOBILE, MOBILE_2, calling=1)

    assert found.legs == AGENT_FIRST
    assert (found.direction, found.caller_number) == (Direction.INBOUND, "13911112222")
    assert found.oddities == ()


@pytest.mark.parametrize(
    "settings",
    [SiprecSettings(inside_hosts=("other",)), SiprecSettings(inside_numbers=("139111",))],
)
def test_the_houses_own_hosts_and_numbers_come_before_every_other_rule(
    settings: SiprecSettings,
) -> None:
    assert roles(MOBILE_2, MOBILE, calling=0, settings=settings).legs == AGENT_FIRST


def test_who_hides_the_number_is_outside() -> None:
    assert roles(EXTENSION, "sip:anonymous@anonymous.invalid").legs == AGENT_FIRST


def test_without_any_sign_the_first_stream_is_outside_and_it_is_said_to_be_a_guess() -> None:
    found = roles(MOBILE, MOBILE_2)

    assert found.legs == CALLER_FIRST
    assert found.oddities == (Oddity.GUESSED_ROLES,)


def test_a_single_stream_of_one_of_ours_is_the_agents() -> None:
    settings = SiprecSettings(inside_hosts=("pbx",))

    assert roles(EXTENSION, settings=settings).legs == (Leg.AGENT,)
    assert roles(MOBILE, settings=settings).legs == (Leg.CALLER,)


def test_three_and_four_parties_have_seats_of_their_own() -> None:
    assert roles(MOBILE, EXTENSION, "sip:8002@pbx").legs == (Leg.CALLER, Leg.AGENT, Leg.AGENT_2)
    assert len(set(roles(MOBILE, MOBILE, MOBILE, MOBILE).legs)) == 4


@pytest.mark.parametrize(
    ("aor", "number"),
    [
        ("sip:+86-755-1234567@x;user=phone", "+867551234567"),
        ("sip:123;noa=international@ims.example;x=1", "123"),
        ("tel:+8613800001111", "+8613800001111"),
        ("sip:%2B8613800001111@x", "+8613800001111"),
        ("sip:alice@x", None),
        ("sip:10.1.2.3", None),
        ("sip:@x", None),
        (None, None),
    ],
)
def test_a_number_is_read_from_any_address(aor: str | None, number: str | None) -> None:
    assert number_of(aor) == number


def test_names_and_hosts_lose_their_dress() -> None:
    assert tidy_name('"Li Na";lang=zh;id=22') == "Li Na"
    assert tidy_name('""') is None
    assert host_of("sip:a@X.example:5060;transport=tcp") == "x.example"
    assert read_address('"Li" <sip:1@x;y=z>;tag=9') == ("sip:1@x;y=z", "Li")
    assert is_hidden("sip:Anonymous@10.0.0.1")
