"""Measure the bridge: how late a voice comes, whether it drifts in an hour, what a leg costs, how fast a prompt stops."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from statistics import median

import numpy as np

from bench.virtual_bridge import VirtualBridge, VirtualLeg
from domain.audio import Leg
from media_gateway.bridge import Bridge
from media_gateway.metronome import BEATS_PER_S, Metronome
from media_gateway.mouthpiece import Idle, Mouthpiece

Figures = dict[str, float]

RATE_HZ = 8_000
SILENCE = bytes(320)
CLICK = (b"\0\0" * 8 + b"\xff\x7f" * 8).ljust(320, b"\0")
LOUD = 4_096
HOUR_S = 3_600


async def bridge_figures() -> Figures:
    """All of them, in about half a minute."""
    return {
        **await added_latency(),
        **await barge_in(),
        **await hour_of_drift(),
        **await leg_cost(),
    }


class UdpLine:
    """A line whose telephone is a UDP socket on this machine; ``heard`` is what reached the telephone, and when."""

    def __init__(self, metronome: Metronome) -> None:
        self.heard: list[tuple[float, bytes]] = []
        self._telephone, self._ours = _udp_socket(), _udp_socket()
        self._ours.connect(self._telephone.getsockname())
        self._telephone.connect(self._ours.getsockname())
        self.mouthpiece = Mouthpiece(
            metronome=metronome,
            sample_rate_hz=RATE_HZ,
            send=self._send,
            when_idle=Idle.SILENCE,
        )
        asyncio.get_running_loop().add_reader(self._telephone, self._keep)

    def join(self, bridge: Bridge, leg: Leg) -> None:
        bridge.add(leg, mouthpiece=self.mouthpiece, sample_rate_hz=RATE_HZ)
        asyncio.get_running_loop().add_reader(
            self._ours, lambda: bridge.hear(leg, self._ours.recv(4_096))
        )

    def speak(self, frame: bytes) -> None:
        """Into the telephone."""
        self._telephone.send(frame)

    def hang_up(self) -> None:
        self.mouthpiece.close()
        for wire in (self._telephone, self._ours):
            asyncio.get_running_loop().remove_reader(wire)
            wire.close()

    def loud_at_s(self) -> list[float]:
        """When the first loud sample of each frame with one was heard, its place in the frame counted."""
        found: list[float] = []
        for came_s, frame in self.heard:
            loud = np.flatnonzero(np.frombuffer(frame, dtype="<i2") > LOUD)
            if len(loud):
                found.append(came_s + int(loud[0]) / RATE_HZ)
        return found

    def _send(self, frame: bytes) -> None:
        self._ours.send(frame)

    def _keep(self) -> None:
        self.heard.append((time.monotonic(), self._telephone.recv(4_096)))


def _udp_socket() -> socket.socket:
    wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    wire.setblocking(False)
    wire.bind(("127.0.0.1", 0))
    return wire


@asynccontextmanager
async def _beating() -> AsyncIterator[Metronome]:
    metronome = Metronome()
    async with asyncio.TaskGroup() as tasks:
        beating = tasks.create_task(metronome.run())
        yield metronome
        beating.cancel()


async def added_latency(*, clicks: int = 40, seed: int = 1) -> Figures:
    """A click into one telephone and out of the other, over UDP and the real metronome, at any phase of the beat.

    Counted from the click's packet arriving to the click being heard, less its place in the packet: what the bridge adds.
    """
    dice = Random(seed)  # noqa: S311 - phases, no secret
    async with _beating() as metronome:
        late_ms = [await _click_ms(metronome, dice.random() / BEATS_PER_S) for _ in range(clicks)]
    return {
        "bridge_latency_p50_ms": round(median(late_ms), 1),
        "bridge_latency_max_ms": round(max(late_ms), 1),
    }


async def _click_ms(metronome: Metronome, phase_s: float) -> float:
    bridge = Bridge(metronome=metronome)
    caller, agent = UdpLine(metronome), UdpLine(metronome)
    caller.join(bridge, Leg.CALLER)
    agent.join(bridge, Leg.AGENT)
    try:
        await asyncio.sleep(phase_s)
        sent_s = await _speak(caller, [SILENCE] * 10 + [CLICK] + [SILENCE] * 5)
    finally:
        caller.hang_up()
        agent.hang_up()
    return (agent.loud_at_s()[0] - sent_s[10] - 8 / RATE_HZ) * 1_000


async def _speak(line: UdpLine, frames: list[bytes]) -> list[float]:
    """Send a frame every 20 ms; returns when each went."""
    began_s = time.monotonic()
    sent_s: list[float] = []
    for number, frame in enumerate(frames):
        await asyncio.sleep(max(0.0, began_s + number / BEATS_PER_S - time.monotonic()))
        sent_s.append(time.monotonic())
        line.speak(frame)
    return sent_s


async def barge_in(*, times: int = 20, seed: int = 1) -> Figures:
    """From ``stop`` to the last loud frame of the prompt reaching the telephone; 0 when none came after it."""
    dice = Random(seed)  # noqa: S311 - phases, no secret
    flush_ms: list[float] = []
    async with _beating() as metronome:
        for _ in range(times):
            line = UdpLine(metronome)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(line.mouthpiece.play(b"\xff\x3f" * RATE_HZ))
                await asyncio.sleep(0.1 + dice.random() / BEATS_PER_S)
                stopped_s = time.monotonic()
                line.mouthpiece.stop()
                await asyncio.sleep(0.1)
            line.hang_up()
            flush_ms.append(max(0.0, line.loud_at_s()[-1] - stopped_s) * 1_000)
    return {"bridge_barge_in_max_ms": round(max(flush_ms), 1)}


async def hour_of_drift() -> Figures:
    """An hour of two people who speak all the time, one clock 100 ppm fast and one 100 ppm slow, in virtual time."""
    room = VirtualBridge(_legs(ppm=(100.0, -100.0)))
    await room.run(10)
    for _ in range(HOUR_S - 10):
        await room.run(1)
        room.note_waits()
    counters = room.bridge.counters
    return {
        "bridge_hour_beats": room.metronome.position,
        "bridge_hour_frames_lost": sum(
            HOUR_S * BEATS_PER_S - leg.frames_heard for leg in room.legs
        ),
        "bridge_hour_underruns": counters.underruns,
        "bridge_hour_cut_samples": counters.cut_samples,
        "bridge_hour_dropped_samples": counters.dropped_samples,
        "bridge_hour_inserted_samples": counters.inserted_samples,
        "bridge_hour_worst_wait_ms": round(room.worst_wait_ms, 1),
    }


async def leg_cost(*, seconds: int = 30) -> Figures:
    """CPU per leg and second of speech: hearing, ring, mix and mouthpiece; the wire's own work is not in it."""
    rooms = {
        "two_legs": _legs(ppm=(50.0, -50.0)),
        "three_legs": _legs(ppm=(50.0, -50.0, 20.0)),
        "eight_legs": _legs(ppm=(50.0,) * 8),
        "two_rates": _legs(ppm=(50.0, -50.0), rates_hz=(8_000, 48_000)),
    }
    figures: Figures = {}
    for name, legs in rooms.items():
        room = VirtualBridge(legs)
        began_s = time.process_time()
        await room.run(seconds)
        cpu_ms = (time.process_time() - began_s) * 1_000
        figures[f"bridge_cpu_ms_per_leg_s_{name}"] = round(cpu_ms / seconds / len(legs), 2)
    return figures


def _legs(
    *, ppm: tuple[float, ...], rates_hz: tuple[int, ...] = (RATE_HZ,) * 8
) -> list[VirtualLeg]:
    return [
        VirtualLeg(
            leg,
            _speech(rate_hz),
            rate_hz=rate_hz,
            ppm=off,
            phase_ns=3_000_000 + number * 2_000_000,
        )
        for number, (leg, off, rate_hz) in enumerate(zip(Leg, ppm, rates_hz, strict=False))
    ]


def _speech(rate_hz: int) -> bytes:
    """A second without a quiet moment: the hardest case for a clock to be levelled out in."""
    return (np.sin(np.arange(rate_hz) * 2 * np.pi * 200 / rate_hz) * 8_000).astype("<i2").tobytes()
