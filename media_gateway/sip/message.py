"""Read SIP messages that anybody may have sent, and build the answers to them (RFC 3261 §7, §8.2, §18).

The parser, headers and serialiser are aiosipua's. What it forgives and a server may not, is checked here: the version,
one of everything a transaction needs, a body that is shorter than promised. Its own answers carry no Record-Route
(§12.1.1), so ours are built here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from aiosipua.headers import parse_address, parse_via
from aiosipua.message import SipMessage, SipRequest, SipResponse

from domain.errors import InputError
from media_gateway.sip.link import Link

VALUE_AT_MOST = 512
CSEQ_BELOW = 2**31
DEFAULT_PORT = 5060
REASONS = {
    100: "Trying",
    180: "Ringing",
    183: "Session Progress",
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    415: "Unsupported Media Type",
    420: "Bad Extension",
    422: "Session Interval Too Small",
    480: "Temporarily Unavailable",
    481: "Call/Transaction Does Not Exist",
    482: "Loop Detected",
    486: "Busy Here",
    487: "Request Terminated",
    488: "Not Acceptable Here",
    491: "Request Pending",
    500: "Server Internal Error",
    503: "Service Unavailable",
    505: "Version Not Supported",
    603: "Decline",
}

_ONCE = ("from", "to", "call-id", "cseq", "content-length", "max-forwards")
_METHOD = re.compile(r"[A-Za-z0-9\-.!%*_+`'~]{1,32}")
_CSEQ = re.compile(r"([0-9]{1,10})\s+(\S{1,32})", re.ASCII)
_HOST = re.compile(r"[A-Za-z0-9.\-_\[\]:%]{1,255}")
_RPORT = re.compile(r";\s*rport\s*(?=;|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why a request that can be answered is answered with an error."""

    code: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A message whose transaction is known: ``cseq``, ``branch`` and the sender's name are as they wrote them."""

    message: SipRequest | SipResponse
    method: str
    cseq: int
    branch: str
    sent_by: str
    fault: Fault | None = None


def read_message(data: bytes) -> Arrived:
    """Raises InputError on what nobody can answer: no SIP, or no way to tell whose it is."""
    try:
        message = SipMessage.parse(data)
        vias = message.headers.get("via")
        via = parse_via(vias[0]) if vias else None
    except ValueError as error:
        raise InputError("media_gateway.sip_message", f"expected SIP, got {error}") from None
    if via is None or not _HOST.fullmatch(via.host) or len(vias[0]) > VALUE_AT_MOST:
        raise InputError("media_gateway.sip_via", "expected a Via that can be answered, got none")
    number, method = _cseq(message)
    fault = None
    if isinstance(message, SipRequest):
        fault = _fault(message, data, method)
        method = message.method
    elif not 100 <= message.status_code <= 699 or method == "":
        raise InputError("media_gateway.sip_response", "expected a status of 100 to 699 and a CSeq")
    return Arrived(
        message=message,
        method=method,
        cseq=number,
        branch=via.branch or "",
        sent_by=f"{via.host}:{via.port or ''}",
        fault=fault,
    )


def answer_to(
    request: SipRequest,
    code: int,
    reason: str = "",
    *,
    tag: str | None = None,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    content_type: str | None = None,
) -> SipResponse:
    """A response to any request; ``tag`` is put to To unless there is one."""
    response = SipResponse(
        status_code=code, reason_phrase=reason or REASONS.get(code, "Answer"), body=body
    )
    for name in ("Via", "Record-Route"):
        for value in request.headers.get(name):
            response.headers.append(name, value)
    for name in ("From", "To", "Call-ID", "CSeq"):
        for value in request.headers.get(name)[:1]:
            response.headers.set_single(name, value)
    to = request.get_header("to")
    if to is not None and tag is not None and code > 100 and tag_of(to) is None:
        response.headers.set_single("To", f"{to};tag={tag}")
    for name, value in (headers or {}).items():
        response.headers.set_single(name, value)
    if content_type is not None:
        response.headers.set_single("Content-Type", content_type)
    return response


def stamped(request: SipRequest, link: Link) -> Link:
    """Note in the topmost Via where it truly came from, and say which way its answer goes (RFC 3261 §18.2, RFC 3581 §4)."""
    host, port = link.peer
    vias = request.headers.get("via")
    via = parse_via(vias[0])
    top, asked = _RPORT.subn(f";rport={port}", vias[0], count=1)
    if asked or via.host != host:
        top = f"{top};received={host}"
    request.headers.set_single("Via", top)
    for other in vias[1:]:
        request.headers.append("Via", other)
    if link.is_reliable or asked or via.params.get("rport"):
        return link
    return link.beside(via.port or DEFAULT_PORT)


def tag_of(value: str | None) -> str | None:
    return parse_address(value).tag if value else None


def uri_of(value: str) -> str:
    """The bare URI of a From, To, Contact or Route as it was written: a tel: URI stays one."""
    begin, end = value.find("<"), value.find(">")
    if 0 <= begin < end:
        return value[begin + 1 : end].strip()
    return value.partition(";")[0].strip()


def tokens(message: SipRequest | SipResponse, name: str) -> frozenset[str]:
    """The option tags of Require, Supported, Allow …, in lower case."""
    values = ",".join(message.headers.get(name)).split(",")
    return frozenset(value.strip().lower() for value in values if value.strip())


def media_type(message: SipRequest | SipResponse) -> str:
    return (message.get_header("content-type") or "").partition(";")[0].strip().lower()


def _cseq(message: SipRequest | SipResponse) -> tuple[int, str]:
    found = _CSEQ.fullmatch((message.get_header("cseq") or "").strip())
    return (int(found[1]), found[2]) if found else (0, "")


def _fault(request: SipRequest, data: bytes, cseq_method: str) -> Fault | None:
    """The first thing that is wrong with a request, as its sender should hear it."""
    version = data.lstrip().partition(b"\n")[0].split()[-1:]
    if not version or version[0].upper() != b"SIP/2.0":
        return Fault(code=505, why="expected SIP/2.0")
    if not _METHOD.fullmatch(request.method) or cseq_method != request.method:
        return Fault(code=400, why="expected the method in CSeq")
    for name in ("from", "to", "call-id"):
        if not request.get_header(name):
            return Fault(code=400, why=f"expected {name}")
    for name in _ONCE:
        values = request.headers.get(name)
        if len(values) > 1 or any(len(value) > VALUE_AT_MOST for value in values):
            return Fault(code=400, why=f"expected one {name} of at most {VALUE_AT_MOST} characters")
    if _cseq(request)[0] >= CSEQ_BELOW:
        return Fault(code=400, why="expected a CSeq below 2**31")
    if tag_of(request.get_header("from")) is None:
        return Fault(code=400, why="expected a tag in From")
    return _length_fault(request, data)


def _length_fault(request: SipRequest, data: bytes) -> Fault | None:
    """RFC 3261 §18.3: a datagram that ends before its body does is answered 400."""
    promised = request.get_header("content-length")
    if promised is None:
        return None
    if not (promised.isascii() and promised.isdigit() and len(promised) < 10):
        return Fault(code=400, why="expected a number in Content-Length")
    if len(request.body) < int(promised):
        return Fault(code=400, why=f"expected {promised} bytes of body, got {len(request.body)}")
    return None
