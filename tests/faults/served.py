"""Run a house in a process of its own, with real files: something that can run out of disk, grow, and be killed.

``python -m tests.faults.served FOLDER [KEY]`` says where its wires are, and on each line of its input what it knows of
its calls. It ends when its input ends.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from app.clock import SystemClock
from domain.audio import AudioFrame, Leg, Sound
from domain.events import CallEnded, CallStarted, RecordingGapMarked
from domain.ids import CallId
from storage.recordings import FileRecordings
from tests.faults.house import FaultHouse, fault_house
from tests.faults.wires import EVERY_WIRE


class CountingEngine:
    """It takes every block in time and keeps none."""

    def __init__(self) -> None:
        self.samples: dict[CallId, int] = {}

    async def listen(self, call_id: CallId, leg: Leg, sound: AsyncIterator[Sound]) -> None:
        async for piece in sound:
            if isinstance(piece, AudioFrame):
                self.samples[call_id] = self.samples.get(call_id, 0) + piece.samples


async def serve(folder: Path, key: bytes | None) -> None:
    engine = CountingEngine()
    recordings = FileRecordings(folder, clock=SystemClock(), key=key)
    async with fault_house(recordings=recordings, listeners={"asr": engine}) as house:
        doors = {wire.name: house.at(wire.name) for wire in EVERY_WIRE}
        doors["sip-tcp"] = f"tcp://127.0.0.1:{house.sip_port}"
        say({"address": house.address, "at": doors})
        while await asyncio.to_thread(sys.stdin.readline):
            say(state_of(house, engine))


def state_of(house: FaultHouse, engine: CountingEngine) -> dict[str, object]:
    return {
        "started": {fact.info.title or "": fact.call_id for fact in house.bus.of(CallStarted)},
        "ended": {fact.call_id: fact.reason for fact in house.bus.of(CallEnded)},
        "heard": engine.samples,
        "gaps": [
            [gap.call_id, gap.listener, gap.cause, gap.start_ms, gap.end_ms]
            for gap in house.bus.of(RecordingGapMarked)
        ],
        "messages": house.gateway.counters.messages,
    }


def say(told: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), bytes.fromhex(sys.argv[2]) if len(sys.argv) > 2 else None))
