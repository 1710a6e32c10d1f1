"""The simulated people listen before they answer, and remember what they were asked."""

import asyncio
import json
from array import array
from pathlib import Path

import httpx
import pytest

from domain.audio import Speech
from domain.errors import InputError, NotFound
from domain.language import EN, ZH
from media_gateway.client.mouth import Mouth
from rehearsal.callee import callee_app, run_callee
from rehearsal.callee_behaviour import Behaviour, Behaviours
from rehearsal.callee_line import NOISE_PEAK, NoisyLine
from rehearsal.callee_person import Person
from tests.fakes.voice import FakeVoice

THINKS_S = 0.005


def prompt(number: int) -> Speech:
    return Speech(pcm=bytes([number, 0]) * 80, sample_rate_hz=8_000)


class Handset:
    def __init__(self) -> None:
        self.pressed: list[str] = []
        self.hung_up = False

    async def press(self, key: str) -> None:
        self.pressed.append(key)

    def hang_up(self) -> None:
        self.hung_up = True


class Called:
    """A person, their mouth and what they did."""

    def __init__(self, *replies: str) -> None:
        self.mouth = Mouth(sample_rate_hz=8_000)
        self.voice = FakeVoice(ms_per_character=1)
        self.handset = Handset()
        self.person = Person(
            behaviour=Behaviour(language=ZH, voice="zf_xiaoyi", replies=replies),
            mouth=self.mouth,
            voice=self.voice,
            reaction_s=THINKS_S,
        )

    async def hear(self, *prompts: Speech) -> str | None:
        """Let one turn of the bot sound, and tell what they say to it."""
        for each in prompts:
            await self.person.speech_began(each)
            await self.person.speech_ended(each)
        await asyncio.sleep(THINKS_S * 4)
        said = b""
        while self.mouth.is_speaking:
            said += self.mouth.take(8) or b""
        return self.voice.text_of(Speech(pcm=said, sample_rate_hz=8_000)) if said else None


async def talk(called: Called, *turns: tuple[Speech, ...]) -> list[str | None]:
    async with asyncio.TaskGroup() as tasks:
        talking = tasks.create_task(called.person.talk(called.handset))
        said = [await called.hear(*turn) for turn in turns]
        talking.cancel()
    return said


async def test_each_new_question_gets_the_next_reply() -> None:
    called = Called("可以可以可以可以", "联系过联系过联系过")

    assert await talk(called, (prompt(1), prompt(2)), (prompt(3),)) == [
        "可以可以可以可以",
        "联系过联系过联系过",
    ]


async def test_a_repeated_question_gets_the_same_reply_again() -> None:
    called = Called("可以可以可以可以", "联系过联系过联系过")

    said = await talk(
        called, (prompt(1),), (prompt(9), prompt(1)), (prompt(9), prompt(1), prompt(8))
    )

    assert said == ["可以可以可以可以"] * 3


async def test_when_the_replies_are_used_up_nothing_is_said() -> None:
    assert await talk(Called("可以可以可以可以"), (prompt(1),), (prompt(2),)) == [
        "可以可以可以可以",
        None,
    ]


async def test_keys_are_pressed_and_the_telephone_is_hung_up() -> None:
    called = Called("key:1", "hang_up")

    await talk(called, (prompt(1),), (prompt(2),))

    assert (called.handset.pressed, called.handset.hung_up) == (["1"], True)


async def test_nobody_answers_while_the_bot_is_still_speaking() -> None:
    called = Called("可以可以可以可以")
    async with asyncio.TaskGroup() as tasks:
        talking = tasks.create_task(called.person.talk(called.handset))
        await called.person.speech_began(prompt(1))
        await asyncio.sleep(THINKS_S * 3)
        during = called.mouth.is_speaking

        await called.person.speech_ended(prompt(1))
        await asyncio.sleep(THINKS_S * 4)
        after = called.mouth.is_speaking
        talking.cancel()

    assert (during, after) == (False, True)


def test_a_line_has_a_little_noise_and_the_same_every_time() -> None:
    mouth = Mouth(sample_rate_hz=8_000)

    noise = array("h", NoisyLine(mouth, seed=1).take(800) or b"")

    assert 0 < max(abs(sample) for sample in noise) <= NOISE_PEAK
    assert NoisyLine(mouth, seed=1).take(800) == noise.tobytes()


def test_a_line_ends_when_the_mouth_is_shut() -> None:
    mouth = Mouth(sample_rate_hz=8_000)
    mouth.shut()

    assert NoisyLine(mouth, seed=1).take(800) is None


@pytest.mark.parametrize("name", ["yes", "no", "hedge", "keys", "silence", "hangup"])
def test_every_behaviour_exists_in_both_languages_with_a_voice(name: str) -> None:
    behaviours = Behaviours.load()

    assert behaviours.of(f"sim:{name}").language == ZH
    assert behaviours.of(f"sim:{name}.en").language == EN
    assert behaviours.of(f"sim:{name}").voice


@pytest.mark.parametrize("number", ["sim:nobody", "sim:yes.fr", "13800138000", "yes"])
def test_nobody_else_can_be_called(number: str) -> None:
    with pytest.raises(NotFound):
        Behaviours.load().of(number)


@pytest.mark.parametrize(
    ("number", "status"), [("sim:busy", 486), ("sim:noanswer", 480), ("sim:who", 404)]
)
async def test_who_does_not_pick_up_is_told_by_status_and_logged(
    tmp_path: Path, number: str, status: int
) -> None:
    log = tmp_path / "calls.jsonl"
    app = callee_app(
        wire_url="ws://127.0.0.1:9/wire", voice=FakeVoice(), log_path=log, ring_s=0, reaction_s=0
    )
    order = {"call_id": "call-1", "number": number, "campaign_contact": "k/c"}
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://line") as client,
    ):
        answer = await client.post("/calls", json=order)

    assert answer.status_code == status
    [line] = read_lines(log)
    assert (json.loads(line)["number"], json.loads(line)["status"]) == (number, status)


async def test_a_port_in_use_is_told_in_one_sentence(tmp_path: Path) -> None:
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    with pytest.raises(InputError, match="cannot listen"):
        await run_callee(
            host="127.0.0.1",
            port=port,
            wire_url_base="http://127.0.0.1:9",
            tts=FakeVoice(),
            log_path=tmp_path / "calls.jsonl",
        )
    server.close()
    await server.wait_closed()


def read_lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()
