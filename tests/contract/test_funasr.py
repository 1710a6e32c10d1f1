"""Run a FunASR server behind the SpeechToText socket: real sockets, scripted words."""

import json
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from asr.belief.phantoms import read_phantoms
from asr.desk.stream import StreamingReader
from asr.engines.funasr import FunasrMachine, FunasrStream
from asr.settings import GuardSettings, RemoteSettings
from domain.errors import EngineError, InputError
from domain.language import ZH
from domain.ports import SpeechToText
from tests.contract.speech_to_text import SpeechToTextContract, Spoken
from tests.fakes.funasr_server import FunasrServer, serving
from tests.fakes.recognition import recogniser_over
from tests.fakes.troubled_reader import a_read, a_sketch
from tests.fakes.voiced import voiced

WORDS = {440: "我的社保卡丢了怎么补办", 600: "请问公积金怎么提取"}
A_SECOND = np.sin(np.arange(16_000) * 2 * np.pi * 440 / 16_000).astype(np.float32) * 0.3


def a_machine(address: str, *, mode: str = "2pass", silent_s: float = 0.3) -> FunasrMachine:
    settings = RemoteSettings(url=address, mode=mode, connect_s=0.5, silent_s=silent_s)
    return FunasrMachine(settings, (ZH,))


def a_reader(address: str) -> StreamingReader:
    return StreamingReader(a_machine(address), guards=GuardSettings(), phantoms=read_phantoms())


class TestFunasr(SpeechToTextContract):
    @pytest.fixture(params=[True, False], ids=["like C++", "like Python"])
    async def recogniser(self, request: pytest.FixtureRequest) -> AsyncIterator[SpeechToText]:
        with serving(FunasrServer(WORDS, ends_like_cpp=request.param)) as address:
            async with recogniser_over(a_reader(address), workers=2) as recogniser:
                yield recogniser

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


def test_a_server_that_hangs_after_it_took_the_sound_is_a_lost_machine() -> None:
    with serving(FunasrServer(WORDS, hangs=True)) as address:
        stream = a_machine(address).open(ZH, ())
        with pytest.raises(EngineError, match=r"answered nothing for 0\.3 s"):
            _talk_on(stream)
        stream.close()


def test_a_server_that_takes_no_more_sound_is_a_lost_machine() -> None:
    with serving(FunasrServer(WORDS, hangs=True)) as address:
        stream = a_machine(address).open(ZH, ())
        with pytest.raises(EngineError, match="mid-utterance"):
            stream.feed(np.zeros(600 * 16_000, np.float32))  # more than any buffer on the way
        stream.close()


def test_a_server_that_was_lost_with_a_sketch_is_asked_afresh_for_the_reading() -> None:
    server = FunasrServer(WORDS, ends_like_cpp=True, goes_after_s=0.5, goes_once=True)
    with serving(server) as address:
        reader = a_reader(address)
        with pytest.raises(EngineError, match="mid-utterance"):
            _sketch_on(reader)
        [reading] = reader.read([a_read(ms=3_000)])

    assert reading.text == WORDS[440]
    assert len(server.openings) == 2


def test_asks_do_not_wait_for_each_others_connections() -> None:
    """The first two are let in together or not at all."""
    server = FunasrServer(WORDS, ends_like_cpp=True, lets_in_together=2)
    with serving(server) as address, ThreadPoolExecutor(2) as threads:
        reader = a_reader(address)
        asks = [a_read(ms=1_000, utterance=f"call-{n}-0") for n in range(2)]
        readings = list(threads.map(lambda ask: reader.read([ask])[0], asks))

    assert [reading.text for reading in readings] == [WORDS[440]] * 2


def test_a_server_that_only_hears_online_says_itself_when_it_is_done() -> None:
    with serving(FunasrServer(WORDS, ends_like_cpp=True, mode="online")) as address:
        stream = a_machine(address, mode="online", silent_s=60).open(ZH, ())
        stream.feed(A_SECOND)

        assert stream.finish().text == WORDS[440]


def test_a_password_in_the_address_is_in_no_name() -> None:
    assert a_machine("ws://us:secret@asr.example:10095").engine == "funasr@asr.example:10095"


def _sketch_on(reader: StreamingReader) -> None:
    for seconds in range(1, 100):
        reader.sketch([a_sketch(ms=seconds * 1_000)])
        time.sleep(0.005)  # its going takes a moment


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
