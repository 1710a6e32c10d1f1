"""Take MIME bodies of several parts apart, however loosely they were put together, and put such bodies together."""

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from domain.errors import InputError

PARTS_AT_MOST = 32
DEPTH_AT_MOST = 4
PLAIN = "text/plain"  # RFC 2046 §5.1: what a part without a type is

_BOUNDARY = re.compile(r';\s*boundary\s*=\s*(?:"([^"]*)"|([^;\s]+))', re.IGNORECASE)
_DASHED_LINE = re.compile(rb"^--([^\r\n]{1,200}?)(?:--)?[ \t]*\r?$", re.MULTILINE)
_BLANK_LINE = re.compile(rb"(?:\A|\r?\n)\r?\n")
_HEADER = re.compile(r"[!-9;-~]+:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One body. ``content_type`` is in lower case and without parameters; names in ``headers`` are in lower case."""

    content_type: str
    body: bytes
    disposition: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def read_parts(content_type: str, body: bytes) -> tuple[Part, ...]:
    """Every part, nested ones in their place; a body that is not multipart is one part. Raises InputError on far too many."""
    parts: list[Part] = []
    _collect(Part(content_type=_plain(content_type), body=body), content_type, parts, depth=0)
    return tuple(parts)


def write_parts(parts: Sequence[Part], boundary: str) -> tuple[str, bytes]:
    """The value of Content-Type, and the body. Raises InputError when a part holds the boundary."""
    delimiter = f"--{boundary}".encode()
    pieces = []
    for part in parts:
        if delimiter in part.body:
            raise InputError(
                "media_gateway.multipart",
                "expected a boundary that no part holds; choose another one",
            )
        pieces.append(delimiter + b"\r\n" + _head(part) + b"\r\n" + part.body + b"\r\n")
    return (
        f'multipart/mixed;boundary="{boundary}"',
        b"".join(pieces) + delimiter + b"--\r\n",
    )


def _collect(part: Part, content_type: str, parts: list[Part], *, depth: int) -> None:
    pieces: list[bytes] = []
    if part.content_type.startswith("multipart/") and depth < DEPTH_AT_MOST:
        pieces = _pieces(content_type, part.body)
    if not pieces:
        if len(parts) == PARTS_AT_MOST:
            raise InputError(
                "media_gateway.multipart", f"expected at most {PARTS_AT_MOST} parts, got more"
            )
        parts.append(part)
    for piece in pieces:
        inner = _part(piece)
        _collect(inner, inner.headers.get("content-type", PLAIN), parts, depth=depth + 1)


def _pieces(content_type: str, body: bytes) -> list[bytes]:
    """What stands between the boundary lines; nothing when there is no boundary line at all."""
    named = _BOUNDARY.search(content_type)
    boundary = (named[1] or named[2] or "").encode() if named else b""
    if not boundary or b"--" + boundary not in body:
        guessed = _DASHED_LINE.search(body)
        if guessed is None:
            return []
        boundary = guessed[1]
    line = re.compile(rb"(?:\A|\r?\n)--" + re.escape(boundary) + rb"(--)?[ \t]*(?=\r?\n|\Z)")
    found = list(line.finditer(body))
    pieces = []
    for at, begin in enumerate(found):
        if begin[1] is not None:
            break
        end = found[at + 1].start() if at + 1 < len(found) else len(body)
        pieces.append(body[begin.end() : end])
    return pieces


def _part(piece: bytes) -> Part:
    piece = piece.removeprefix(b"\r").removeprefix(b"\n")
    head, body = _split(piece)
    headers = _headers(head)
    disposition = headers.get("content-disposition", "").partition(";")[0].strip().lower()
    return Part(
        content_type=_plain(headers.get("content-type", PLAIN)),
        body=_decoded(body, headers.get("content-transfer-encoding", "")),
        disposition=disposition or None,
        headers=headers,
    )


def _split(piece: bytes) -> tuple[str, bytes]:
    """A part's headers and body. One without headers is all body, even when its blank line was forgotten."""
    blank = _BLANK_LINE.search(piece)
    head = piece if blank is None else piece[: blank.start()]
    text = head.decode("utf-8", errors="replace")
    if text and not _HEADER.match(text):
        return "", piece
    return text, b"" if blank is None else piece[blank.end() :]


def _headers(head: str) -> dict[str, str]:
    unfolded = re.sub(r"\r?\n[ \t]+", " ", head)
    headers: dict[str, str] = {}
    for line in re.split(r"[\r\n]+", unfolded):
        name, colon, value = line.partition(":")
        if colon and name.strip():
            headers.setdefault(name.strip().lower(), value.strip())
    return headers


def _decoded(body: bytes, encoding: str) -> bytes:
    """SIP sends bytes as they are (RFC 3261 §7.4); some gateways carry mail's base64 along nevertheless."""
    if encoding.strip().lower() != "base64":
        return body
    try:
        return base64.b64decode(body)
    except binascii.Error:
        return body


def _plain(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower() or PLAIN


def _head(part: Part) -> bytes:
    headers = {"content-type": part.content_type}
    if part.disposition is not None:
        headers["content-disposition"] = part.disposition
    headers |= part.headers
    lines = [f"{_title(name)}: {value}\r\n" for name, value in headers.items()]
    return "".join(lines).encode()


def _title(name: str) -> str:
    return "-".join(word.capitalize() for word in name.split("-"))
