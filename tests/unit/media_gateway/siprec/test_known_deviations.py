"""Every deviation we know of leads to a recording with the right people on the right streams."""

import pytest

from media_gateway.sip.sdp import read_sdp
from media_gateway.siprec.answer import oddities_of, plan
from media_gateway.siprec.body import read_body
from media_gateway.siprec.chair import party_of
from media_gateway.siprec.metadata import read_metadata
from media_gateway.siprec.quirks import QUIRKS, VENDORS
from media_gateway.siprec.roles import assign
from media_gateway.siprec.roster import Roster
from media_gateway.siprec.seating import seat
from media_gateway.siprec.settings import SiprecSettings
from tests.fakes.recorded_call import NAMES, RecordedCall, recorded_call

HALVES = frozenset(("two-forks-near", "two-forks-far"))  # their legs come from the From header
MANNERS = frozenset(("not_required", "no_feature_tag"))  # said of the request, not of its body


def understood(call: RecordedCall) -> tuple[list[tuple[str, str | None, str | None]], set[str]]:
    """(leg, number, name) of every usable stream, and the reason codes."""
    body = read_body(call.offer.content_type, call.offer.filled(port=6_000))
    assert body.sdp is not None
    planned = plan(read_sdp(body.sdp), most_streams=4, is_first=True)
    snapshot = read_metadata(body.metadata)
    roster = Roster().after(snapshot)
    seating = seat(roster, [entry.media.label for entry in planned if entry.is_usable])
    roles = assign(roster, seating.seats, SiprecSettings())
    parties = [party_of(chair, place) for place, chair in enumerate(seating.seats)]
    found = [
        (str(leg), party.number, party.name) for leg, party in zip(roles.legs, parties, strict=True)
    ]
    oddities = {
        *body.oddities,
        *snapshot.oddities,
        *seating.oddities,
        *roles.oddities,
        *oddities_of(planned, is_first=True),
    }
    return found, {str(oddity) for oddity in oddities}


@pytest.mark.parametrize("name", [name for name in NAMES if name not in HALVES])
def test_a_known_deviation_is_read_right(name: str) -> None:
    call = recorded_call(name)

    found, reasons = understood(call)

    assert found == list(call.seats)
    assert call.reasons - MANNERS <= reasons


def test_a_recording_as_the_rfcs_print_it_is_not_odd() -> None:
    _, reasons = understood(recorded_call("rfc7866"))

    assert reasons == set()


@pytest.mark.parametrize("quirk", [quirk.code for quirk in QUIRKS])
def test_every_deviation_of_the_table_is_shown(quirk: str) -> None:
    assert any(name.startswith(quirk) for name in NAMES)


def test_vendors_refer_to_deviations_that_are_described() -> None:
    described = {quirk.code for quirk in QUIRKS}

    assert {code for vendor in VENDORS for code in vendor.quirks} <= described
