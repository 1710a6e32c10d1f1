"""Hold every recording store to the promises of its port."""

from abc import abstractmethod

import pytest

from domain.audio import Leg
from domain.errors import NotFound
from domain.ids import CallId
from domain.ports import RecordingStore

CALL = CallId("call-1")


class RecordingStoreContract:
    """Subclass it and supply ``store``, a store with nothing in it."""

    @abstractmethod
    def store(self) -> RecordingStore: ...

    async def test_what_was_written_is_read_back_sample_by_sample(self) -> None:
        store = self.store()
        sound = bytes(range(256)) * 500

        writer = await store.create(CALL, Leg.CALLER, 8_000)
        for start in range(0, len(sound), 320):
            await writer.write(sound[start : start + 320])
        await writer.close()

        kept = await store.read(store.key(CALL, Leg.CALLER))
        assert (kept.pcm, kept.sample_rate_hz) == (sound, 8_000)

    async def test_two_legs_and_two_calls_do_not_mix(self) -> None:
        store = self.store()
        other = CallId("call-2")
        for call_id, leg, pcm in (
            (CALL, Leg.CALLER, b"aa"),
            (CALL, Leg.AGENT, b"bb"),
            (other, Leg.CALLER, b"cc"),
        ):
            writer = await store.create(call_id, leg, 16_000)
            await writer.write(pcm * 100)
            await writer.close()

        assert (await store.read(store.key(CALL, Leg.CALLER))).pcm == b"aa" * 100
        assert (await store.read(store.key(CALL, Leg.AGENT))).pcm == b"bb" * 100
        assert (await store.read(store.key(other, Leg.CALLER))).pcm == b"cc" * 100

    async def test_closing_twice_is_fine(self) -> None:
        store = self.store()
        writer = await store.create(CALL, Leg.CALLER, 8_000)
        await writer.write(b"\1\0" * 80)

        await writer.close()
        await writer.close()

        assert len((await store.read(store.key(CALL, Leg.CALLER))).pcm) == 160

    async def test_a_leg_that_said_nothing_is_an_empty_recording(self) -> None:
        store = self.store()

        await (await store.create(CALL, Leg.CALLER, 8_000)).close()

        assert (await store.read(store.key(CALL, Leg.CALLER))).pcm == b""

    async def test_a_recording_that_was_never_made_is_not_found(self) -> None:
        store = self.store()

        with pytest.raises(NotFound):
            await store.read(store.key(CallId("nobody"), Leg.CALLER))
