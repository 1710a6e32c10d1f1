"""Open the door `/wire/file`: a recording comes in as a body and goes on as a call."""

import asyncio
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from domain.audio import Leg
from domain.call import Direction
from domain.errors import InputError, Refused
from domain.ids import CallId
from media_gateway.file_wire.playing import FilePlay
from media_gateway.file_wire.service import FileWire
from media_gateway.file_wire.sound_file import SoundFile
from media_gateway.file_wire.spool import spooled
from media_gateway.offer import CallOffer
from media_gateway.sockets.http_door import guarded

FILE_PATH = "/wire/file"
LABEL_LENGTH = 200
YES = frozenset({"1", "true", "yes"})


def routes(wire: FileWire) -> list[BaseRoute]:
    return [
        Route(FILE_PATH, guarded(partial(_take, wire)), methods=["POST"]),
        Route(FILE_PATH + "/{call_id}", guarded(partial(_tell, wire)), methods=["GET"]),
        Route(FILE_PATH + "/{call_id}", guarded(partial(_stop, wire)), methods=["DELETE"]),
    ]


async def _take(wire: FileWire, request: Request) -> Response:
    """202 and the call's id once it has begun; the recording plays on."""
    _check_place(wire)
    async with wire.uploads:
        path = await spooled(
            request.stream(),
            folder=wire.settings.spool_dir,
            max_bytes=wire.settings.max_upload_mb * 1_000_000,
            stall_ms=wire.settings.upload_stall_ms,
        )
    try:
        play = await _play(wire, path, request.query_params)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    call_id = await wire.begin(play)
    return JSONResponse({"call_id": call_id, "duration_ms": play.duration_ms}, status_code=202)


def _check_place(wire: FileWire) -> None:
    """Raises Refused: whoever finds no place should not send a gigabyte first."""
    if wire.uploads.locked():
        raise Refused(
            "media_gateway.file_busy", "too many recordings are coming in; try again later"
        )
    with wire.gateway.place():
        return


async def _play(wire: FileWire, path: Path, fields: Mapping[str, str]) -> FilePlay:
    sound = await asyncio.to_thread(SoundFile, path, longest_s=wire.settings.longest_s)
    try:
        offer = _offer(fields, sound)
    except InputError:
        sound.close()
        raise
    return FilePlay(
        path=path,
        sound=sound,
        offer=offer,
        is_fast=fields.get("fast", "").lower() in YES,
        behind_ms=wire.settings.behind_ms,
        patience_ms=wire.gateway.settings.stall_ms // 2,
    )


async def _tell(wire: FileWire, request: Request) -> Response:
    play = wire.play_of(CallId(request.path_params["call_id"]))
    ending = play.ending
    return JSONResponse(
        {
            "state": "live" if ending is None else "ended",
            "played_ms": play.played_ms,
            "duration_ms": play.duration_ms,
            "reason": None if ending is None else ending.reason,
            "detail": None if ending is None else ending.detail,
        }
    )


async def _stop(wire: FileWire, request: Request) -> Response:
    wire.play_of(CallId(request.path_params["call_id"])).leave()
    return Response(status_code=204)


def _offer(fields: Mapping[str, str], sound: SoundFile) -> CallOffer:
    return CallOffer(
        sample_rate_hz=sound.sample_rate_hz,
        legs=_legs(fields.get("legs"), sound),
        direction=Direction.OUTBOUND
        if fields.get("direction") == Direction.OUTBOUND
        else Direction.INBOUND,
        caller_number=_label(fields.get("from")),
        dialled_number=_label(fields.get("to")),
        title=_label(fields.get("title")),
        synthetic=fields.get("synthetic", "").lower() in YES,
        wire_call_id=_label(fields.get("wire_call_id")) or str(uuid4()),
        in_real_time=fields.get("fast", "").lower() not in YES,
    )


def _legs(named: str | None, sound: SoundFile) -> tuple[Leg, ...]:
    """Whose sound each channel is, if it is not caller, agent."""
    if named is None:
        return sound.legs
    try:
        legs = tuple(Leg(name.strip()) for name in named.split(","))
    except ValueError:
        legs = ()
    if len(set(legs)) != sound.channels or len(legs) != sound.channels:
        raise InputError(
            "media_gateway.file_legs",
            f"expected 'legs' to name {sound.channels} different leg(s), such as caller,agent",
        )
    return legs


def _label(value: str | None) -> str | None:
    printable = "".join(c for c in (value or "")[: 4 * LABEL_LENGTH] if c.isprintable())
    return printable.strip()[:LABEL_LENGTH] or None
