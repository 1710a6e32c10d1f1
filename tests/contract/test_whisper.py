"""Run whisper-base behind the SpeechToText socket, on human speech."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import ClassVar

import pytest

from asr.desk.reading import ReadAsk, SketchAsk
from asr.ear.resampling import RATE_HZ, Resampler
from asr.ear.tape import Waveform
from asr.engines.whisper import load_whisper
from asr.engines.whisper_reader import WhisperReader
from asr.engines.whisper_tokens import WhisperTokens
from asr.language.identification import Odds
from asr.settings import AsrSettings
from domain.errors import EngineError
from domain.language import EN, HOTLINE_LANGUAGES, LanguageTag
from domain.ports import LanguageHeard, SpeechToText
from tests.contract.speech_to_text import (
    PAUSE,
    SpeechToTextContract,
    Spoken,
    finals,
    hear,
    segments,
)
from tests.fakes.recognition import (
    human_recordings,
    needs_weights,
    place_of,
    recogniser_over,
    silero,
)
from tests.fakes.sound import frames_of, keys, noise, recorded, silence, tone

WHISPER = place_of("whisper-base")
CLIPS = {
    "audio/zh_misc/wenet_aishell_BAC009S0724W0121.flac": LanguageTag("zh"),
    "audio/zh_misc/funasr_asr_example.flac": LanguageTag("zh"),
    "audio/multi_picovoice/leopard_test.flac": LanguageTag("en"),
    "audio/fr_tuxpaint/fr_household__electronics__monitor_desc_fr.ogg": LanguageTag("fr"),
    "audio/es_tuxpaint/es_clothes__hats__mortarboard_desc_es.ogg": LanguageTag("es"),
    "audio/ja_commonvoice/common_voice_ja_38853932_16k.flac": LanguageTag("ja"),
}

pytestmark = needs_weights("whisper-base", "silero-vad")


@pytest.fixture(scope="module")
def reader() -> WhisperReader:
    return load_whisper(engine="whisper-base", weights=WHISPER, workers=1, settings=AsrSettings())


@pytest.fixture(scope="module")
def human_speech() -> list[Spoken]:
    """Six clips at telephone rate, one sentence each."""
    folder, rows = human_recordings()
    texts = {row["path"]: row["transcript"] for row in rows}
    return [Spoken(pcm=recorded(folder / path), text=texts[path]) for path in CLIPS]


class TestWhisper(SpeechToTextContract):
    max_error_rate = 0.15  # measured 0.03 on these clips, 2026-11-21
    not_words: ClassVar[dict[str, bytes]] = {
        "silence": silence(20_000),
        "line noise": noise(20_000, level=0.002),
        "loud noise": noise(20_000, level=0.2),
        "a dial tone": tone(20_000, hz=450),
        "keys": keys(20_000),
    }

    @pytest.fixture
    async def recogniser(self, reader: WhisperReader) -> AsyncIterator[SpeechToText]:
        async with recogniser_over(reader, detection=silero()) as recogniser:
            yield recogniser

    @pytest.fixture
    def spoken(self, human_speech: list[Spoken]) -> list[Spoken]:
        return human_speech

    async def test_it_names_the_language_of_a_caller(
        self, recogniser: SpeechToText, spoken: list[Spoken]
    ) -> None:
        decided = []
        for said in spoken[1:]:
            heard = await hear(recogniser, frames_of(PAUSE + said.pcm + PAUSE, 100))
            decided.append([h.guess.language for h in heard if isinstance(h, LanguageHeard)][-1])

        assert decided == list(CLIPS.values())[1:]

    async def test_mandarin_is_written_in_simplified_characters(
        self, recogniser: SpeechToText, spoken: list[Spoken]
    ) -> None:
        heard = await hear(recogniser, frames_of(PAUSE + spoken[1].pcm + PAUSE, 100))

        assert "欢迎大家来体验" in finals(heard)[0].text  # Whisper itself writes 歡迎大家來體驗

    async def test_line_noise_under_a_voice_adds_no_words_after_it(
        self, recogniser: SpeechToText, spoken: list[Spoken]
    ) -> None:
        pcm = noise(2_000, level=0.002) + spoken[1].pcm + noise(8_000, level=0.002)

        said = segments(await hear(recogniser, frames_of(pcm, 100)))

        assert {s.segment_id for s in said} == {said[0].segment_id}


def _known(odds: Odds, language: LanguageTag) -> tuple[LanguageTag, bool]:
    return language, True


def two_seconds(pcm: bytes) -> Waveform:
    return Resampler(8_000).feed(pcm)[: 2 * RATE_HZ]


@pytest.fixture(scope="module")
def asks(human_speech: list[Spoken]) -> list[ReadAsk]:
    return [
        ReadAsk(
            utterance=str(number),
            waveform=two_seconds(said.pcm),
            speech_ms=1_800,
            choose=partial(_known, language=language),
        )
        for number, (said, language) in enumerate(zip(human_speech, CLIPS.values(), strict=True))
    ]


def test_an_utterance_is_read_alike_alone_and_in_company(
    reader: WhisperReader, asks: list[ReadAsk]
) -> None:
    alone = [reader.read([ask])[0] for ask in asks]
    together = reader.read(asks)

    assert [reading.text for reading in together] == [reading.text for reading in alone]
    for one, other in zip(alone, together, strict=True):
        assert one.odds == pytest.approx(other.odds, abs=0.02)


def test_sketches_of_several_legs_come_in_the_order_they_were_asked_for(
    reader: WhisperReader, asks: list[ReadAsk]
) -> None:
    glimpses = [
        SketchAsk(
            utterance=ask.utterance,
            waveform=ask.waveform,
            speech_ms=ask.speech_ms,
            language=ask.choose({})[0],
        )
        for ask in asks
    ]

    together = reader.sketch(glimpses)

    assert together == [reader.sketch([glimpse])[0] for glimpse in glimpses]
    assert sum(bool(text) for text in together) >= 4


def test_the_languages_come_from_the_weights(reader: WhisperReader) -> None:
    assert len(reader.languages) == 99  # Radford et al. 2022, appendix E
    assert reader.languages[: len(HOTLINE_LANGUAGES)] == HOTLINE_LANGUAGES


def test_an_english_only_model_writes_english_and_is_told_no_language() -> None:
    tokens = WhisperTokens(WHISPER, is_multilingual=False)

    assert tokens.languages == (EN,)
    assert len(tokens.prompt(EN, ())) == 1  # where the transcript begins


def test_hotwords_come_before_the_transcript_and_leave_room_for_it() -> None:
    tokens = WhisperTokens(WHISPER, is_multilingual=True)

    plain = tokens.prompt(EN, ())
    told = tokens.prompt(EN, ("Shanghai", "Pudong") * 200)

    assert told[-len(plain) :] == plain
    assert len(plain) < len(told) < 150


def test_a_language_the_weights_do_not_know_is_refused_by_name() -> None:
    tokens = WhisperTokens(WHISPER, is_multilingual=True)

    with pytest.raises(EngineError, match="got ug"):
        tokens.prompt(LanguageTag("ug"), ())


def test_a_folder_without_weights_is_named(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="verify the weights") as refused:
        load_whisper(engine="whisper-base", weights=tmp_path, workers=1, settings=AsrSettings())

    assert refused.value.code == "asr.weights"
