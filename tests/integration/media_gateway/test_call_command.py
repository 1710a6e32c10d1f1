"""`hotline call --count` places calls on a real socket and tells how they fared."""

import asyncio
from pathlib import Path

import numpy as np
import pytest
import soundfile
import typer

from app.clock import SystemClock
from app.commands.call import call
from domain.call import EndReason
from domain.errors import InputError
from domain.events import CallEnded, CallStarted, LegJoined
from media_gateway import GatewaySettings
from tests.fakes.gateway import running_gateway
from tests.fakes.sound import noise
from tests.fakes.wire_doors import listening_audiosocket, playing_files


def a_recording(folder: Path) -> Path:
    path = folder / "call.wav"
    soundfile.write(path, np.frombuffer(noise(300), "<i2"), 8_000)
    return path


def product_of(wire_url: str) -> str:
    return wire_url.replace("ws://", "http://").removesuffix("/wire/audio-fork")


async def test_many_calls_arrive_each_for_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recording = a_recording(tmp_path)

    async with running_gateway(clock=SystemClock()) as gateway:
        await asyncio.to_thread(
            call, [recording], url=product_of(gateway.url), count=5, spread_s=0.1, title="load"
        )
        ends = await gateway.bus.until(CallEnded, count=5)

    assert [end.reason for end in ends] == [EndReason.HUNG_UP] * 5
    assert [end.duration_ms for end in ends] == [300] * 5
    names = {fact.info.wire_call_id for fact in gateway.bus.of(CallStarted)}
    assert len(names - {None}) == 5
    told = capsys.readouterr().out
    assert "12000" in told


async def test_one_call_that_finds_no_place_fails_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recording = a_recording(tmp_path)

    async with running_gateway(
        clock=SystemClock(), settings=GatewaySettings(max_calls=1)
    ) as gateway:
        with pytest.raises(typer.Exit) as ended:
            await asyncio.to_thread(call, [recording], url=product_of(gateway.url), count=2)

    assert ended.value.exit_code == 1
    assert "refused" in capsys.readouterr().out


async def test_calls_of_two_legs_over_audiosocket_find_their_legs(tmp_path: Path) -> None:
    path = tmp_path / "both.wav"
    both = np.stack([np.frombuffer(noise(300, seed=n), "<i2") for n in (1, 2)], axis=1)
    soundfile.write(path, both, 8_000)

    async with (
        running_gateway(clock=SystemClock()) as gateway,
        listening_audiosocket(gateway.gateway, clock=SystemClock()) as (server, product),
    ):
        at = f"tcp://127.0.0.1:{server.port}"
        await asyncio.to_thread(call, [path], wire="audiosocket", at=at, url=product, count=3)
        ends = await gateway.bus.until(CallEnded, count=3)

    assert [end.reason for end in ends] == [EndReason.HUNG_UP] * 3
    assert sorted(fact.leg for fact in gateway.bus.of(LegJoined)) == ["agent"] * 3 + ["caller"] * 3
    assert {fact.info.title for fact in gateway.bus.of(CallStarted)} == {"both"}


async def test_recordings_come_in_as_files(tmp_path: Path) -> None:
    recording = a_recording(tmp_path)

    async with (
        running_gateway(clock=SystemClock()) as gateway,
        playing_files(gateway.gateway) as product,
    ):
        await asyncio.to_thread(call, [recording], wire="file", fast=True, url=product, count=3)
        ends = await gateway.bus.until(CallEnded, count=3)

    assert [end.duration_ms for end in ends] == [300] * 3


def test_a_wire_nobody_speaks_is_refused_before_anything_is_read() -> None:
    with pytest.raises(InputError, match="audiosocket"):
        call([Path("nowhere.wav")], wire="pigeon")
