"""Every ReadingDesk over machines keeps these promises, wherever the machine lives."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path

import pytest

from asr.desk.batching import BatchingDesk
from asr.desk.reading import Reading, UtteranceReader
from domain.errors import EngineError
from domain.language import ZH
from tests.fakes.troubled_reader import (
    WORDS,
    Trouble,
    a_read,
    a_sketch,
    a_tone,
    load_troubled,
)

POISON = pytest.mark.parametrize("trouble", [Trouble.RAISE, Trouble.GIVE_UP])


class ReadingDeskContract(ABC):
    """Subclass it and say how a desk over the machine that ``load`` makes is opened."""

    @abstractmethod
    def open_desk(
        self, load: Callable[[], UtteranceReader]
    ) -> AbstractAsyncContextManager[BatchingDesk]: ...

    async def test_a_desk_says_what_its_machine_is(self) -> None:
        async with self.open_desk(load_troubled) as desk:
            assert (desk.engine, ZH in desk.languages, desk.identifies_language) == (
                "scripted-reader",
                True,
                True,
            )

    async def test_an_utterance_becomes_words_in_the_language_the_leg_chooses(self) -> None:
        async with self.open_desk(load_troubled) as desk:
            reading = await desk.read(a_read(600))

        assert (reading.text, reading.language, reading.engine) == (WORDS[600], ZH, desk.engine)
        assert sum(reading.odds.values()) == pytest.approx(1)

    async def test_a_look_gives_the_odds_of_each_language(self) -> None:
        async with self.open_desk(load_troubled) as desk:
            odds = await desk.odds(a_tone(440))

        assert sum(odds.values()) == pytest.approx(1)
        assert max(odds, key=lambda tag: odds[tag]) == ZH

    async def test_an_idle_desk_sketches_at_once(self) -> None:
        async with self.open_desk(load_troubled) as desk:
            assert await desk.sketch(a_sketch(600, ms=800)) == WORDS[600][:2]

    async def test_many_legs_at_once_each_get_their_own_words(self) -> None:
        async with self.open_desk(load_troubled) as desk:
            asks = [a_read(hz, utterance=f"call-{n}-caller-0") for n in range(8) for hz in WORDS]
            readings = await asyncio.gather(*[desk.read(ask) for ask in asks])

        assert [reading.text for reading in readings] == [*WORDS.values()] * 8

    async def test_who_hangs_up_disturbs_nobody(self) -> None:
        async with self.open_desk(load_troubled) as desk, asyncio.TaskGroup() as group:
            gone = [group.create_task(desk.read(a_read(utterance=f"gone-{n}-0"))) for n in range(8)]
            kept = group.create_task(desk.read(a_read(800, utterance="kept-0")))
            await asyncio.sleep(0)
            for task in gone:
                task.cancel()

        assert kept.result().text == WORDS[800]
        assert desk.waiting == 0

    @POISON
    async def test_an_utterance_that_breaks_the_machine_fails_alone(self, trouble: Trouble) -> None:
        async with self.open_desk(load_troubled) as desk:
            asks = [a_read(hz, utterance=f"call-{hz}-0") for hz in (440, trouble, 600, 800)]
            answers = await asyncio.gather(
                *[desk.read(ask) for ask in asks], return_exceptions=True
            )
            afterwards = await desk.read(a_read(440))

        failure = answers.pop(1)
        assert isinstance(failure, EngineError)
        assert failure.code == "asr.unreadable"
        assert [answer.text for answer in answers if isinstance(answer, Reading)] == [
            *WORDS.values()
        ]
        assert afterwards.text == WORDS[440]

    @POISON
    async def test_a_machine_that_breaks_once_loses_no_utterance(
        self, trouble: Trouble, tmp_path: Path
    ) -> None:
        async with self.open_desk(partial(load_troubled, tmp_path / "scar")) as desk:
            reading = await desk.read(a_read(trouble))

        assert reading.text
        assert desk.counters.reads_retried == 1

    @POISON
    async def test_a_sketch_that_breaks_the_machine_is_not_tried_again(
        self, trouble: Trouble, tmp_path: Path
    ) -> None:
        async with self.open_desk(partial(load_troubled, tmp_path / "scar")) as desk:
            sketches = [await desk.sketch(a_sketch(trouble)) for _ in range(2)]
            reading = await desk.read(a_read(trouble))
            next_one = await desk.sketch(a_sketch(trouble))

        assert sketches == [None, None]
        assert reading.text
        assert next_one

    @POISON
    async def test_a_look_that_breaks_the_machine_is_left_to_the_end_of_the_utterance(
        self, trouble: Trouble
    ) -> None:
        async with self.open_desk(load_troubled) as desk:
            with pytest.raises(TimeoutError):
                await desk.odds(a_tone(trouble))

            assert (await desk.read(a_read())).text == WORDS[440]

    async def test_strain_is_there_while_there_is_work_and_gone_afterwards(self) -> None:
        async with self.open_desk(load_troubled) as desk, asyncio.TaskGroup() as group:
            idle = desk.strain
            for n in range(5):
                group.create_task(desk.read(a_read(utterance=f"call-{n}-0")))
            await asyncio.sleep(0)
            at_work = desk.strain
            async with asyncio.timeout(10):
                while desk.strain:  # noqa: ASYNC110 — strain rings no bell
                    await asyncio.sleep(0.001)

        assert idle == 0
        assert at_work > 1

    async def test_a_closed_desk_reads_nothing(self) -> None:
        async with self.open_desk(load_troubled) as desk:
            pass

        with pytest.raises(EngineError, match="closed"):
            await desk.read(a_read())

    async def test_what_fails_at_an_open_desk_comes_out_as_it_is(self) -> None:
        with pytest.raises(KeyError):
            async with self.open_desk(load_troubled):
                raise KeyError("a failure of somebody else")
