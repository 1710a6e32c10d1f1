"""Hold calls while something fails, and tell afterwards whether one of them noticed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from domain.audio import Leg
from domain.call import EndReason
from domain.events import CallEnded
from domain.ids import CallId
from media_gateway.client.farewell import Farewell
from media_gateway.client.mouth import Mouth
from media_gateway.client.wires import Call
from tests.fakes.recording_store import MemoryRecordings
from tests.fakes.sound import noise
from tests.faults.house import FaultHouse
from tests.faults.wires import AUDIO_FORK, FaultWire

RATE_HZ = 8_000
WORDS_MS = 2_000
NOT_YET = CallId("")
NOTICED_WITHIN_S = 10


@dataclass(slots=True, kw_only=True)
class Talk:
    """One call that speaks for ``WORDS_MS`` and is silent then, until it is hung up."""

    house: FaultHouse
    wire: FaultWire
    title: str
    words: bytes
    mouth: Mouth
    call: Call
    sent_samples: int = 0
    call_id: CallId = NOT_YET
    farewell: Farewell | None = None

    @property
    def heard_ms(self) -> int:
        """What the gateway has taken off the wire."""
        live = self.house.switchboard.live(self.call_id)
        return 0 if live is None else live.now_ms

    async def is_heard(self, ms: int = WORDS_MS) -> None:
        """Wait until the gateway took so much off the wire: sending was not held up by anything."""
        async with asyncio.timeout(NOTICED_WITHIN_S):
            while self.heard_ms < ms:  # noqa: ASYNC110 - a line tells nobody how far it is
                await asyncio.sleep(0.01)

    async def goes_on(self, ms: int = 200) -> None:
        """Wait until so much more was taken off the wire than now."""
        await self.is_heard(self.heard_ms + ms)

    @property
    def sound(self) -> bytes:
        """What should have arrived."""
        silence = bytes(max(2 * self.sent_samples - len(self.words), 0))
        return self.wire.heard((self.words + silence)[: 2 * self.sent_samples])

    def kept(self, leg: Leg = Leg.CALLER) -> bytes:
        """What lies on the disk of a house that keeps its recordings in memory."""
        disk = self.house.disk
        assert isinstance(disk, MemoryRecordings)
        return bytes(disk.sound.get(disk.key(self.call_id, leg), b""))

    @property
    def kept_ms(self) -> int:
        """How long the recording in such a house is."""
        disk = self.house.disk
        assert isinstance(disk, MemoryRecordings)
        rate_hz = disk.rates_hz[disk.key(self.call_id, Leg.CALLER)]
        return len(self.kept()) * 500 // rate_hz

    async def ended(self) -> CallEnded:
        return await self.house.ended(self.call_id)

    def note_sent(self, samples: int) -> None:
        self.sent_samples = samples


def new_talk(
    house: FaultHouse, wire: FaultWire, *, title: str = "in trouble", at: str | None = None
) -> Talk:
    words, mouth = noise(WORDS_MS, seed=len(title)), Mouth(sample_rate_hz=RATE_HZ)
    mouth.say(words)
    sent: list[Talk] = []
    call = wire.new_call(house, title, on_sent=lambda samples: sent[0].note_sent(samples), at=at)
    talk = Talk(house=house, wire=wire, title=title, words=words, mouth=mouth, call=call)
    sent.append(talk)
    return talk


@asynccontextmanager
async def talking(
    house: FaultHouse, wire: FaultWire, *, title: str = "in trouble", at: str | None = None
) -> AsyncIterator[Talk]:
    """A call in progress; it is hung up at the end, unless it has ended."""
    talk = new_talk(house, wire, title=title, at=at)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(talk.call.run(talk.mouth))
        talk.call_id = await house.begun(title=title)
        yield talk
        talk.call.hang_up()
        talk.farewell = await running


@asynccontextmanager
async def undisturbed(house: FaultHouse, *, is_recorded: bool = True) -> AsyncIterator[Talk]:
    """A neighbour's call, which must be whole and end by its own goodbye whatever happens meanwhile.

    Where it is recorded in memory, every sample of it must be there; ``is_recorded`` says that the disk works.
    """
    async with talking(house, AUDIO_FORK, title="undisturbed") as talk:
        await talk.is_heard()
        yield talk
        await talk.goes_on()
    ended = await talk.ended()
    assert (ended.reason, ended.detail) == (EndReason.HUNG_UP, None)
    assert talk.farewell is not None
    assert talk.farewell.said_goodbye
    assert ended.duration_ms == talk.sent_samples * 1000 // RATE_HZ
    if is_recorded and isinstance(house.disk, MemoryRecordings):
        assert talk.kept() == talk.sound
        assert house.gaps(talk.call_id, "recorder") == []
