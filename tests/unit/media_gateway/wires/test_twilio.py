"""Media Streams: what Twilio and its kin send is read, what strangers send is refused in one sentence."""

import base64
import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.audio import Leg
from domain.call import Direction
from domain.errors import InputError
from media_gateway.codecs import Encoding
from media_gateway.wires import twilio, twilio_switch
from media_gateway.wires.audio_fork import KeyOnWire, Unknown
from media_gateway.wires.twilio import TELNYX, TWILIO, Connected, MarkReached, Start, Stop
from media_gateway.wires.twilio_signature import is_signed, signature, spellings
from tests.fakes.hypothesis_json import texts_with

FIELDS = (
    "event media start payload chunk timestamp track tracks dtmf digit mark name mediaFormat encoding "
    "sampleRate customParameters streamSid"
)
VALUES = "media start dtmf mark stop inbound audio/x-mulaw 8000 1 //8="
ANYTHING = texts_with(FIELDS.split(), VALUES.split())


def start_text(**changes: object) -> str:
    start: dict[str, object] = {
        "accountSid": "AC1",
        "streamSid": "MZ1",
        "callSid": "CA1",
        "tracks": ["inbound", "outbound"],
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        "customParameters": {"from": "13800000000", "to": "12345", "title": "养老认证"},
    }
    return json.dumps(
        {
            "event": "start",
            "sequenceNumber": "1",
            "streamSid": "MZ1",
            "start": {**start, **changes},
        }
    )


def started(text: str, hints: dict[str, str] | None = None) -> Start:
    start = twilio.read_text(text, hints)
    assert isinstance(start, Start)
    return start


def test_a_start_of_two_tracks_is_a_call_of_two_legs() -> None:
    start = started(start_text())

    assert (start.dialect, start.stream_id) == (TWILIO, "MZ1")
    assert start.tracks == ("inbound", "outbound")
    assert not start.may_answer
    assert start.offer.legs == (Leg.CALLER, Leg.AGENT)
    assert (start.offer.encoding, start.offer.separate) == (Encoding.PCMU, True)
    assert start.offer.sample_rate_hz == 8_000
    assert (start.offer.wire_call_id, start.offer.title) == ("CA1", "养老认证")
    assert (start.offer.caller_number, start.offer.dialled_number) == ("13800000000", "12345")


def test_a_stream_of_the_inbound_track_may_be_answered() -> None:
    start = started(start_text(tracks=["inbound"]))

    assert start.may_answer
    assert start.offer.legs == (Leg.CALLER,)


def test_a_track_of_the_agent_alone_is_the_agents() -> None:
    assert started(start_text(tracks=["outbound"])).offer.legs == (Leg.AGENT,)


def test_a_call_the_other_way_round_can_say_so() -> None:
    parameters = {"legs": "agent,caller", "direction": "outbound"}

    offer = started(start_text(customParameters=parameters)).offer

    assert offer.legs == (Leg.AGENT, Leg.CALLER)
    assert offer.direction is Direction.OUTBOUND


def test_parameters_cannot_change_the_sound() -> None:
    parameters = {"sampleRate": "16000", "mixType": "mono", "callSid": "x"}

    offer = started(start_text(customParameters=parameters)).offer

    assert (offer.sample_rate_hz, len(offer.legs), offer.wire_call_id) == (8_000, 2, "CA1")


def test_what_telnyx_says_is_understood() -> None:
    text = json.dumps(
        {
            "event": "start",
            "sequence_number": "1",
            "stream_id": "32DE",
            "start": {
                "call_control_id": "v2:T0",
                "from": "+13122010094",
                "to": "+13122123456",
                "custom_parameters": {"title": "Rente"},
                "media_format": {"encoding": "PCMA", "sample_rate": 8000, "channels": 1},
            },
        }
    )

    start = started(text)

    assert (start.dialect, start.stream_id) == (TELNYX, "32DE")
    assert start.offer.legs == (Leg.CALLER, Leg.AGENT)
    assert (start.offer.encoding, start.offer.caller_number) == (Encoding.PCMA, "+13122010094")
    assert (start.offer.wire_call_id, start.offer.title) == ("v2:T0", "Rente")
    assert started(text, {"track": "inbound_track"}).may_answer


@pytest.mark.parametrize("gap", ["", " "])
def test_media_is_read_however_it_is_spaced(gap: str) -> None:
    text = json.dumps(
        {
            "event": "media",
            "sequenceNumber": "4",
            "streamSid": "MZ1",
            "media": {"track": "outbound", "chunk": "2", "timestamp": "5", "payload": "AQI="},
        },
        separators=(f",{gap}", f":{gap}"),
    )

    assert twilio.read_text(text) == ("outbound", 2, 5, b"\1\2")


def test_media_is_read_as_twilio_really_writes_it() -> None:
    media = '"media":{"track":"inbound","chunk":"101","timestamp":"2088","payload":"AQI="}'

    text = f'{{"event":"media","sequenceNumber":"102",{media},"streamSid":"MZ1"}}'

    assert twilio.read_text(text) == ("inbound", 101, 2_088, b"\1\2")


def test_media_of_carriers_that_neither_number_nor_date_is_read() -> None:
    text = '{"event":"media","media":{"payload":"AQI="}}'

    assert twilio.read_text(text) == ("inbound", None, None, b"\1\2")


@pytest.mark.parametrize(
    "media",
    [
        {"payload": "AQI=", "timestamp": 5, "chunk": 2, "track": "inbound"},
        {"payload": "AQI=", "timestamp": "5", "chunk": "2"},
        {"track": "inbound_track", "chunk": "2", "timestamp": "5", "payload": "AQI="},
    ],
)
def test_media_in_other_orders_and_types_is_read_too(media: dict[str, object]) -> None:
    text = json.dumps({"stream_id": "s", "media": media, "event": "media"})

    assert twilio.read_text(text) == ("inbound", 2, 5, b"\1\2")


def test_a_payload_with_escaped_slashes_is_the_same_sound() -> None:
    sound = bytes(range(256))
    writer = twilio_switch.StreamWriter(stream_id="MZ", call_id="CA")
    text = writer.media("inbound", chunk=1, at_ms=0, sound=sound)

    assert twilio.read_text(text.replace("/", "\\/")) == ("inbound", 1, 0, sound)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"event":"connected","protocol":"Call","version":"1.0.0"}', Connected()),
        ('{"event":"stop","stop":{}}', Stop()),
        ('{"event":"dtmf","dtmf":{"track":"inbound_track","digit":"#"}}', KeyOnWire(key="#")),
        ('{"event":"dtmf","dtmf":{"digit":"12"}}', Unknown()),
        ('{"event":"mark","mark":{"name":"p-1"}}', MarkReached(name="p-1")),
        ('{"event":"mark"}', Unknown()),
        ('{"event":"error","payload":{}}', Unknown()),
        ("{}", Unknown()),
    ],
)
def test_the_other_messages_are_read(text: str, said: object) -> None:
    assert twilio.read_text(text) == said


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("hello", "expected a JSON object"),
        ("[" * 60_000, "expected a JSON object"),
        ("x" * 70_000, "at most 65536 characters"),
        ('{"event":"media","media":{"payload":"A"}}', "expected chunk and timestamp"),
        ('{"event":"media","media":{"payload":5}}', "expected chunk and timestamp"),
        ('{"event":"media","media":{"chunk":"²","payload":""}}', "expected chunk and timestamp"),
        (start_text(tracks=["third"]), "expected tracks among"),
        (start_text(mediaFormat={"encoding": "OPUS"}), "set the stream's codec to PCMU"),
        (start_text(mediaFormat={"channels": 2}), "one channel a track"),
        (start_text(mediaFormat={"sampleRate": 11025}), "sampleRate"),
        (start_text(customParameters={"legs": "caller"}), "legs"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        twilio.read_text(text)


@given(sound=st.binary(max_size=400), chunk=st.integers(0, 10**9), at_ms=st.integers(0, 10**9))
def test_sound_arrives_as_it_was(sound: bytes, chunk: int, at_ms: int) -> None:
    writer = twilio_switch.StreamWriter(stream_id="MZ", call_id="CA")

    text = writer.media("outbound", chunk=chunk, at_ms=at_ms, sound=sound)

    assert twilio.read_text(text) == ("outbound", chunk, at_ms, sound)


@given(sound=st.binary(max_size=400))
def test_what_we_ask_to_play_arrives_as_it_was(sound: bytes) -> None:
    text = twilio.sound_to_play(TWILIO, "MZ1", sound)

    assert twilio_switch.read_command(text) == twilio_switch.PlaySound(sound=sound)


def test_our_messages_are_spelled_as_each_carrier_expects_them() -> None:
    assert json.loads(twilio.sound_to_play(TWILIO, "MZ1", b"\1")) == {
        "event": "media",
        "streamSid": "MZ1",
        "media": {"payload": base64.b64encode(b"\1").decode()},
    }
    assert json.loads(twilio.mark(TWILIO, "MZ1", "p")) == {
        "event": "mark",
        "streamSid": "MZ1",
        "mark": {"name": "p"},
    }
    assert json.loads(twilio.clear(TELNYX, "32DE")) == {"event": "clear", "stream_id": "32DE"}


@settings(max_examples=300)
@given(text=ANYTHING)
def test_nothing_a_stranger_sends_breaks_the_parser(text: str) -> None:
    with suppress(InputError):
        twilio.read_text(text, {"track": text})
    with suppress(InputError):
        twilio_switch.read_command(text)


def test_the_signature_twilio_publishes_is_ours_too() -> None:
    # The worked example of twilio.com/docs/usage/security: the address, then the sorted form fields.
    fields = "CallSidCA1234567890ABCDECaller+14158675309Digits1234From+14158675309To+18005551212"

    signed = signature("https://mycompany.com/myapp.php?foo=1&bar=2" + fields, "12345")

    assert signed == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


@pytest.mark.parametrize(
    "url",
    [
        "wss://hotline.example/wire/twilio",
        "wss://hotline.example:443/wire/twilio",
        "https://hotline.example/wire/twilio",
        "wss://hotline.example/wire/twilio/",
    ],
)
def test_twilios_ways_to_write_our_address_are_all_taken(url: str) -> None:
    urls = spellings(host="hotline.example", target="/wire/twilio")

    assert is_signed(signature(url, "t"), auth_token="t", urls=urls)
    assert not is_signed(signature(url, "other"), auth_token="t", urls=urls)


def test_behind_a_proxy_the_public_address_counts() -> None:
    urls = spellings(
        host="10.0.0.2:8000", target="/wire/twilio", public_url="wss://hotline.example/base"
    )
    right = signature("wss://hotline.example/base/wire/twilio", "t")

    assert is_signed(right, auth_token="t", urls=urls)
    assert not is_signed(
        signature("ws://10.0.0.2:8000/wire/twilio", "t"), auth_token="t", urls=urls
    )


@pytest.mark.parametrize("given_one", [None, "", "签名"])
def test_without_a_signature_nobody_is_twilio(given_one: str | None) -> None:
    assert not is_signed(given_one, auth_token="t", urls=["wss://x/"])
