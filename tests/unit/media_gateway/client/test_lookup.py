"""Nobody waits for ever to learn what the product calls a call."""

from media_gateway.client.lookup import find_call_id


async def test_where_nobody_answers_the_call_has_no_name() -> None:
    named = await find_call_id("http://127.0.0.1:9/", wire="sip", wire_call_id="x", wait_s=0)

    assert named is None
