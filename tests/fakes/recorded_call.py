"""Tell what recording clients send: one document for each known deviation, with what we should make of it."""

from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import quoteattr

FOLDER = Path(__file__).parents[1] / "strangers" / "siprec"
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.xml")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A message's body with sipp's keywords in it. ``then`` says what follows from it: ``held``, ``agent=8002`` ….."""

    method: str
    content_type: str
    text: str
    then: str = ""

    def filled(self, *, port: int, host: str = "127.0.0.1") -> bytes:
        """The body as sipp would send it from this host and first media port."""
        text = self.text.replace("[media_ip]", host)
        for offset in range(0, 8, 2):
            text = text.replace(f"[media_port+{offset}]", str(port + offset))
        return text.replace("\n", "\r\n").encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedCall:
    """One client's way to ask for a recording. ``seats`` are (leg, number, name) in the order of usable streams."""

    name: str
    user_agent: str
    contact: str
    require: str
    origin: str
    offer: Body
    updates: tuple[Body, ...] = ()
    seats: tuple[tuple[str, str | None, str | None], ...] = ()
    reasons: frozenset[str] = field(default_factory=frozenset)

    def request_headers(self) -> dict[str, str]:
        named = {"User-Agent": self.user_agent, "Require": self.require}
        return {name: value for name, value in named.items() if value}


def recorded_call(name: str) -> RecordedCall:
    root = ElementTree.parse(FOLDER / f"{name}.xml").getroot()  # noqa: S314 - our own files
    offer = root.find("offer")
    assert offer is not None
    return RecordedCall(
        name=name,
        user_agent=root.get("user-agent", ""),
        contact=root.get("contact", ""),
        require=root.get("require", ""),
        origin=root.get("from", "<sip:recorder@127.0.0.1>"),
        offer=_body(offer, "INVITE"),
        updates=tuple(_body(update, update.get("method", "")) for update in root.findall("update")),
        seats=tuple(
            (seat.get("leg", ""), seat.get("number") or None, seat.get("name") or None)
            for seat in root.findall("seat")
        ),
        reasons=frozenset(reason.get("code", "") for reason in root.findall("reason")),
    )


def _body(element: ElementTree.Element, method: str) -> Body:
    return Body(
        method=method,
        content_type=element.get("content-type", ""),
        text=(element.text or "").strip("\n") + "\n",
        then=element.get("then", ""),
    )


_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE scenario SYSTEM "sipp.dtd">
<scenario name={name}>
"""
_REQUEST = """<send{retrans}><![CDATA[

{method} sip:recorder@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: {origin};tag=[pid]SIPpTag[call_number]
To: <sip:recorder@[remote_ip]:[remote_port]>{to_tag}
Call-ID: [call_id]
CSeq: {number} {method}
Contact: <sip:recorder@[local_ip]:[local_port];transport=[transport]>{contact}
Max-Forwards: 70
{headers}Content-Length: [len]

{body}]]></send>
"""
_OK = '<recv response="100" optional="true"/>\n<recv response="200" rrs="true">{checks}</recv>\n'


def sipp_scenario(
    call: RecordedCall, *, talk_ms: int, wait_ms: int, on_answer: str = "", after_ack: str = ""
) -> str:
    """A client of sipp that offers this recording, sends its updates and says goodbye.

    ``on_answer`` are actions of sipp on our 200, ``after_ack`` a step of its scenario.
    """
    steps = [_HEAD.format(name=quoteattr(call.name))]
    steps.append(_sent(call, call.offer, number=1) + _OK.format(checks=on_answer))
    steps.append(_bare(call, "ACK", number=1) + after_ack + f'<pause milliseconds="{talk_ms}"/>\n')
    number = 1
    for update in call.updates:
        number += 1
        steps.append(_sent(call, update, number=number) + _OK.format(checks=""))
        if update.method == "INVITE":
            steps.append(_bare(call, "ACK", number=number))
        steps.append(f'<pause milliseconds="{wait_ms}"/>\n')
    steps.append(_bare(call, "BYE", number=number + 1) + _OK.format(checks=""))
    return "".join(steps) + "</scenario>\n"


def _sent(call: RecordedCall, body: Body, *, number: int) -> str:
    headers = call.request_headers() | {"Content-Type": body.content_type}
    return _REQUEST.format(
        retrans=' retrans="500"',
        method=body.method,
        origin=call.origin,
        to_tag="[peer_tag_param]" if number > 1 else "",
        number=number,
        contact=call.contact,
        headers="".join(f"{name}: {value}\n" for name, value in headers.items()),
        body=body.text,
    )


def _bare(call: RecordedCall, method: str, *, number: int) -> str:
    return _REQUEST.format(
        retrans="" if method == "ACK" else ' retrans="500"',
        method=method,
        origin=call.origin,
        to_tag="[peer_tag_param]",
        number=number,
        contact="",
        headers="",
        body="\n",
    )
