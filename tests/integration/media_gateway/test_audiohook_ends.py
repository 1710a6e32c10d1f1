"""How AudioHook sessions end over real sockets: protocol errors, goodbyes of either side, a closing house."""

import asyncio

import pytest

from domain.call import EndReason
from domain.events import (
    CallStarted,
)
from tests.fakes.audiohook import (
    IMPATIENT,
    MONO,
    QUICK,
    SECOND,
    Genesys,
    genesys,
    running_audiohook,
    the_call,
)


async def sends_sound_while_paused(client: Genesys) -> None:
    await client.say("paused")
    await client.socket.send(SECOND)


async def skips_a_number(client: Genesys) -> None:
    client.letters.said += 1
    await client.say("ping")


async def sends_half_a_frame(client: Genesys) -> None:
    await client.socket.send(b"\xff")


async def sends_no_json(client: Genesys) -> None:
    await client.socket.send("hello")


async def sends_too_long_a_text(client: Genesys) -> None:
    await client.say("ping", {"rtt": "x" * 70_000})


@pytest.mark.parametrize(
    ("misbehave", "sentence"),
    [
        (sends_sound_while_paused, "no sound while paused"),
        (skips_a_number, "expected message 2, got 3"),
        (sends_half_a_frame, "whole samples of 2 bytes"),
        (sends_no_json, "a JSON object"),
        (sends_too_long_a_text, "at most 65536 characters"),
    ],
)
async def test_a_protocol_error_is_answered_with_disconnect_and_ends_that_call(
    misbehave: object, sentence: str
) -> None:
    assert callable(misbehave)
    async with (
        running_audiohook(hook=IMPATIENT) as gateway,
        genesys(gateway) as honest,
        genesys(gateway) as client,
    ):
        await honest.open(MONO)
        await client.open()
        await misbehave(client)
        disconnect = await client.answer("disconnect")
        code, _ = await client.until_closed()
        bad = next(
            fact.call_id
            for fact in gateway.bus.of(CallStarted)
            if fact.info.wire_call_id == client.conversation_id
        )
        ended = await gateway.ended(bad)
        await honest.say("ping")
        pong = await honest.answer("pong")
        await honest.close()

    assert disconnect.parameters["reason"] == "error"
    assert sentence in str(disconnect.parameters["info"])
    assert code == 1003
    assert ended.reason is EndReason.BAD_WIRE
    assert pong.type == "pong"


async def test_a_client_that_closes_after_our_disconnect_is_told_closed() -> None:
    async with running_audiohook(hook=QUICK) as gateway, genesys(gateway) as client:
        await client.open()
        call_id = await the_call(gateway)
        await gateway.switchboard.hang_up(call_id)
        disconnect = await client.answer("disconnect")
        await client.say("close", {"reason": "disconnect"})
        closed = await client.answer("closed")
        await client.socket.close()
        ended = await gateway.ended(call_id)

    assert disconnect.parameters == {"reason": "completed"}
    assert closed.parameters == {}
    assert ended.reason is EndReason.WE_HUNG_UP


@pytest.mark.parametrize("first", ["ping", "open"])
async def test_without_a_usable_open_no_call_begins(first: str) -> None:
    async with running_audiohook(hook=IMPATIENT) as gateway, genesys(gateway) as client:
        await client.say(first, {"organizationId": "x"})
        disconnect = await client.answer()
        await client.until_closed()

    assert disconnect.type == "disconnect"
    assert disconnect.parameters["reason"] == "error"
    assert gateway.bus.said == []


async def test_another_organization_than_the_signed_one_is_unauthorized() -> None:
    stranger = "e160e428-53e2-487c-977d-96989bf5c99d"
    async with running_audiohook(hook=IMPATIENT) as gateway, genesys(gateway) as client:
        answer = await client.open(organizationId=stranger)
        await client.until_closed()

    assert (answer.type, answer.parameters["reason"]) == ("disconnect", "unauthorized")
    assert gateway.bus.said == []


async def test_a_client_that_vanishes_is_told_from_one_that_closes() -> None:
    async with running_audiohook() as gateway, genesys(gateway) as client:
        await client.open()
        await client.socket.send(SECOND)
        call_id = await the_call(gateway)
        client.socket.transport.abort()
        ended = await gateway.ended(call_id)

    assert ended.reason is EndReason.VANISHED


async def test_a_closing_house_asks_to_reconnect_before_it_disconnects() -> None:
    async with running_audiohook(hook=QUICK) as gateway, genesys(gateway) as client:
        await client.open()
        await the_call(gateway)
        async with asyncio.TaskGroup() as group:
            group.create_task(gateway.gateway.drain())
            reconnect = await client.answer()
            disconnect = await client.answer()
            code, _ = await client.until_closed()

    assert (reconnect.type, disconnect.type) == ("reconnect", "disconnect")
    assert disconnect.parameters["reason"] == "completed"
    assert code == 1012
