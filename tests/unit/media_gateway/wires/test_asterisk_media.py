"""chan_websocket: both spellings of its texts are read, ours are short enough for it, strangers are refused."""

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.audio import Leg
from domain.errors import InputError
from media_gateway.codecs import Encoding
from media_gateway.wires import asterisk_media, asterisk_switch
from media_gateway.wires.asterisk_media import (
    CODECS,
    LONGEST_COMMAND_BYTES,
    MediaStart,
    Reached,
    SendingAllowed,
    Spelling,
    Trouble,
    parse_event,
)
from media_gateway.wires.audio_fork import KeyOnWire, Unknown
from tests.fakes.hypothesis_json import texts_with

NAMES = ["MEDIA_START", "MEDIA_XOFF", "DTMF_END", "ERROR", "STATUS", "MEDIA_MARK_PROCESSED"]
ANYTHING = (
    texts_with(["event", "format", "optimal_frame_size", "digit", "correlation_id"], NAMES)
    | st.tuples(st.sampled_from(NAMES), st.text()).map(" ".join)
    | st.tuples(
        st.sampled_from(NAMES),
        st.lists(
            st.tuples(st.sampled_from(["format", "optimal_frame_size", "x"]), st.text()).map(
                ":".join
            )
        ).map(" ".join),
    ).map(" ".join)
)
PLAIN_START = (
    "MEDIA_START connection_id:e226e283 channel:WebSocket/media_connection1/0x5140001a0040 "
    "channel_id:1761245643.1 format:ulaw optimal_frame_size:160 ptime:20"
)
JSON_START = json.dumps(
    {
        "event": "MEDIA_START",
        "connection_id": "e226e283",
        "channel": "WebSocket/media_connection1/0x5140001a0040",
        "channel_id": "1761245643.1",
        "format": "ulaw",
        "optimal_frame_size": 160,
        "ptime": 20,
        "channel_variables": {"MEDIA_WEBSOCKET_CONNECTION_ID": "e226e283"},
    }
)


def begun(text: str, hints: dict[str, str] | None = None) -> MediaStart:
    start = parse_event(text, hints)
    assert isinstance(start, MediaStart)
    return start


@pytest.mark.parametrize(
    ("text", "spelling"), [(PLAIN_START, Spelling.PLAIN), (JSON_START, Spelling.JSON)]
)
def test_a_channel_begins_in_either_spelling(text: str, spelling: Spelling) -> None:
    assert begun(text) == MediaStart(
        spelling=spelling,
        codec=CODECS["ulaw"],
        frame_bytes=160,
        connection_id="e226e283",
        channel_id="1761245643.1",
    )


def test_the_first_releases_said_only_how_long_a_frame_is() -> None:
    text = "MEDIA_START connection_id:c channel:WebSocket/c optimal_frame_size:640"

    assert begun(text).codec is CODECS["slin16"]
    assert begun(text.replace("640", "160"), {"format": "alaw"}).codec is CODECS["alaw"]


@pytest.mark.parametrize(("name", "codec"), CODECS.items())
def test_every_codec_has_frames_of_its_size(name: str, codec: asterisk_media.Codec) -> None:
    writer = asterisk_switch.EventWriter(spelling=Spelling.PLAIN, channel_id="1.1")

    start = begun(writer.media_start(connection_id="c", format_name=name, codec=codec))

    assert start.codec is codec
    assert start.frame_bytes == codec.rate_hz // 50 * codec.encoding.sample_bytes


@pytest.mark.parametrize(
    ("plain", "as_json", "event"),
    [
        ("MEDIA_XOFF", {"event": "MEDIA_XOFF"}, SendingAllowed(is_allowed=False)),
        ("MEDIA_XON", {"event": "MEDIA_XON"}, SendingAllowed(is_allowed=True)),
        (
            "MEDIA_BUFFERING_COMPLETED a:b-1",
            {"event": "MEDIA_BUFFERING_COMPLETED", "correlation_id": "a:b-1"},
            Reached(mark="a:b-1"),
        ),
        (
            "MEDIA_MARK_PROCESSED m",
            {"event": "MEDIA_MARK_PROCESSED", "correlation_id": "m"},
            Reached(mark="m"),
        ),
        ("MEDIA_BUFFERING_COMPLETED", {"event": "MEDIA_BUFFERING_COMPLETED"}, Unknown()),
        (
            "DTMF_END digit:# channel_id:1.1",
            {"event": "DTMF_END", "digit": "#"},
            KeyOnWire(key="#"),
        ),
        ("DTMF_END digit:x", {"event": "DTMF_END", "digit": "x"}, Unknown()),
        (
            "ERROR channel_id:1.1 error_text:Unable to parse: JSON command",
            {"event": "ERROR", "error_text": "Unable to parse: JSON command"},
            Trouble(text="Unable to parse: JSON command"),
        ),
        ("QUEUE_DRAINED", {"event": "QUEUE_DRAINED"}, Unknown()),
        ("STATUS queue_length:43 queue_full:false", {"event": "STATUS"}, Unknown()),
        ("SOMETHING_NEW a:b", {"event": "SOMETHING_NEW"}, Unknown()),
        ("", {}, Unknown()),
    ],
)
def test_events_mean_the_same_in_either_spelling(
    plain: str, as_json: dict[str, object], event: object
) -> None:
    assert parse_event(plain) == event
    assert parse_event(json.dumps(as_json)) == event


def test_what_the_dial_string_says_becomes_the_offer() -> None:
    hints = {"call": "1761245640.0", "leg": "agent", "from": "13800000000", "sampleRate": "48000"}

    offer = asterisk_media.offer_of(begun(PLAIN_START), hints)

    assert (offer.legs, offer.wire_call_id) == ((Leg.AGENT,), "1761245640.0")
    assert (offer.sample_rate_hz, offer.encoding) == (8_000, Encoding.PCMU)
    assert offer.caller_number == "13800000000"


def test_a_channel_that_says_nothing_is_a_caller_of_its_own_name() -> None:
    offer = asterisk_media.offer_of(begun(PLAIN_START), {})

    assert (offer.legs, offer.wire_call_id) == ((Leg.CALLER,), "1761245643.1")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("MEDIA_START format:opus optimal_frame_size:160", "dial with c.slin16. or c.ulaw."),
        ("MEDIA_START optimal_frame_size:77", "dial with"),
        ("MEDIA_START", "dial with"),
        ("MEDIA_START optimal_frame_size:-1", "optimal_frame_size as a number"),
        ("MEDIA_START optimal_frame_size:²", "optimal_frame_size as a number"),
        ("{", "expected a JSON object"),
        ("x" * 70_000, "at most 65536 characters"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        parse_event(text)


@pytest.mark.parametrize("spelling", Spelling)
@pytest.mark.parametrize("mark", [None, "f" * 32 + "-1234"])
def test_commands_are_short_enough_for_asterisk_to_read(
    spelling: Spelling, mark: str | None
) -> None:
    text = asterisk_media.command(spelling, "STOP_MEDIA_BUFFERING", mark)

    assert len(text.encode()) <= LONGEST_COMMAND_BYTES
    assert asterisk_switch.parse_command(text) == asterisk_switch.Command(
        name="STOP_MEDIA_BUFFERING", mark=mark
    )


def test_a_mark_that_asterisk_would_pass_over_is_refused() -> None:
    with pytest.raises(InputError, match="at most 127 bytes"):
        asterisk_media.command(Spelling.PLAIN, "MARK_MEDIA", "x" * 120)


@settings(max_examples=300)
@given(text=ANYTHING)
def test_nothing_a_stranger_sends_breaks_the_parser(text: str) -> None:
    with suppress(InputError):
        parse_event(text, {"format": text})
    with suppress(InputError):
        asterisk_media.offer_of(begun(PLAIN_START), {"leg": text, "call": text, "title": text})
    with suppress(InputError):
        asterisk_switch.parse_command(text)
