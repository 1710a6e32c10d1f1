"""Keep the table of vendors and of their known deviations: how each is recognised and what is done about it.

The reader is lenient for everybody alike; the table names the vendor for the log, says where its own call reference
stands, and gives every deviation a code that tests and `docs/runbooks/siprec.md` refer to.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """A family of recording clients. All marks are lower case; ``references`` are headers that name the recorded call."""

    name: str
    agents: tuple[str, ...] = ()  # how User-Agent, Server or the SDP's o= line begin
    namespaces: tuple[str, ...] = ()  # parts of XML namespaces
    references: tuple[str, ...] = ()
    quirks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirk:
    """One deviation, what is seen and what is done."""

    code: str
    seen: str
    done: str


QUIRKS = (
    Quirk(
        code="ids-as-attributes",
        seen="`id` and `session` attributes, `<send>` inside `<participant>`, no association elements",
        done="names are looked up as attribute or child, `<send>` counts wherever it stands",
    ),
    Quirk(
        code="calling-party-mark",
        seen="`<apkt:callingParty>true</…>` in a participant's extension data",
        done="the calling party is the outside party unless the house's own numbers say otherwise",
    ),
    Quirk(
        code="xml-prefixes",
        seen="`<tns:recording>`, `<rs:participant>`, undeclared prefixes",
        done="local names only; a prefix need not be declared",
    ),
    Quirk(
        code="draft-root",
        seen="`<recording_metadata xmlns=…:siprec>`, `<aor>` as a child, `<send><id>`",
        done="a second root name; ids as children",
    ),
    Quirk(
        code="mixed-stream",
        seen="one m-line, `<mode>mixed</mode>`, several participants send on it",
        done="one leg, everybody's names on it",
    ),
    Quirk(
        code="pause-by-sdp",
        seen="a re-INVITE without metadata, `c=0.0.0.0`, `a=inactive` or `a=record:paused`",
        done="the stream's leg is held or paused until a re-INVITE says otherwise",
    ),
    Quirk(
        code="call-data",
        seen="`<callData>` with the call's From, To and Call-ID headers",
        done="the From is the calling party, the Call-ID the reference",
    ),
    Quirk(
        code="sender-named-wrongly",
        seen="a `participantstreamassoc` whose participant_id is that of a stream",
        done="the association is passed over; who is left takes the stream that is left",
    ),
    Quirk(
        code="two-forks",
        seen="near end and far end come as two calls of one stream each (`x-nearend`, `x-refci`)",
        done="the second joins the first's conversation; near end is the agent",
    ),
    Quirk(
        code="no-metadata",
        seen="plain SDP with labelled sendonly streams, or `+sip.src`, and no metadata",
        done="answered; legs by order of m-lines",
    ),
    Quirk(
        code="inactive-at-first",
        seen="the first INVITE has every stream `a=inactive`, associations without `<send>`",
        done="answered inactive; the legs begin on hold",
    ),
    Quirk(
        code="no-associations",
        seen="participants and streams, nothing that joins them",
        done="first participant, first stream",
    ),
    Quirk(
        code="odd-labels",
        seen="`a_leg`/`b_leg`, `10`/`20`, labels that the metadata does not know, none at all",
        done="any text is a label; else streams by order",
    ),
    Quirk(
        code="old-content-type",
        seen="`application/rs-metadata` (RFC 7866 before RFC 9806), or a mangled type",
        done="both are read; else the root element is looked for in every part",
    ),
    Quirk(
        code="no-require",
        seen="no `Require: siprec`, `+sip-src` or nothing in Contact",
        done="recognised by the metadata",
    ),
    Quirk(
        code="sendrecv",
        seen="streams offered `a=sendrecv`",
        done="answered recvonly",
    ),
    Quirk(
        code="partial-updates",
        seen="transfer, park and three-way calls as many partial documents",
        done="a roster that adds up documents; a full snapshot is asked for when it cannot",
    ),
    Quirk(
        code="bare-ampersand",
        seen="`&` in a display name, not escaped",
        done="mended and read again",
    ),
    Quirk(
        code="odd-encoding",
        seen="GBK or Latin-1 text, declared or not",
        done="the declared encoding, else UTF-8, else GB18030",
    ),
)

VENDORS = (
    Vendor(
        name="oracle",
        agents=("oracle", "ocsbc", "oesbc", "acme packet"),
        namespaces=("acmepacket.com/siprec",),
        references=("x-oracle-ucid", "x-ocsbc-ucid", "p-ocsbc-ucid"),
        quirks=("ids-as-attributes", "calling-party-mark"),
    ),
    Vendor(
        name="broadworks",
        agents=("broadworks", "broadsoft"),
        namespaces=("broadsoft.com/broadworkscallrecording", "urn:ietf:params:xml:ns:siprec"),
        references=("x-broadworks-correlation-info",),
        quirks=("draft-root", "mixed-stream", "pause-by-sdp"),
    ),
    Vendor(
        name="ribbon",
        agents=("ribbon", "sonus", "genband", "sbc core", "sbc edge"),
        namespaces=("urn:ietf:params:xml:ns:calldata",),
        references=("x-ribbon-call-id", "x-sonus-call-id", "x-genband-session-id"),
        quirks=("xml-prefixes", "call-data"),
    ),
    Vendor(
        name="cisco",
        agents=("cisco",),
        references=("session-id", "cisco-guid", "cisco-gucid"),
        quirks=("sender-named-wrongly", "two-forks", "no-metadata", "inactive-at-first"),
    ),
    Vendor(
        name="avaya",
        agents=("avaya", "asbce", "sipera"),
        namespaces=("avaya.com",),
        references=("x-avaya-ucid", "x-ucid", "user-to-user"),
        quirks=("partial-updates", "odd-labels"),
    ),
    Vendor(
        name="audiocodes",
        agents=("audiocodes", "mediant", "device /"),
        namespaces=("audiocodes", "urn:ietf:params:xml:ns:avaya", "urn:ietf:params:xml:ns:genesys"),
        references=("x-ac-session-id", "x-ac-call-id"),
    ),
    Vendor(
        name="metaswitch",
        agents=("metaswitch", "perimeta"),
        quirks=("partial-updates",),
    ),
    Vendor(name="opensips", agents=("opensips",), quirks=("no-associations", "bare-ampersand")),
    Vendor(name="sems", agents=("sems",), quirks=("odd-labels", "old-content-type")),
    Vendor(
        name="huawei",
        agents=("huawei", "espace", "sbc-huawei"),
        references=("x-huawei-call-id",),
        quirks=("odd-encoding",),
    ),
    Vendor(name="jambonz", agents=("jambonz", "drachtio"), quirks=("sendrecv", "no-require")),
)

# Standard or widely copied names for the recorded call, tried when no vendor is known (RFC 7989, RFC 7433).
REFERENCES = ("session-id", "user-to-user", "x-call-id", "x-ucid")


def vendor_of(software: Sequence[str], namespaces: Sequence[str]) -> Vendor | None:
    """By its software's names (User-Agent, Server, the SDP's user name), else by the namespaces it writes."""
    names = [name.lower() for name in software if name]
    for vendor in VENDORS:
        if any(name.startswith(vendor.agents) for name in names if vendor.agents):
            return vendor
    for vendor in VENDORS:
        if any(mark in space.lower() for mark in vendor.namespaces for space in namespaces):
            return vendor
    return None


def reference_of(vendor: Vendor | None, header: Callable[[str], str | None]) -> str | None:
    """The telephone system's own name for the recorded call, from the headers where this vendor puts it."""
    for name in (*(vendor.references if vendor else ()), *REFERENCES):
        value = (header(name) or "").partition(";")[0].strip().strip("{}")
        if value:
            return value[:256]
    return None
