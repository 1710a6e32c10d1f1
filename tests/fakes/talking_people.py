"""Be people on real telephones: each is silent until told what to say, and keeps all that is heard."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import httpx

from domain.audio import samples_from_ms
from media_gateway.client.ear import Ear
from media_gateway.client.mouth import Mouth
from media_gateway.client.pacing import Pacer
from media_gateway.client.sip_phone import EmptyHouse
from media_gateway.client.sip_seat import SipSeat
from media_gateway.client.webrtc_seat import BrowserSeat
from media_gateway.sip.ports import target_of
from media_gateway.sip.server import SipServer
from media_gateway.sip.settings import SipSettings
from media_gateway.sip.trunk import Trunk
from tests.fakes.conversation_house import ConversationHouse

FRAME_MS = 20


class Person:
    """One person. ``heard`` is everything since the call began, 16 bits at ``rate_hz``."""

    def __init__(self, *, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self.heard = bytearray()
        self.mouth = Mouth(sample_rate_hz=rate_hz)

    def say(self, pcm: bytes) -> int:
        """Begin to say it; returns where in ``heard`` the others' answer will be found."""
        self.mouth.say(pcm)
        return len(self.heard)

    async def finish(self) -> None:
        """Wait until everything was said, and was under way for a moment."""
        async with asyncio.timeout(15):
            while self.mouth.is_speaking:  # noqa: ASYNC110 - a mouth has no event
                await asyncio.sleep(0.02)
        await asyncio.sleep(0.3)

    async def speak(self, send: Callable[[bytes], None]) -> None:
        pacer, samples = Pacer(), samples_from_ms(FRAME_MS, self.rate_hz)
        frames = 0
        while (frame := self.mouth.take(samples)) is not None:
            await pacer.due(frames * FRAME_MS / 1000)
            send(frame)
            frames += 1


class _AllEars(Ear):
    """Keep everything, silence too."""

    def __init__(self, person: Person) -> None:
        super().__init__(sample_rate_hz=person.rate_hz)
        self._person = person

    def hear(self, sound: bytes) -> None:
        self._person.heard += sound


@asynccontextmanager
async def telephone(
    house: ConversationHouse, *, number: str = "13800000001"
) -> AsyncIterator[Person]:
    """A narrow-band telephone that dials the service over SIP."""
    person = Person(rate_hz=8_000)
    phone = SipServer(settings=SipSettings(udp_port=0), gateway=EmptyHouse())
    await phone.open()
    trunk = Trunk(uri=house.sip, domain=target_of(house.sip).host, user=number, next_hop=house.sip)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(phone.run())
        await asyncio.sleep(0)
        seat = SipSeat(phone=phone, trunk=trunk, sample_rate_hz=person.rate_hz)
        seat.ear = _AllEars(person)
        await seat.sit_down(house.sip.replace("sip:", "sip:hotline@"), {})
        speaking = group.create_task(person.speak(seat.say))
        try:
            yield person
        finally:
            speaking.cancel()
            await seat.leave()
            running.cancel()


@asynccontextmanager
async def browser(house: ConversationHouse, **query: str) -> AsyncIterator[Person]:
    """A wide-band browser; ``leg``, ``call``, ``mode`` and ``from`` (as ``number``) say who joins what."""
    person = Person(rate_hz=16_000)
    if "number" in query:
        query["from"] = query.pop("number")
    seat = BrowserSeat(hear=person.heard.extend)
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(httpx.AsyncClient(trust_env=False))
        stack.push_async_callback(seat.close)
        await seat.sit_down(http, f"{house.http}/whip", query)
        async with asyncio.TaskGroup() as group:
            speaking = group.create_task(person.speak(seat.say))
            try:
                yield person
            finally:
                speaking.cancel()
                await seat.leave(http)
