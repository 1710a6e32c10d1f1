"""People come and go on recorded streams, as RFC 8068 and the vendors tell it, and each stream keeps its speaker."""

from media_gateway.siprec.metadata import read_metadata
from media_gateway.siprec.oddity import Oddity
from media_gateway.siprec.roster import Roster, lost_step
from media_gateway.siprec.seating import Seat, seat

LABELS = ("1", "2")


class Told:
    """A recording that is told document after document."""

    def __init__(self, labels: tuple[str | None, ...] = LABELS) -> None:
        self.labels = labels
        self.roster = Roster()
        self.seats: tuple[Seat, ...] = ()
        self.oddities: tuple[Oddity, ...] = ()

    def hear(self, inner: str, *, mode: str = "partial") -> None:
        document = f"<recording><datamode>{mode}</datamode>{inner}</recording>"
        self.roster = self.roster.after(read_metadata(document.encode()))
        seating = seat(self.roster, self.labels, self.seats)
        self.seats, self.oddities = seating.seats, seating.oddities

    @property
    def who(self) -> list[str]:
        return [",".join(chair.ids) + ("-" if chair.is_empty else "") for chair in self.seats]


def person(own: str) -> str:
    return f'<participant participant_id="{own}"><nameID aor="sip:{own}@x"/></participant>'


def stream(own: str, label: str) -> str:
    return f'<stream stream_id="{own}" session_id="s"><label>{label}</label></stream>'


def sends(own: str, *streams: str, stopped: bool = False) -> str:
    sent = "".join(f"<send>{one}</send>" for one in streams)
    time = "<disassociate-time>t</disassociate-time>" if stopped else ""
    return f'<participantstreamassoc participant_id="{own}">{sent}{time}</participantstreamassoc>'


def left(own: str) -> str:
    return (
        f'<participantsessionassoc participant_id="{own}" session_id="s">'
        "<disassociate-time>t</disassociate-time></participantsessionassoc>"
    )


def came(own: str) -> str:
    return (
        f'<participantsessionassoc participant_id="{own}" session_id="s">'
        "<associate-time>t</associate-time></participantsessionassoc>"
    )


TWO = person("a") + person("b") + stream("s1", "1") + stream("s2", "2")
BOTH = TWO + sends("a", "s1") + sends("b", "s2")


def begun(inner: str = BOTH) -> Told:
    told = Told()
    told.hear(inner, mode="complete")
    return told


def test_the_label_leads_to_the_stream_and_the_stream_to_its_sender() -> None:
    told = begun(TWO + sends("a", "s2") + sends("b", "s1"))

    assert told.who == ["b", "a"]


def test_a_transfer_puts_the_next_agent_on_the_stream() -> None:
    told = begun()

    told.hear(person("c") + left("b") + came("c") + sends("c", "s2"))

    assert told.who == ["a", "c"]


def test_a_transfer_without_associations_gives_the_free_stream_to_who_came() -> None:
    told = begun(TWO)

    told.hear(left("a") + person("c"))

    assert told.who == ["c", "b"]


def test_a_parked_call_has_an_empty_seat_until_somebody_picks_up() -> None:
    told = begun()

    told.hear(left("b"))
    parked = told.who
    told.hear(person("c") + sends("c", "s2"))

    assert parked == ["a", "b-"]
    assert told.who == ["a", "c"]


def test_a_third_party_on_the_same_stream_is_heard_beside_the_second() -> None:
    told = begun()

    told.hear(person("c") + came("c") + sends("c", "s2"))

    assert told.who == ["a", "b,c"]
    assert Oddity.MIXED in told.oddities


def test_who_moves_to_another_stream_is_no_longer_on_the_first() -> None:
    told = begun()

    told.hear(sends("a", "s2") + sends("b", "s1"))

    assert told.who == ["b", "a"]


def test_an_association_without_send_silences_nobody() -> None:
    told = begun()

    told.hear('<participantstreamassoc participant_id="b"><recv>s1</recv></participantstreamassoc>')

    assert told.who == ["a", "b"]


def test_who_stops_sending_gives_the_stream_back() -> None:
    told = begun()

    told.hear(sends("b", "s2", stopped=True) + person("c") + sends("c", "s2"))

    assert told.who == ["a", "c"]


def test_who_comes_back_sits_where_they_sat() -> None:
    told = begun()

    told.hear(left("b"))
    told.hear(came("b"))

    assert told.who == ["a", "b"]


def test_a_complete_document_replaces_everything() -> None:
    told = begun()

    told.hear(
        person("x") + person("y") + stream("n1", "1") + stream("n2", "2") + sends("x", "n2"),
        mode="complete",
    )

    assert told.who == ["y", "x"]


def test_a_document_that_says_nothing_changes_nothing() -> None:
    told = begun()

    told.hear("", mode="complete")

    assert told.who == ["a", "b"]


def test_the_whole_history_in_one_document_ends_with_its_last_word() -> None:
    told = begun()

    told.hear(TWO + left("b") + came("b") + sends("a", "s1") + sends("b", "s2"), mode="complete")

    assert told.who == ["a", "b"]


def test_a_partial_update_about_strangers_means_that_we_are_out_of_step() -> None:
    told = begun()
    stranger = read_metadata(
        f"<recording><datamode>partial</datamode>{sends('z', 's2')}</recording>".encode()
    )

    assert lost_step(told.roster, stranger)
    assert not lost_step(told.roster, read_metadata(f"<recording>{BOTH}</recording>".encode()))


def test_names_known_once_are_not_lost_in_an_update_that_repeats_the_id() -> None:
    told = begun()

    told.hear('<participant participant_id="a"><name>Li</name></participant>')

    assert (told.seats[0].people[0].aor, told.seats[0].people[0].name) == ("sip:a@x", "Li")


def test_streams_with_the_same_label_are_told_apart_by_order() -> None:
    told = Told(("1", "1"))

    told.hear(BOTH, mode="complete")

    assert told.who == ["a", "b"]
    assert Oddity.SAME_LABEL in told.oddities
