"""Live one recording session: answer its offer, follow its updates, and feed its streams into a conversation."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace

from aiosipua.message import SipRequest

from domain.audio import Leg
from domain.errors import InputError, NotFound, Refused
from media_gateway.ending import Ending
from media_gateway.gateway import MediaGateway
from media_gateway.line import Line
from media_gateway.offer import CallOffer
from media_gateway.sip.dialog import Reply
from media_gateway.sip.incoming import IncomingDialog
from media_gateway.sip.message import tokens
from media_gateway.sip.phone_call import SYNTHETIC_HEADER
from media_gateway.sip.sdp import read_sdp
from media_gateway.siprec import answer
from media_gateway.siprec.answer import Planned
from media_gateway.siprec.attendance import Attendance
from media_gateway.siprec.body import SDP_TYPE, RecordingBody, read_body
from media_gateway.siprec.chair import Chair
from media_gateway.siprec.counters import SiprecCounters
from media_gateway.siprec.forks import ForkHalf, half_of
from media_gateway.siprec.halves import Halves, Joining
from media_gateway.siprec.metadata import read_metadata
from media_gateway.siprec.roles import Roles
from media_gateway.siprec.settings import SiprecSettings
from media_gateway.siprec.src_side import WIRE, FurtherStreamSide, RecordingClientSide
from media_gateway.siprec.stream_ends import StreamEnds
from media_gateway.siprec.vigil import until_over
from media_gateway.siprec.writing import DISPOSITION, REQUEST_TYPE, write_snapshot_request

log = logging.getLogger(__name__)

MOST_SNAPSHOTS = 3  # asked for in one recording: a client that ignores us is not nagged


class Recording:
    """One recording session from its INVITE to its BYE; a ``DialogListener``."""

    def __init__(
        self,
        *,
        dialog: IncomingDialog,
        gateway: MediaGateway,
        ends: StreamEnds,
        planned: Sequence[Planned],
        settings: SiprecSettings,
        counters: SiprecCounters,
        halves: Halves,
    ) -> None:
        self._dialog = dialog
        self._gateway = gateway
        self._ends = ends
        self._planned = tuple(planned)
        self._settings = settings
        self._counters = counters
        self._halves = halves
        self._people = Attendance(request=dialog.request, settings=settings, counters=counters)
        self._version = 1
        self._session_id = str(int.from_bytes(dialog.wire_call_id.encode()[:7], "big"))
        self._asked = 0
        self._further: list[Chair] = []
        self._group: asyncio.TaskGroup | None = None

    async def live(self, body: RecordingBody) -> None:
        """Answer first, then listen: nothing of ours may delay the telephone system."""
        noted = (*body.oddities, *answer.oddities_of(self._planned, is_first=True))
        roles = self._people.begin(read_metadata(body.metadata), self._labels(), noted)
        self._dialog.listen(self)
        self._dialog.accept(self._answer(), headers=self._headers())
        self._counters.recordings += 1
        half, joining = await self._match(roles)
        self._sit()
        try:
            async with asyncio.TaskGroup() as group:
                self._group = group
                await self._gateway.take(
                    self._offer(roles, joining),
                    RecordingClientSide(self._dialog),
                    lambda line: self._read(line, half),
                )
        finally:
            self._group = None
            if half is not None and joining is not None:
                self._halves.over(half, joining.leg)

    async def renegotiate(self, request: SipRequest) -> Reply:
        """A re-INVITE or UPDATE: new streams, a hold, a transfer. Metadata alone needs no description back."""
        self._counters.updates += 1
        body = read_body(request.get_header("content-type"), request.body)
        if body.sdp is not None and not self._agree(body.sdp):
            return Reply(code=488)
        self._follow(body)
        self._let_in_further()
        if body.sdp is None and request.method == "UPDATE":
            return Reply(headers=self._headers())
        return Reply(body=self._answer(), content_type=SDP_TYPE, headers=self._headers())

    def info(self, request: SipRequest) -> Reply:
        return Reply()

    def ended(self, ending: Ending) -> None:
        """``_listen`` waits for the same moment."""

    async def _match(self, roles: Roles) -> tuple[ForkHalf | None, Joining | None]:
        """Find the other half of a call that is recorded as two."""
        half = half_of(self._dialog.request.get_header, self._people.roster)
        seats = self._people.seats
        if half is None or len(seats) != 1 or len(seats[0].people) > 1:
            return None, None
        if half.address is not None:
            self._people.name_only(half.address)
        joining = await self._halves.match(half, roles.legs[0])
        if joining is None:
            return None, None
        self._counters.joined += joining.joins is not None
        return half, joining

    def _offer(self, roles: Roles, joining: Joining | None) -> CallOffer:
        request, is_trusted = self._dialog.request, self._dialog.is_trusted
        return CallOffer(
            sample_rate_hz=self._ends.sample_rate_hz,
            encoding=self._ends.encoding,
            legs=roles.legs if joining is None else (joining.leg,),
            separate=True,
            watches_itself=True,
            direction=roles.direction,
            caller_number=roles.caller_number,
            dialled_number=roles.dialled_number,
            title=(request.get_header("subject") or None) if is_trusted else None,
            synthetic=is_trusted and request.get_header(SYNTHETIC_HEADER) == "1",
            wire_call_id=self._dialog.wire_call_id,
            joins=None if joining is None else joining.joins,
        )

    async def _read(self, line: Line, half: ForkHalf | None) -> Ending:
        if half is not None:
            self._halves.begun(half, line.call_id)
        return await self._listen(line, self._ends.chairs[: len(line.legs)])

    async def _listen(self, line: Line, chairs: Sequence[Chair]) -> Ending:
        """The streams read themselves; this waits for the end, and closes them while the line can still hear."""
        for number, chair in enumerate(chairs):
            chair.begin(line, number)
        try:
            return await until_over(self._dialog, chairs, settings=self._settings)
        finally:
            for chair in chairs:
                chair.close()

    def _agree(self, sdp: bytes) -> bool:
        """Take their new description; False when nothing of it could be heard though something should."""
        try:
            offer = read_sdp(sdp)
        except InputError as error:
            log.warning("a recording's change was no SDP", extra={"why": error.message})
            return False
        planned = answer.plan(offer, most_streams=self._settings.most_streams, is_first=False)
        wanted = [entry for entry in planned if entry.media.kind == "audio" and entry.media.port]
        if wanted and not any(entry.is_usable for entry in planned):
            return False
        self._planned = tuple(self._keeping_key(entry) for entry in planned)
        self._version += 1
        for entry in self._planned:
            self._place(entry)
        return True

    def _keeping_key(self, entry: Planned) -> Planned:
        """Our key stays as long as theirs does: a new one would break their reading of our reports."""
        chair = self._ends.at(entry.place)
        if chair is None or entry.theirs is None or chair.planned.theirs != entry.theirs:
            return entry
        return replace(entry, ours=chair.planned.ours)

    def _place(self, entry: Planned) -> None:
        chair = self._ends.at(entry.place)
        if chair is not None:
            chair.agree(entry)
        elif entry.is_usable:
            try:
                self._further.append(self._ends.open(entry))
            except Refused as refusal:  # answered with port 0; the streams there are go on
                log.error("a further stream got no port", extra={"why": refusal.message})

    def _let_in_further(self) -> None:
        """A stream that came in the middle of a recording is a line of its own in the same conversation."""
        further, self._further = self._further, []
        for chair in further:
            leg = self._people.leg_at(self._ends.chairs.index(chair))
            if self._group is not None:
                self._counters.joined += 1
                self._group.create_task(self._live_further(chair, leg))

    async def _live_further(self, chair: Chair, leg: Leg) -> None:
        offer = CallOffer(
            sample_rate_hz=self._ends.sample_rate_hz,
            encoding=self._ends.encoding,
            legs=(leg,),
            separate=True,
            watches_itself=True,
            joins=self._gateway.find(WIRE, self._dialog.wire_call_id),
        )
        await self._gateway.take(
            offer, FurtherStreamSide(self._dialog), lambda line: self._listen(line, (chair,))
        )

    def _follow(self, body: RecordingBody) -> None:
        is_lost = False
        if body.metadata is None:
            self._people.reseat(self._labels())
        else:
            snapshot = read_metadata(body.metadata)
            is_lost = self._people.follow(snapshot, self._labels(), body.oddities)
        self._sit()
        if is_lost:
            self._ask_for_everything()

    def _sit(self) -> None:
        for chair, place in zip(self._ends.chairs, self._people.seats, strict=False):
            chair.sit(place)

    def _labels(self) -> list[str | None]:
        return [chair.planned.media.label for chair in self._ends.chairs]

    def _ask_for_everything(self) -> None:
        """RFC 7866 section 9.2, of a client that says it understands the question."""
        understands = REQUEST_TYPE in tokens(self._dialog.request, "accept")
        if understands and self._asked < MOST_SNAPSHOTS and self._group is not None:
            self._asked += 1
            self._counters.snapshots_asked += 1
            self._group.create_task(self._ask())

    async def _ask(self) -> None:
        try:
            async with asyncio.timeout(self._settings.snapshot_ms / 1000):
                response = await self._dialog.request_in_dialog(
                    "UPDATE",
                    body=write_snapshot_request("a partial update could not be placed"),
                    content_type=REQUEST_TYPE,
                    headers={"Content-Disposition": DISPOSITION},
                )
        except (NotFound, TimeoutError):
            log.info("nobody answered our question for full metadata")
            return
        body = read_body(response.get_header("content-type"), response.body)
        if body.metadata is not None:
            self._follow(body)

    def _answer(self) -> bytes:
        return answer.write_answer(
            self._planned,
            self._ends.opened,
            host=self._ends.host,
            session_id=self._session_id,
            version=self._version,
        )

    def _headers(self) -> dict[str, str]:
        """``Require`` may be written only to a client that knows the tag (RFC 3261 section 20.32)."""
        request = self._dialog.request
        knows = "siprec" in tokens(request, "require") | tokens(request, "supported")
        return {"Contact-Params": "+sip.srs"} | ({"Require": "siprec"} if knows else {})
