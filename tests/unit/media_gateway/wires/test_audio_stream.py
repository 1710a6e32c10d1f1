"""The mod_audio_stream dialect: metadata may be anything, speech is asked for in the edition's own words."""

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.audio import Leg
from domain.errors import InputError
from domain.ids import CallId
from media_gateway.wires import audio_fork, audio_stream
from media_gateway.wires.audio_stream import DIALECTS, STREAM_AUDIO, Dialect
from tests.fakes.hypothesis_json import texts_with

HINTS = {"sampleRate": "16000", "mixType": "stereo"}
ANYTHING = texts_with(
    ["type", "data", "event", "dtmf", "sampleRate", "legs", "audioData", "audioDataType", "id"],
    ["streamAudio", "playAudio", "killAudio", "raw", "8000", "AQI="],
)


def test_metadata_is_read_when_it_is_json() -> None:
    offer = audio_stream.parse_opening('{"from":"13800000000","uuid":"u-1"}', HINTS)

    assert (offer.sample_rate_hz, offer.legs) == (16_000, (Leg.CALLER, Leg.AGENT))
    assert (offer.caller_number, offer.wire_call_id) == ("13800000000", "u-1")


@pytest.mark.parametrize("text", ["queue 7", "[1]", '"x"', "{"])
def test_metadata_that_is_no_json_object_is_the_title(text: str) -> None:
    assert audio_stream.parse_opening(text, HINTS).title == text


def test_without_metadata_the_address_says_it_all() -> None:
    offer = audio_stream.parse_opening(None, {})

    assert (offer.sample_rate_hz, offer.legs, offer.title) == (8_000, (Leg.CALLER,), None)


def test_sound_that_nobody_can_attribute_is_refused() -> None:
    with pytest.raises(InputError, match="nobody can tell who speaks"):
        audio_stream.parse_opening("x", {"mixType": "mixed"})


@pytest.mark.parametrize("text", ["hello", "[1]", "", "5"])
def test_later_texts_that_are_no_json_are_let_pass(text: str) -> None:
    assert audio_stream.parse_text(text) == audio_fork.Unknown()


def test_later_texts_are_those_of_the_sister_module() -> None:
    assert audio_stream.parse_text(audio_fork.key_pressed("5")) == audio_fork.KeyOnWire(key="5")


def test_the_edition_chooses_the_words() -> None:
    assert audio_stream.choose_dialect({}) is STREAM_AUDIO
    play = audio_stream.choose_dialect({"play": "playAudio"})

    assert json.loads(audio_stream.play_audio(play, b"", sample_rate_hz=8_000, play_id="p")) == {
        "type": "playAudio",
        "data": {"audioContentType": "raw", "sampleRate": 8_000, "audioContent": "", "id": "p"},
    }
    assert json.loads(
        audio_stream.play_audio(STREAM_AUDIO, b"\1\2", sample_rate_hz=8_000, play_id="p")
    ) == {
        "type": "streamAudio",
        "data": {"audioDataType": "raw", "sampleRate": 8_000, "audioData": "AQI=", "id": "p"},
    }


@pytest.mark.parametrize("dialect", DIALECTS.values())
@given(pcm=st.binary(max_size=400), play_id=st.text(min_size=1))
def test_what_we_ask_to_play_arrives_as_it_was(dialect: Dialect, pcm: bytes, play_id: str) -> None:
    text = audio_stream.play_audio(dialect, pcm, sample_rate_hz=8_000, play_id=play_id)

    assert audio_stream.parse_command(text) == audio_fork.PlayAudio(
        pcm=pcm, sample_rate_hz=8_000, play_id=play_id
    )


@pytest.mark.parametrize("dialect", DIALECTS.values())
def test_the_longest_piece_stays_below_the_modules_text_limit(dialect: Dialect) -> None:
    sound = bytes(dialect.max_play_bytes)

    assert len(audio_stream.play_audio(dialect, sound, sample_rate_hz=8_000, play_id="x")) < 650_000
    assert audio_stream.parse_command(audio_stream.kill_audio(dialect)) == audio_fork.KillAudio()


def test_the_other_commands_are_those_of_the_sister_module() -> None:
    named = audio_stream.parse_command(audio_fork.call_named(CallId("c")))

    assert named == audio_fork.CallNamed(call_id=CallId("c"))


@settings(max_examples=300)
@given(text=ANYTHING)
def test_nothing_a_stranger_sends_breaks_the_parser(text: str) -> None:
    for hints in ({}, {"sampleRate": text, "mixType": text, "play": text}):
        with suppress(InputError):
            audio_stream.parse_opening(text, hints)
    with suppress(InputError):
        audio_stream.parse_text(text)
    with suppress(InputError):
        audio_stream.parse_command(text)
