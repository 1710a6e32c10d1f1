"""Place many two-leg calls on a gateway with the very client that `hotline call --wire` uses.

Run as a process: ``python -m bench.gateway.wire_load WIRE PRODUCT AT CALLS SECONDS``. It tells when every call is through,
how much was sent in all and how the calls ended.
"""

import asyncio
import logging
import sys
from collections import Counter

from bench.gateway.beats import metadata, recording
from bench.gateway.process import tell
from domain.errors import ContactCentreError
from media_gateway.client.farewell import Farewell
from media_gateway.client.recording import Recording
from media_gateway.client.wires import Order, new_call, wire_client

SPREAD_S = 2.0


async def place_all(wire: str, product: str, at: str | None, calls: int, seconds: float) -> None:
    sound = recording(seconds)
    farewells: list[Farewell | str] = []
    async with asyncio.TaskGroup() as group:
        for number in range(calls):
            group.create_task(_place(wire, product, at, number, sound.again(), farewells))
            await asyncio.sleep(SPREAD_S / calls)
        tell(placed=calls)
    sent = sum(f.sent_samples for f in farewells if isinstance(f, Farewell))
    ends = Counter(_how(farewell) for farewell in farewells)
    tell(sent_samples_per_leg=sent, ends=dict(ends.most_common(3)))


async def _place(
    wire: str,
    product: str,
    at: str | None,
    number: int,
    sound: Recording,
    farewells: list[Farewell | str],
) -> None:
    told = metadata(f"load-{wire}-{number}")
    try:
        call = new_call(Order(wire=wire, product=product, metadata=told, at=at))
        farewells.append(await call.run(wire_client(wire).carried(sound)))
    except (ContactCentreError, OSError) as error:
        farewells.append(f"{type(error).__name__}: {error}")


def _how(farewell: Farewell | str) -> str:
    if isinstance(farewell, str):
        return farewell
    return "said goodbye" if farewell.said_goodbye else f"ended: {farewell.reason}"


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(
        place_all(
            sys.argv[1], sys.argv[2], sys.argv[3] or None, int(sys.argv[4]), float(sys.argv[5])
        )
    )
