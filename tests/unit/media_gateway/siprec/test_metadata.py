"""Metadata in any dress becomes a snapshot; what cannot be read becomes an empty one with a reason."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media_gateway.siprec.metadata import DataMode, Snapshot, read_metadata
from media_gateway.siprec.oddity import Oddity
from media_gateway.siprec.roles import assign
from media_gateway.siprec.roster import Roster, oddities_of
from media_gateway.siprec.seating import seat
from media_gateway.siprec.settings import SiprecSettings
from media_gateway.siprec.writing import Speaker, write_metadata
from media_gateway.siprec.xml_tree import DEEPEST, LONGEST_BYTES, MOST_ELEMENTS
from tests.fakes.recorded_call import NAMES, recorded_call

LABELS = ("1", "2")
EXAMPLES = tuple(recorded_call(name).offer.filled(port=6_000) for name in NAMES)


def follow(*documents: bytes) -> tuple[Roster, Snapshot]:
    roster, snapshot = Roster(), Snapshot()
    for document in documents:
        snapshot = read_metadata(document)
        roster = roster.after(snapshot)
    return roster, snapshot


@given(st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_whatever_bytes_come_there_is_a_roster_or_a_reason(raw: bytes) -> None:
    snapshot = read_metadata(raw)

    assert snapshot.is_usable or snapshot.oddities


@given(example=st.sampled_from(EXAMPLES), cut=st.integers(0, 3_000), junk=st.binary(max_size=12))
@settings(max_examples=300, deadline=None)
def test_a_damaged_document_never_stops_a_recording(example: bytes, cut: int, junk: bytes) -> None:
    begin = max(example.find(b"<?xml"), 0)
    document = example[begin:]
    damaged = document[:cut] + junk + document[cut + len(junk) :]

    roster, snapshot = follow(damaged, document, damaged)
    seating = seat(roster, LABELS)
    roles = assign(roster, seating.seats, SiprecSettings())

    assert len(seating.seats) == len(roles.legs) == len(LABELS)
    assert set(oddities_of(roster, snapshot)) <= set(Oddity)


NAMES_OF_ELEMENTS = st.sampled_from(
    [
        "recording",
        "session",
        "participant",
        "stream",
        "participantstreamassoc",
        "participantsessionassoc",
        "send",
        "recv",
        "label",
        "nameID",
        "name",
        "aor",
        "datamode",
        "disassociate-time",
        "extensiondata",
        "callingParty",
        "fromhdr",
        "id",
    ]
)
IDS = st.sampled_from(["a", "b", "c", "1", "2", "", "é", "x" * 300])


@st.composite
def documents(draw: st.DrawFn, depth: int = 2) -> str:
    name = draw(NAMES_OF_ELEMENTS)
    attributes = draw(
        st.dictionaries(
            st.sampled_from(["id", "participant_id", "stream_id", "session_id", "aor", "label"]),
            IDS,
            max_size=3,
        )
    )
    inner = draw(IDS | st.just("partial") | st.just("true"))
    if depth:
        inner += "".join(draw(st.lists(documents(depth=depth - 1), max_size=3)))
    written = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<{name}{written}>{inner}</{name}>"


@given(st.lists(documents(), max_size=3), st.integers(1, 4))
@settings(max_examples=300, deadline=None)
def test_whatever_metadata_comes_nothing_but_a_roster_follows(
    pieces: list[str], streams: int
) -> None:
    raw = [f"<recording>{piece}</recording>".encode() for piece in pieces]

    roster, _ = follow(*raw)
    seating = seat(roster, ["1", "a", None, "1"][:streams])
    roles = assign(roster, seating.seats, SiprecSettings())

    assert len(set(roles.legs)) == streams


@given(
    st.lists(
        st.tuples(st.text(min_size=1, max_size=20), st.booleans()),
        min_size=1,
        max_size=6,
        unique_by=lambda pair: pair[0],
    )
)
@settings(max_examples=300, deadline=None)
def test_what_we_write_we_read(people: list[tuple[str, bool]]) -> None:
    speakers = [
        Speaker(
            key=str(place),
            aor=f"sip:1380000{place:04}@x.example",
            label=str(place),
            name="".join(c for c in name if c.isalnum()) or None,
            has_left=gone,
        )
        for place, (name, gone) in enumerate(people)
    ]

    snapshot = read_metadata(write_metadata(speakers, session="s", at="2025-01-01T00:00:00Z"))

    assert [person.aor for person in snapshot.participants] == [s.aor for s in speakers]
    assert [person.name for person in snapshot.participants] == [s.name for s in speakers]
    assert len(snapshot.left) == sum(s.has_left for s in speakers)
    assert snapshot.mode is DataMode.COMPLETE


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (None, Oddity.NO_METADATA),
        (b"", Oddity.NO_METADATA),
        (b"hello", Oddity.NOT_XML),
        (b"<a/>", Oddity.UNKNOWN_ROOT),
        (b"<!DOCTYPE r [<!ENTITY a 'b'>]><recording>&a;</recording>", Oddity.FORBIDDEN_XML),
        (b"<r>" * (DEEPEST + 1), Oddity.OVERSIZED_XML),
        (b"<recording>" + b"<a/>" * MOST_ELEMENTS + b"</recording>", Oddity.OVERSIZED_XML),
        (b"<recording>" + b" " * LONGEST_BYTES + b"</recording>", Oddity.OVERSIZED_XML),
        (b"<recording><datamode>complete</datamode></recording>", Oddity.NO_PARTICIPANTS),
    ],
)
def test_an_unusable_document_has_a_reason_code(raw: bytes | None, reason: Oddity) -> None:
    snapshot = read_metadata(raw)

    assert not snapshot.is_usable
    assert reason in snapshot.oddities


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "big5", "utf-16", "iso-8859-1"])
def test_declared_encodings_of_old_switches_are_read(encoding: str) -> None:
    name = "Wáng".encode("iso-8859-1") if encoding == "iso-8859-1" else "王小姐".encode(encoding)
    before = f'<?xml version="1.0" encoding="{encoding}"?><recording><participant id="a"><name>'
    after = "</name></participant></recording>"
    if encoding == "utf-16":
        raw = (before + "王小姐" + after).encode("utf-16")
    else:
        raw = before.encode(encoding) + name + after.encode(encoding)

    snapshot = read_metadata(raw)

    assert snapshot.participants[0].name in ("王小姐", "Wáng")


def test_chinese_names_that_are_not_declared_are_read_as_gb18030() -> None:
    raw = '<recording><participant id="a"><name>王</name></participant></recording>'.encode("gbk")

    assert read_metadata(raw).participants[0].name == "王"
