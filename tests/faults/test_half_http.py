"""Half a handshake must not hold a connection for ever."""

import asyncio

from tests.faults.house import fault_house


async def test_half_a_handshake_is_given_up_within_the_opening_time() -> None:
    async with fault_house(opening_ms=300) as house:
        reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
        writer.write(b"GET /wire/audio-fork HTTP/1.1\r\nHost: x\r\n")
        try:
            async with asyncio.timeout(10):
                await reader.read()
        finally:
            writer.close()
