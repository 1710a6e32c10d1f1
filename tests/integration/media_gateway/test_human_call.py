"""A real telephone call of two people goes over a real socket to files on disk without losing a sample."""

import asyncio
import os
from pathlib import Path

import pytest

from app.clock import SystemClock
from domain.audio import Leg
from domain.call import EndReason
from media_gateway import GatewaySettings
from media_gateway.client import AudioForkCall, Metadata, Pacer, load_recording
from storage.recordings import FileRecordings
from tests.fakes.gateway import KeepingListener, running_gateway


def telephone_call() -> list[Path]:
    folder = os.environ.get("HOTLINE_TEST_DATA")
    if not folder:
        pytest.skip("HOTLINE_TEST_DATA names no folder with human recordings")
    calls = Path(folder) / "audio" / "en_telephone"
    return [calls / f"lca_Auto_Repairs_40_UTC_{leg}.flac" for leg in ("caller", "agent")]


async def as_fast_as_the_wire_takes_it(_: float) -> None:
    await asyncio.sleep(0)


@pytest.mark.human
async def test_a_real_call_is_on_disk_sample_by_sample(tmp_path: Path) -> None:
    recording = load_recording(telephone_call())
    store = FileRecordings(tmp_path, clock=SystemClock())
    listener = KeepingListener()

    async with running_gateway(
        clock=SystemClock(),
        recordings=store,
        listeners={"asr": listener},
        settings=GatewaySettings(
            burst_ms=recording.duration_ms,
            listener_bound_ms=recording.duration_ms,
            recorder_bound_ms=recording.duration_ms,
        ),
    ) as gateway:
        call = AudioForkCall(
            url=gateway.url,
            metadata=Metadata(title="auto repairs"),
            pacer=Pacer(sleep=as_fast_as_the_wire_takes_it),
        )
        farewell = await call.run(recording)
        call_id = (await gateway.started())[0].call_id
        ended = await gateway.ended(call_id)
        caller = await store.read(store.key(call_id, Leg.CALLER))
        agent = await store.read(store.key(call_id, Leg.AGENT))

    assert (farewell.code, ended.reason) == (1000, EndReason.HUNG_UP)
    assert ended.duration_ms == recording.duration_ms
    assert (caller.pcm, agent.pcm) == recording.legs
    assert listener.heard[call_id, Leg.CALLER].pcm == recording.legs[0]
    assert gateway.gateway.counters.gaps == 0
