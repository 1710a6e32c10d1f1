"""Ask the product what it calls a call that we know by the wire's own name."""

import asyncio
import time

import httpx

from domain.ids import CallId

LOOKUP_PATH = "/wire/calls"
POLL_S = 0.1
ANSWER_S = 5.0


async def find_call_id(
    product: str, *, wire: str, wire_call_id: str, wait_s: float = 5.0
) -> CallId | None:
    """The product's id of the call; None when it has not told within ``wait_s``, also when nobody answers."""
    deadline = time.monotonic() + wait_s
    asked = {"wire": wire, "wire_call_id": wire_call_id}
    async with httpx.AsyncClient(trust_env=False, timeout=ANSWER_S) as client:
        while True:
            call_id = await _asked(client, product.rstrip("/") + LOOKUP_PATH, asked)
            if call_id is not None or time.monotonic() >= deadline:
                return call_id
            await asyncio.sleep(POLL_S)


async def _asked(client: httpx.AsyncClient, url: str, asked: dict[str, str]) -> CallId | None:
    try:
        answer = await client.get(url, params=asked)
        named = answer.json() if answer.is_success else {}
    except (httpx.HTTPError, ValueError):
        return None
    call_id = named.get("call_id") if isinstance(named, dict) else None
    return CallId(call_id) if isinstance(call_id, str) else None
