"""Read recording metadata (RFC 7865, its drafts and the vendors' own ways) into one plain snapshot; pure.

Everything is looked up by local name at any depth, as attribute or as child, because that is where the dialects differ.
Whatever comes, the answer is a snapshot: an empty one with the oddities that say why, never an exception.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from domain.errors import InputError
from media_gateway.siprec.oddity import Oddity
from media_gateway.siprec.people import number_of, read_address, tidy_aor, tidy_name
from media_gateway.siprec.xml_tree import Document, Node, read_document

ROOTS = frozenset(("recording", "recordingmetadata"))
MOST_PEOPLE = 100
_OWN_ID = ("participantid", "streamid", "sessionid", "id")
_WHY_NOT = {
    "siprec.xml.forbidden": Oddity.FORBIDDEN_XML,
    "siprec.xml.oversized": Oddity.OVERSIZED_XML,
    "siprec.xml.not_xml": Oddity.NOT_XML,
}


class DataMode(StrEnum):
    """Whether a document says everything or only what changed (RFC 7865 section 6.1)."""

    COMPLETE = "complete"
    PARTIAL = "partial"


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """Somebody in the recorded call. ``is_calling`` is the vendor's own mark of who dialled, if it sets one."""

    participant_id: str
    aor: str | None = None
    name: str | None = None
    is_calling: bool | None = None

    @property
    def number(self) -> str | None:
        return number_of(self.aor)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedStream:
    """A stream as metadata describes it; ``label`` is what joins it to an m-line."""

    stream_id: str
    label: str | None = None
    is_mixed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one participant does with streams. ``sends`` is None where the document does not say."""

    participant_id: str
    sends: tuple[str, ...] | None = None
    has_stopped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One document. ``joined`` and ``left`` are participants by id, from their session associations.

    ``references`` name the recorded call in the telephone system's words, best first; ``calling``, ``called`` and
    ``recorded_user`` are addresses a vendor states outside the participants.
    """

    mode: DataMode = DataMode.COMPLETE
    participants: tuple[Participant, ...] = ()
    streams: tuple[RecordedStream, ...] = ()
    parts: tuple[Part, ...] = ()
    joined: frozenset[str] = frozenset()
    left: frozenset[str] = frozenset()
    references: tuple[str, ...] = ()
    calling: str | None = None
    called: str | None = None
    recorded_user: str | None = None
    namespaces: tuple[str, ...] = ()
    oddities: tuple[Oddity, ...] = field(default=())

    @property
    def is_usable(self) -> bool:
        return bool(self.participants or self.streams or self.parts or self.joined or self.left)


def read_metadata(raw: bytes | None) -> Snapshot:
    """Never raises: what cannot be read is an empty snapshot with a reason."""
    if raw is None or not raw.strip():
        return Snapshot(oddities=(Oddity.NO_METADATA,))
    try:
        document = read_document(raw)
    except InputError as error:
        return Snapshot(oddities=(_WHY_NOT.get(error.code, Oddity.NOT_XML),))
    root = next((node for node in document.root.walk() if node.name in ROOTS), None)
    if root is None:
        return Snapshot(oddities=(Oddity.UNKNOWN_ROOT,), namespaces=document.namespaces)
    return _noting(_snapshot(root, document), document)


def _snapshot(root: Node, document: Document) -> Snapshot:
    nodes = list(root.walk())
    people = [node for node in nodes if node.name == "participant"][:MOST_PEOPLE]
    joined, left = _attendance(nodes, people)
    calling, called, recorded = _stated_parties(nodes)
    participants = (_participant(node, place) for place, node in enumerate(people))
    return Snapshot(
        mode=_mode(root),
        participants=tuple({person.participant_id: person for person in participants}.values()),
        streams=_streams(nodes),
        parts=tuple(_parts(nodes, people)),
        joined=joined,
        left=left,
        references=_references(nodes),
        calling=calling,
        called=called,
        recorded_user=recorded,
        namespaces=document.namespaces,
    )


def _mode(root: Node) -> DataMode:
    stated = (root.value("datamode") or "").lower()
    return DataMode.PARTIAL if stated == "partial" else DataMode.COMPLETE


def _own_id(node: Node) -> str | None:
    for name in _OWN_ID:
        if node.attributes.get(name):
            return node.attributes[name]
    return None


def _participant(node: Node, place: int) -> Participant:
    name_id = next(iter(node.all("nameid")), node)
    stated = node.value("callingparty") or next(
        (inner.value("callingparty") for inner in node.all("extensiondata")), None
    )
    return Participant(
        participant_id=_own_id(node) or f"nameless-{place + 1}",
        aor=tidy_aor(name_id.value("aor") or node.value("aor")),
        name=tidy_name(name_id.value("name") or node.value("name")),
        is_calling=None if stated is None else stated.lower() == "true",
    )


def _streams(nodes: Iterable[Node]) -> tuple[RecordedStream, ...]:
    found: dict[str, RecordedStream] = {}
    for node in nodes:
        if node.name == "stream":
            stream_id = node.value("streamid", "id") or f"nameless-{len(found) + 1}"
            found[stream_id] = RecordedStream(
                stream_id=stream_id,
                label=node.value("label"),
                is_mixed=(node.value("mode") or "").lower() == "mixed",
            )
    return tuple(found.values())


def _parts(nodes: Iterable[Node], people: Iterable[Node]) -> Iterable[Part]:
    """Who sends what: associations of RFC 7865, or `<send>` inside the participant as its drafts and Oracle write it."""
    for place, node in enumerate(people):
        if node.all("send"):
            yield _part(node, _own_id(node) or f"nameless-{place + 1}")
    for node in nodes:
        if node.name == "participantstreamassoc":
            participant_id = node.value("participantid", "participant", "id")
            if participant_id is not None:
                yield _part(node, participant_id)


def _part(node: Node, participant_id: str) -> Part:
    sends = [stream for send in node.all("send") for stream in _stream_ids(send)]
    return Part(
        participant_id=participant_id,
        sends=tuple(dict.fromkeys(sends)) if node.all("send") else None,
        has_stopped=node.value("disassociatetime") is not None,
    )


def _stream_ids(send: Node) -> list[str]:
    """The text, a child `<id>` (the drafts), or an attribute; several may share one element."""
    written = send.value("id", "streamid") or send.text
    return written.replace(",", " ").split()


def _attendance(
    nodes: Iterable[Node], people: Iterable[Node]
) -> tuple[frozenset[str], frozenset[str]]:
    """Who joined and who left; the later association in the document wins, for some vendors send the whole history."""
    is_there: dict[str, bool] = {}
    for place, node in enumerate(people):
        if node.value("disassociatetime") is not None:
            is_there[_own_id(node) or f"nameless-{place + 1}"] = False
    for node in nodes:
        if node.name == "participantsessionassoc":
            participant_id = node.value("participantid", "participant", "id")
            if participant_id is not None:
                is_there[participant_id] = node.value("disassociatetime") is None
    joined = frozenset(person for person, here in is_there.items() if here)
    return joined, frozenset(is_there) - joined


def _stated_parties(nodes: Iterable[Node]) -> tuple[str | None, str | None, str | None]:
    """Ribbon's callData repeats the call's From and To; BroadWorks names both numbers and whose call it records."""
    calling = called = recorded = None
    for node in nodes:
        match node.name:
            case "fromhdr":
                calling = read_address(node.text)[0] or calling
            case "tohdr":
                called = read_address(node.text)[0] or called
            case "callingpartynumber":
                calling = tidy_aor(node.text) or calling
            case "calledpartynumber":
                called = tidy_aor(node.text) or called
            case "userid":
                recorded = tidy_aor(node.text) or recorded
    return calling, called, recorded


# What names the recorded call to the telephone system itself, the most universal first.
_REFERENCES = (
    "sipsessionid",
    "ucid",
    "avayaucid",
    "genesysuuid",
    "callid",
    "gcid",
    "exttrackingid",
)


def _references(nodes: Iterable[Node]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    session_ids: list[str] = []
    for node in nodes:
        if node.name in _REFERENCES and node.text:
            found.setdefault(node.name, node.text.partition(";encoding")[0])
        elif node.name == "session":
            session_ids += [own for own in (node.value("sessionid", "session", "id"),) if own]
    ranked = [found[name] for name in _REFERENCES if name in found]
    return tuple(dict.fromkeys(text[:256] for text in (*ranked, *session_ids)))


def _noting(snapshot: Snapshot, document: Document) -> Snapshot:
    described = {person.participant_id for person in snapshot.participants}
    streams = {stream.stream_id for stream in snapshot.streams}
    sends = {stream for part in snapshot.parts for stream in part.sends or ()}
    whole = snapshot.mode is DataMode.COMPLETE
    noted = {
        Oddity.REPAIRED_XML: document.is_repaired,
        Oddity.TRUNCATED_XML: not document.is_whole,
        Oddity.NO_PARTICIPANTS: whole and not described,
        Oddity.NO_STREAMS: whole and not streams,
        Oddity.NO_ASSOCIATIONS: whole and bool(described) and not sends,
        Oddity.UNKNOWN_SENDER: whole
        and any(p.participant_id not in described for p in snapshot.parts),
        Oddity.UNKNOWN_STREAM: whole and not sends <= streams,
        Oddity.MIXED: any(stream.is_mixed for stream in snapshot.streams),
    }
    return replace(snapshot, oddities=tuple(oddity for oddity, there in noted.items() if there))
