from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from app.recording_survey import survey
from app.transcription import Listener, Voices
from asr.diarization.diarizer import Progress
from asr.diarization.role_hint import Role
from asr.diarization.turns import SpeakerTurn
from asr.transcript_file.document import TranscriptDocument
from domain.audio import Leg, Sound
from domain.errors import EngineError, InputError
from domain.ids import CallId
from domain.passage import PassageKind
from domain.ports import Heard, PassageHeard, SpeechCapabilities
from tests.fakes.recogniser import Line, ScriptedRecogniser
from tests.fakes.sound import noise, silence, tone

PAUSE = silence(1_000)
SAID = tone(1_000)


def a_file(path: Path, *channels: bytes, rate_hz: int = 8_000) -> Path:
    sound = np.stack([np.frombuffer(channel, "<i2") for channel in channels], axis=1)
    soundfile.write(path, sound, rate_hz, subtype="PCM_16")
    return path


def a_listener(
    *legs: Leg,
    voices: Voices | None = None,
    recogniser: ScriptedRecogniser | None = None,
) -> Listener:
    return Listener(
        recogniser=recogniser or ScriptedRecogniser([Line("one"), Line("two")]),
        legs=legs,
        voices=voices,
        product="OpenHotline 0.1.0",
        now=lambda: datetime(2026, 11, 22, tzinfo=UTC),
    )


async def transcribed(
    listener: Listener, path: Path, done_ms: list[int] | None = None
) -> TranscriptDocument:
    advanced = [] if done_ms is None else done_ms
    return await listener.transcribe(
        path, survey(path), advance=advanced.append, share=lambda _: None
    )


async def test_the_left_channel_is_the_caller_and_the_right_the_agent(tmp_path: Path) -> None:
    path = a_file(tmp_path / "a.wav", SAID + PAUSE + PAUSE, PAUSE + PAUSE + SAID)

    document = await transcribed(a_listener(), path)

    assert document.speakers == ("caller", "agent")
    assert [(line.speaker, line.start_ms) for line in document.lines] == [
        ("caller", 0),
        ("agent", 2_000),
    ]


async def test_the_channels_can_be_named_the_other_way_round(tmp_path: Path) -> None:
    path = a_file(tmp_path / "a.wav", SAID + PAUSE, PAUSE + SAID)

    document = await transcribed(a_listener(Leg.AGENT, Leg.CALLER), path)

    assert [line.speaker for line in document.lines] == ["agent", "caller"]


async def test_of_one_channel_nobody_knows_whose_it_is_unless_it_is_said(tmp_path: Path) -> None:
    path = a_file(tmp_path / "a.wav", SAID + PAUSE)

    unnamed = await transcribed(a_listener(), path)
    named = await transcribed(a_listener(Leg.AGENT), path)

    assert (unnamed.speakers, named.speakers) == (("unknown",), ("agent",))


async def test_a_mono_sound_written_twice_is_heard_once(tmp_path: Path) -> None:
    path = a_file(tmp_path / "a.wav", SAID + PAUSE, SAID + PAUSE)

    document = await transcribed(a_listener(), path)

    assert [(line.speaker, line.text) for line in document.lines] == [("unknown", "one")]
    assert document.recording.channels == 2


@pytest.mark.parametrize("rate_hz", [11_025, 22_050, 44_100, 96_000])
async def test_times_are_right_at_rates_that_no_telephone_has(tmp_path: Path, rate_hz: int) -> None:
    wave = np.concatenate(
        [np.zeros(2 * rate_hz), 0.3 * np.sin(np.arange(rate_hz) / 20), np.zeros(rate_hz)]
    )
    soundfile.write(tmp_path / "a.wav", wave, rate_hz)

    (line,) = (await transcribed(a_listener(), tmp_path / "a.wav")).lines

    assert line.start_ms == pytest.approx(2_000, abs=20)
    assert line.end_ms == pytest.approx(3_000, abs=20)


async def test_progress_ends_at_the_length_of_the_recording_however_many_sides(
    tmp_path: Path,
) -> None:
    done_ms: list[int] = []

    await transcribed(
        a_listener(), a_file(tmp_path / "a.wav", SAID * 3 + PAUSE, PAUSE + SAID * 3), done_ms
    )

    assert sum(done_ms) == 4_000
    assert len(done_ms) > 2


async def test_a_lost_machine_is_told_as_what_it_is(tmp_path: Path) -> None:
    lost = EngineError("asr.lost", "the recogniser is gone", retryable=True)
    listener = a_listener(recogniser=ScriptedRecogniser(lost_after=0, error=lost))

    with pytest.raises(EngineError, match="the recogniser is gone"):
        await transcribed(listener, a_file(tmp_path / "a.wav", SAID, noise(1_000)))


class HoldMusic:
    """Hears nothing but music."""

    @property
    def capabilities(self) -> SpeechCapabilities:
        return ScriptedRecogniser().capabilities

    async def listen(
        self, call_id: CallId, leg: Leg, sound: AsyncIterator[Sound]
    ) -> AsyncIterator[Heard]:
        async for _ in sound:
            pass
        yield PassageHeard(start_ms=100, end_ms=900, kind=PassageKind.HOLD_MUSIC)


async def test_a_passage_without_words_is_kept_with_its_side(tmp_path: Path) -> None:
    listener = Listener(
        recogniser=HoldMusic(),
        legs=(),
        voices=None,
        product="OpenHotline 0.1.0",
        now=lambda: datetime(2026, 11, 22, tzinfo=UTC),
    )

    document = await transcribed(listener, a_file(tmp_path / "a.wav", SAID))

    (passage,) = document.passages
    assert (passage.speaker, passage.start_ms, passage.end_ms) == ("unknown", 100, 900)
    assert document.lines == ()


class TwoVoices:
    """The first two seconds are one voice's, the rest another's."""

    engine = "two-voices"

    def __init__(self) -> None:
        self.seconds = 0.0
        self.asked: int | None = None

    def diarize(
        self,
        waveform: NDArray[np.float32],
        *,
        speakers: int | None = 2,
        progress: Progress | None = None,
    ) -> list[SpeakerTurn]:
        self.seconds, self.asked = len(waveform) / 16_000, speakers
        return [
            SpeakerTurn(start_ms=0, end_ms=2_000, speaker="A"),
            SpeakerTurn(start_ms=2_000, end_ms=60_000, speaker="B"),
        ]


async def test_the_voices_of_one_channel_are_told_apart_when_it_is_asked_for(
    tmp_path: Path,
) -> None:
    machine = TwoVoices()
    voices = Voices(diarizer=machine, speakers=3, min_share=0.7)
    path = a_file(tmp_path / "a.wav", SAID + PAUSE + PAUSE + SAID + PAUSE)

    document = await transcribed(a_listener(voices=voices), path)

    assert [line.speaker for line in document.lines] == ["A", "B"]
    assert document.speakers == ("A", "B")
    assert machine.asked == 3
    assert machine.seconds == pytest.approx(5.0, abs=0.01)


async def two_voices_say(path: Path, *said: str) -> TranscriptDocument:
    voices = Voices(diarizer=TwoVoices(), speakers=None, min_share=0.7)
    listener = a_listener(
        voices=voices, recogniser=ScriptedRecogniser([Line(text) for text in said])
    )
    return await transcribed(listener, a_file(path, SAID + PAUSE + PAUSE + SAID + PAUSE))


async def test_what_the_voices_say_hints_at_who_they_are(tmp_path: Path) -> None:
    greeting, matter = "您好，请问有什么可以帮您？", "你好，我想反映一个噪音的问题。"

    document = await two_voices_say(tmp_path / "a.wav", greeting, matter)

    assert document.role_hints == {"A": Role.AGENT, "B": Role.CALLER}


async def test_voices_whose_words_hint_at_nothing_are_left_unknown(tmp_path: Path) -> None:
    document = await two_voices_say(tmp_path / "a.wav", "今天天气真好。", "是啊。")

    assert document.role_hints == {"A": None, "B": None}


async def test_two_channels_are_never_diarised(tmp_path: Path) -> None:
    machine = TwoVoices()
    voices = Voices(diarizer=machine, speakers=2, min_share=0.7)

    path = a_file(tmp_path / "a.wav", SAID, noise(1_000))
    document = await transcribed(a_listener(voices=voices), path)

    assert machine.asked is None
    assert document.role_hints == {}


def test_silence_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="got only silence"):
        survey(a_file(tmp_path / "a.wav", PAUSE))


def test_a_file_cut_short_is_refused(tmp_path: Path) -> None:
    whole = a_file(tmp_path / "a.wav", SAID).read_bytes()
    (tmp_path / "b.wav").write_bytes(whole[: len(whole) // 2])

    with pytest.raises(InputError, match="is cut short"):
        survey(tmp_path / "b.wav")


def test_more_than_two_channels_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="expected one or two channels, got 3"):
        survey(a_file(tmp_path / "a.wav", SAID, SAID, SAID))


def test_a_survey_says_how_long_and_which_file_it_was(tmp_path: Path) -> None:
    path = a_file(tmp_path / "a.wav", SAID + PAUSE, PAUSE + SAID)

    found = survey(path)

    assert (found.recording.duration_ms, found.recording.channels, found.parts) == (2_000, 2, 2)
    assert found.recording.media_type in ("audio/x-wav", "audio/wav", "audio/vnd.wave")
    assert len(found.recording.sha512) == 64
