"""Run a FunASR server behind the SpeechToText socket: real sockets, scripted words."""

import asyncio
import json
from collections.abc import Iterator

import numpy as np
import pytest

from asr.belief.phantoms import read_phantoms
from asr.desk.reading_desk import PooledDesk
from asr.desk.stream import StreamingReader
from asr.engines.funasr import FunasrMachine, FunasrStream
from asr.leg.hearing import Equipment
from asr.leg.recogniser import UtteranceRecogniser
from asr.settings import AsrSettings, GuardSettings, RemoteSettings
from domain.errors import EngineError, InputError
from domain.language import ZH
from domain.ports import SpeechToText
from models.pool import InferencePool
from tests.contract.speech_to_text import SpeechToTextContract, Spoken
from tests.fakes.clock import FakeClock
from tests.fakes.funasr_server import FunasrServer, serving
from tests.fakes.utterance_reader import LoudnessDetection
from tests.fakes.voiced import voiced

WORDS = {440: "我的社保卡丢了怎么补办", 600: "请问公积金怎么提取"}
A_SECOND = np.sin(np.arange(16_000) * 2 * np.pi * 440 / 16_000).astype(np.float32) * 0.3
SOON = RemoteSettings(connect_s=0.5, silent_s=0.3)


@pytest.fixture(scope="module")
def pool() -> Iterator[InferencePool]:
    pool = InferencePool(name="remote", workers=2, depth=4)
    yield pool
    asyncio.run(pool.aclose())


def a_machine(address: str) -> FunasrMachine:
    return FunasrMachine(RemoteSettings(url=address, connect_s=0.5, silent_s=0.3), (ZH,))


class TestFunasr(SpeechToTextContract):
    @pytest.fixture(params=[True, False], ids=["like C++", "like Python"])
    def recogniser(
        self, pool: InferencePool, request: pytest.FixtureRequest
    ) -> Iterator[SpeechToText]:
        with serving(FunasrServer(WORDS, ends_like_cpp=request.param)) as address:
            reader = StreamingReader(
                a_machine(address), guards=GuardSettings(), phantoms=read_phantoms()
            )
            yield UtteranceRecogniser(
                Equipment(
                    desk=PooledDesk(reader, pool),
                    detection=LoudnessDetection(),
                    clock=FakeClock(),
                    settings=AsrSettings(),
                )
            )

    @pytest.fixture
    def spoken(self) -> list[Spoken]:
        return [Spoken(pcm=voiced(2_000, hz=hz), text=text) for hz, text in WORDS.items()]


def test_the_opening_says_what_comes_and_which_words_to_expect() -> None:
    server = FunasrServer(WORDS, ends_like_cpp=True)
    with serving(server) as address:
        stream = a_machine(address).open(ZH, ("社保卡",))
        stream.feed(A_SECOND)
        assert stream.finish().text == WORDS[440]

    opening = server.openings[0]
    assert (opening["mode"], opening["wav_format"], opening["audio_fs"]) == ("2pass", "pcm", 16_000)
    assert json.loads(opening["hotwords"]) == {"社保卡": 20}


def test_sound_goes_out_in_blocks_of_60_ms_however_it_came_in() -> None:
    server = FunasrServer(WORDS, ends_like_cpp=True)
    with serving(server) as address:
        stream = a_machine(address).open(ZH, ())
        for at in range(0, 16_000, 700):
            stream.feed(A_SECOND[at : at + 700])
        stream.finish()

    assert set(server.block_bytes[:-1]) == {1_920}
    assert sum(server.block_bytes) == 32_000


def test_a_server_that_heard_no_words_says_nothing_and_that_is_an_answer() -> None:
    with serving(FunasrServer({}, ends_like_cpp=True)) as address:
        stream = a_machine(address).open(ZH, ())
        stream.feed(A_SECOND)

        assert stream.finish().text == ""


def test_a_server_that_goes_in_mid_utterance_is_a_lost_machine() -> None:
    with serving(FunasrServer(WORDS, ends_like_cpp=True, goes_after_s=0.5)) as address:
        stream = a_machine(address).open(ZH, ())
        with pytest.raises(EngineError, match="closed the connection in mid-utterance") as lost:
            _talk_on(stream)

    assert lost.value.retryable


def _talk_on(stream: FunasrStream) -> None:
    stream.feed(A_SECOND)
    stream.feed(A_SECOND)
    stream.finish()


def test_a_server_that_is_not_there_is_named() -> None:
    with pytest.raises(EngineError, match=r"127\.0\.0\.1:9 cannot be reached"):
        a_machine("ws://127.0.0.1:9").open(ZH, ())


def test_a_certificate_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="expected ca_file to be a PEM certificate"):
        FunasrMachine(RemoteSettings(url="wss://asr.example", ca_file="/nowhere.pem"), (ZH,))
