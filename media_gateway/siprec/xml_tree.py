"""Read small XML documents from strangers into a plain tree: no entities, no document type, bounded, by local name.

Names lose prefix, case, "_" and "-", because the vendors' differ in exactly these: ``participant_id``, ``participantId``
and ``rs:participantid`` are one name here.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from domain.errors import InputError

LONGEST_BYTES = 256 * 1024  # a conference of fifty with vendor extensions is about 60 KB
DEEPEST = 32
MOST_ELEMENTS = 5_000

_DECLARATION = re.compile(r"^<\?xml[^>]*\?>")
_DECLARED_ENCODING = re.compile(rb"""^<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|apos|quot|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)")
_ENCODINGS = frozenset(
    ("utf-8", "ascii", "iso8859-1", "cp1252", "gb2312", "gbk", "gb18030", "big5")
)
_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(slots=True)
class Node:
    """An element: its plain name, attributes by plain name, children and own text."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Node"] = field(default_factory=list)
    text: str = ""

    def walk(self) -> Iterator["Node"]:
        """Itself and everything below, in document order."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children))

    def all(self, *names: str) -> list["Node"]:
        return [child for child in self.children if child.name in names]

    def value(self, *names: str) -> str | None:
        """The first non-empty attribute or child text of one of these names; attributes go first."""
        for name in names:
            if self.attributes.get(name):
                return self.attributes[name]
        for child in self.children:
            if child.name in names and child.text:
                return child.text
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What could be read. ``is_whole`` is False where it broke off, ``is_repaired`` where it had to be mended first."""

    root: Node
    is_whole: bool = True
    is_repaired: bool = False
    namespaces: tuple[str, ...] = ()


def plain(name: str) -> str:
    return name.rpartition(":")[2].replace("_", "").replace("-", "").lower()


def read_document(raw: bytes) -> Document:
    """Raises InputError with ``siprec.xml.forbidden``, ``.oversized`` or ``.not_xml`` and nothing else."""
    if len(raw) > LONGEST_BYTES:
        raise _oversized(f"{len(raw)} bytes")
    text = _decoded(raw)
    reader = _read(text)
    if reader.is_whole:
        return reader.document()
    mended = _BARE_AMPERSAND.sub("&amp;", text)
    if mended != text:
        second = _read(mended)
        if second.is_whole or second.elements > reader.elements:
            return second.document(is_repaired=True)
    return reader.document()


def _decoded(raw: bytes) -> str:
    if raw.startswith(_WIDE_MARKS):
        return _DECLARATION.sub("", raw.decode("utf-16", "replace"))
    raw = raw.strip(b"\0 \t\r\n\xef\xbb\xbf")
    declared = _DECLARED_ENCODING.match(raw)
    for name in (declared.group(1).decode() if declared else "utf-8", "utf-8", "gb18030"):
        try:
            if codecs.lookup(name).name in _ENCODINGS:
                return _DECLARATION.sub("", raw.decode(name))
        except (LookupError, UnicodeError):
            continue
    return _DECLARATION.sub("", raw.decode("latin-1"))


def _read(text: str) -> "_Reader":
    reader = _Reader()
    reader.feed(text)
    return reader


class _Reader:
    """Expat with guards: the first forbidden thing ends it."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self._parser.StartElementHandler = self._open
        self._parser.EndElementHandler = self._close
        self._parser.CharacterDataHandler = self._words
        self._parser.StartDoctypeDeclHandler = self._forbid
        self._parser.EntityDeclHandler = self._forbid
        self._top = Node("")
        self._path = [self._top]
        self._namespaces: list[str] = []
        self.elements = 0
        self.is_whole = False

    def feed(self, text: str) -> None:
        try:
            self._parser.Parse(text.encode("utf-8", "replace"), True)
        except expat.ExpatError:
            return
        self.is_whole = True

    def document(self, *, is_repaired: bool = False) -> Document:
        if not self._top.children:
            raise InputError(
                "siprec.xml.not_xml",
                "expected recording metadata in XML, got something else; no element could be read",
            )
        for node in self._top.walk():
            node.text = node.text.strip()
        return Document(
            root=self._top.children[0],
            is_whole=self.is_whole,
            is_repaired=is_repaired,
            namespaces=tuple(dict.fromkeys(self._namespaces)),
        )

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        if self.elements > MOST_ELEMENTS or len(self._path) > DEEPEST:
            raise _oversized(f"{self.elements} elements, {len(self._path)} deep")
        node = Node(plain(name))
        for key, value in attributes.items():
            if key.startswith("xmlns"):
                self._namespaces.append(value)
            else:
                node.attributes[plain(key)] = value.strip()
        self._path[-1].children.append(node)
        self._path.append(node)

    def _close(self, _: str) -> None:
        self._path.pop()

    def _words(self, text: str) -> None:
        self._path[-1].text += text

    def _forbid(self, *_: object) -> None:
        raise InputError(
            "siprec.xml.forbidden",
            "expected plain metadata, got a document type or an entity declaration; send it without",
        )


def _oversized(size: str) -> InputError:
    return InputError(
        "siprec.xml.oversized",
        f"expected at most {LONGEST_BYTES} bytes, {MOST_ELEMENTS} elements, {DEEPEST} deep, got {size}",
    )
