"""The process is killed in the middle of calls: every file plays, plain or sealed, to within a block of its end."""

import asyncio
import os
import signal
import wave
from pathlib import Path

from app.clock import SystemClock
from domain.audio import Leg, Speech
from domain.ids import CallId
from media_gateway.client.mouth import Mouth
from storage.recordings import FileRecordings
from tests.fakes.sound import noise
from tests.faults.product import Product, running, served
from tests.faults.wires import AUDIO_FORK, STREAM_WIRES, FaultWire, over

KEY = bytes(range(32))
WORDS_MS = 3_000
BLOCK_MS = 2_000  # what a recorder gathers, and what a file gathers of that


async def killed_in_the_middle(folder: Path, wire: FaultWire, *, key: bytes | None) -> CallId:
    """Let a call speak for three seconds, and kill the process without a warning."""
    async with running(served(folder, key=key)) as product:
        mouth = Mouth(sample_rate_hz=8_000)
        mouth.say(noise(WORDS_MS))
        async with asyncio.TaskGroup() as group:
            call = wire.new_call(product, "killed")
            calling = group.create_task(call.run(mouth))
            call_id = await heard(product)
            os.kill(product.process.pid, signal.SIGKILL)
            await product.process.wait()
            calling.cancel()
    return call_id


async def heard(product: Product) -> CallId:
    """Wait until the process has taken all words, and a little of what follows."""
    state = await product.until(
        lambda state: any(samples > 8 * WORDS_MS for samples in state.heard.values())
    )
    return state.started["killed"]


async def kept_in(folder: Path, call_id: CallId, *, key: bytes | None) -> Speech:
    recordings = FileRecordings(folder, clock=SystemClock(), key=key)
    return await recordings.read(recordings.key(call_id, Leg.CALLER))


def only_file(folder: Path, name: str) -> Path:
    (file,) = folder.glob(f"*/*/{name}")
    return file


def played(file: Path) -> bytes:
    """What a player that knows nothing of us makes of a file."""
    with wave.open(str(file), "rb") as sound:
        return sound.readframes(sound.getnframes())


@over(*STREAM_WIRES)
async def test_a_killed_process_leaves_a_file_that_plays(wire: FaultWire, tmp_path: Path) -> None:
    call_id = await killed_in_the_middle(tmp_path, wire, key=None)
    sound = played(only_file(tmp_path, "caller.wav"))
    kept = await kept_in(tmp_path, call_id, key=None)

    said = wire.heard(noise(WORDS_MS))
    assert kept.pcm[: len(said)] == said[: len(kept.pcm)]
    assert sound == kept.pcm[: len(sound)]
    assert kept.duration_ms >= WORDS_MS - BLOCK_MS


async def test_a_killed_process_leaves_a_sealed_file_that_opens_with_its_key(
    tmp_path: Path,
) -> None:
    call_id = await killed_in_the_middle(tmp_path, AUDIO_FORK, key=KEY)
    file = only_file(tmp_path, "caller.wav.sealed")
    kept = await kept_in(tmp_path, call_id, key=KEY)

    said = noise(WORDS_MS)
    assert kept.pcm[: len(said)] == said[: len(kept.pcm)]
    assert kept.duration_ms >= WORDS_MS - BLOCK_MS
    assert said[1_000:1_100] not in await asyncio.to_thread(file.read_bytes)
