"""Set a wire's cost beside a bare loop's, measured in the same run on the same machine."""

import asyncio
import json
import shutil
import socket
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.gateway.bare import HOST
from bench.gateway.loads import LOADS, Transport, WireLoad
from bench.gateway.openings import OPENINGS
from bench.gateway.process import Child

SETTLE_S = 3.0  # before weighing begins: calls begin, files are made
SAMPLES_A_FRAME = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """What one process did between two marks."""

    messages: int
    cpu_s: float
    wall_s: float

    @property
    def per_cpu_s(self) -> float:
        return self.messages / self.cpu_s if self.cpu_s else 0.0


async def gateway_figures(load: WireLoad, *, calls: int, seconds: float) -> dict[str, Any]:
    """``calls``: two-leg calls that one core carries; ``raw_ratio``: frames per CPU-second beside a bare loop's."""
    with _folder() as folder:
        if load.wire in OPENINGS:
            bare = await _bare(load, calls, seconds, folder)
            ours, lost, ends = await _beaten(load, calls, seconds, folder)
        else:
            bare = await _bare_of_clients(load, calls, seconds, folder)
            ours, lost, ends = await _clients(load, calls, seconds, folder)
    return {
        "calls": round(ours.per_cpu_s / load.frames_per_call_s),
        "lost_frames": lost,
        "cpu_share": round(ours.cpu_s / ours.wall_s, 3),
        "raw_ratio": round(ours.per_cpu_s / bare.per_cpu_s, 2) if bare.per_cpu_s else None,
        "frames_per_cpu_s": round(ours.per_cpu_s),
        "bare_frames_per_cpu_s": round(bare.per_cpu_s),
        "measured_calls": calls,
        "ends": ends,
    }


async def _bare(
    load: WireLoad, calls: int, seconds: float, folder: Path, *, is_spread: bool = False
) -> Weighed:
    sockets = calls * load.sockets
    async with _child("bare", load.transport, str(sockets), log=folder / "bare.log") as bare:
        order = _order(load, calls, seconds) | {
            "bare_ports": (await bare.hear())["ports"],
            "is_spread": is_spread,
        }
        async with _child("raw_load", json.dumps(order), log=folder / "bare.log") as sender:
            await sender.hear()
            weighed, _ = await _in_full_swing(bare, sender, seconds)
            return weighed


async def _beaten(
    load: WireLoad, calls: int, seconds: float, folder: Path
) -> tuple[Weighed, int, Mapping[str, int]]:
    """All calls at one beat, by a sender that costs next to nothing."""
    async with _gateway(folder) as gateway:
        order = _order(load, calls, seconds) | {
            "product": gateway.product,
            "audiosocket_port": gateway.audiosocket_port,
        }
        async with _child("raw_load", json.dumps(order), log=folder / "load.log") as sender:
            await sender.hear()
            weighed, told = await _in_full_swing(gateway.child, sender, seconds)
        after = await _quiet(gateway.child)
    frames = after["samples"] // (SAMPLES_A_FRAME * load.legs_a_message)
    return weighed, max(told["sent"] - frames, 0), {"sent": told["sent"], "gaps": after["gaps"]}


async def _in_full_swing(
    receiver: Child, sender: Child, seconds: float
) -> tuple[Weighed, Mapping[str, Any]]:
    """Weigh the middle of a load, when its calls have begun and their files are open."""
    async with asyncio.TaskGroup() as group:
        sending = group.create_task(sender.ask("go", within_s=seconds * 5 + 60))
        await asyncio.sleep(SETTLE_S)
        before, began = await receiver.ask("mark"), time.monotonic()
        await asyncio.sleep(seconds)
        weighed = _weighed(before, await receiver.ask("mark"), time.monotonic() - began)
    return weighed, sending.result()


async def _clients(
    load: WireLoad, calls: int, seconds: float, folder: Path
) -> tuple[Weighed, int, Mapping[str, int]]:
    """Wires whose media is encrypted or negotiated: the client of `hotline call --wire` places the calls."""
    length_s = seconds + SETTLE_S + 4.0
    async with _gateway(folder) as gateway:
        at = f"sip:{HOST}:{gateway.sip_port}" if load.wire in ("sip", "siprec") else ""
        wanted = (load.wire, gateway.product, at, str(calls), str(length_s))
        async with _child("wire_load", *wanted, log=folder / "load.log") as sender:
            await sender.hear()
            await asyncio.sleep(SETTLE_S)
            before, began = await gateway.child.ask("mark"), time.monotonic()
            await asyncio.sleep(seconds)
            after = await gateway.child.ask("mark")
            weighed = _weighed(before, after, time.monotonic() - began)
            told = await sender.hear(within_s=length_s * 3 + 90)
        after = await _quiet(gateway.child)
    rate = 2 if load.transport is Transport.WEBRTC else 1  # WebRTC lines are wideband
    lost = max(2 * rate * told["sent_samples_per_leg"] - after["samples"], 0)
    return weighed, lost // SAMPLES_A_FRAME, told["ends"]


async def _bare_of_clients(load: WireLoad, calls: int, seconds: float, folder: Path) -> Weighed:
    if load.transport is Transport.WEBRTC:
        return await _bare_webrtc(load, calls, seconds, folder)
    alike = next(each for each in LOADS if each.wire == "rtp")
    return await _bare(alike, calls, seconds, folder, is_spread=True)


async def _bare_webrtc(load: WireLoad, calls: int, seconds: float, folder: Path) -> Weighed:
    """Aiortc's own receiving, decoded and thrown away, fed by the same client."""
    async with _child("bare_webrtc", log=folder / "bare.log") as bare:
        product = f"http://{HOST}:{(await bare.hear())['ports'][0]}"
        wanted = (load.wire, product, "", str(calls), str(seconds + SETTLE_S + 4.0))
        async with _child("wire_load", *wanted, log=folder / "bare.log") as sender:
            await sender.hear()
            await asyncio.sleep(SETTLE_S)
            before, began = await bare.ask("mark"), time.monotonic()
            await asyncio.sleep(seconds)
            return _weighed(before, await bare.ask("mark"), time.monotonic() - began)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gateway:
    """A gateway under load."""

    child: Child
    product: str
    sip_port: int
    audiosocket_port: int


@asynccontextmanager
async def _gateway(folder: Path) -> AsyncIterator[_Gateway]:
    sip_port, audiosocket_port = _free_port(), _free_port()
    arguments = (str(folder), str(sip_port), str(audiosocket_port))
    async with _child("served", *arguments, log=folder / "served.log") as child:
        product = f"http://{HOST}:{(await child.hear())['port']}"
        yield _Gateway(
            child=child, product=product, sip_port=sip_port, audiosocket_port=audiosocket_port
        )


def _order(load: WireLoad, calls: int, seconds: float) -> dict[str, Any]:
    return {
        "wire": load.wire,
        "transport": load.transport,
        "calls": calls,
        "sockets": load.sockets,
        "seconds": SETTLE_S + seconds + 1,
    }


async def _quiet(server: Child) -> Mapping[str, Any]:
    """The server's tally once its last call has ended."""
    for _ in range(100):
        tally = await server.ask("mark")
        if tally["live"] == 0:
            return tally
        await asyncio.sleep(0.2)
    return await server.ask("mark")


def _weighed(before: Mapping[str, Any], after: Mapping[str, Any], wall_s: float) -> Weighed:
    return Weighed(
        messages=after["messages"] - before["messages"],
        cpu_s=after["cpu_s"] - before["cpu_s"],
        wall_s=wall_s,
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port


@asynccontextmanager
async def _child(module: str, *arguments: str, log: Path) -> AsyncIterator[Child]:
    child = await Child.start(module, *arguments, log=log)
    try:
        yield child
    finally:
        await child.end()


class _folder:
    """A folder on the real disk that goes with the bench."""

    def __enter__(self) -> Path:
        self._path = Path(tempfile.mkdtemp(prefix="hotline-bench-", dir=Path.cwd()))
        return self._path

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._path, ignore_errors=True)
