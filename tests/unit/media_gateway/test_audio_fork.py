"""The audio_fork dialect: what switches send is read, what strangers send is refused in one sentence."""

import json
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.audio import Leg
from domain.call import Direction
from domain.errors import InputError
from domain.ids import CallId
from media_gateway.offer import CallOffer
from media_gateway.wires import audio_fork
from media_gateway.wires.audio_fork import (
    DRACHTIO,
    JAMBONZ,
    UNNAMED,
    Dialect,
    Disconnect,
    KeyOnWire,
    KillAudio,
    PlayAudio,
    Played,
    Unknown,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
FIELDS = st.sampled_from(
    [
        "sampleRate",
        "mixType",
        "legs",
        "direction",
        "from",
        "to",
        "callSid",
        "title",
        "synthetic",
        "call_id",
        "metadata",
        "event",
        "dtmf",
        "type",
        "data",
        "id",
    ]
)
ANYTHING = st.text() | JSON.map(json.dumps) | st.dictionaries(FIELDS, JSON).map(json.dumps)


@pytest.mark.parametrize(
    ("offered", "dialect"),
    [
        (["audio.jambonz.org"], JAMBONZ),
        (["audio.drachtio.org"], DRACHTIO),
        (["chat", "audio.drachtio.org", "audio.jambonz.org"], DRACHTIO),
        ([], UNNAMED),
        (["chat"], UNNAMED),
    ],
)
def test_the_first_subprotocol_we_know_is_chosen(offered: list[str], dialect: Dialect) -> None:
    assert audio_fork.choose_dialect(offered) is dialect


def test_what_jambonz_says_about_a_call_is_understood() -> None:
    offer = audio_fork.parse_opening(
        json.dumps(
            {
                "callSid": "a1b2",
                "direction": "inbound",
                "from": "13800000000",
                "to": "12345",
                "callId": "xyz@sbc",
                "sampleRate": 16000,
                "mixType": "stereo",
                "sipStatus": 200,
                "metadata": {"title": "养老认证", "synthetic": True},
            }
        )
    )

    assert offer == CallOffer(
        sample_rate_hz=16_000,
        legs=(Leg.CALLER, Leg.AGENT),
        direction=Direction.INBOUND,
        caller_number="13800000000",
        dialled_number="12345",
        title="养老认证",
        synthetic=True,
        wire_call_id="a1b2",
    )


def test_what_mod_audio_fork_leaves_out_the_address_can_say() -> None:
    offer = audio_fork.parse_opening(
        '{"to":"12345","from":13800000000,"callid":"c-1"}',
        {"sampleRate": "16000", "mixType": "stereo"},
    )

    assert (offer.sample_rate_hz, offer.legs) == (16_000, (Leg.CALLER, Leg.AGENT))
    assert offer.caller_number == "13800000000"


def test_free_form_metadata_is_a_mono_telephone() -> None:
    offer = audio_fork.parse_opening("{}")

    assert (offer.sample_rate_hz, offer.legs) == (8_000, (Leg.CALLER,))


def test_our_own_fields_are_found_flat_or_nested() -> None:
    flat = audio_fork.parse_opening('{"call_id":"c","campaign_contact":"k/1"}')
    nested = audio_fork.parse_opening(
        '{"customerData":{"call_id":"c","campaign_contact":"k/1"},"sampleRate":8000}'
    )

    assert flat == nested
    assert (flat.claimed_call_id, flat.campaign_contact) == (CallId("c"), "k/1")


@pytest.mark.parametrize("legs", [["agent", "caller"], "agent, caller"])
def test_a_switch_wired_the_other_way_round_can_say_so(legs: object) -> None:
    offer = audio_fork.parse_opening(json.dumps({"mixType": "stereo", "legs": legs}))

    assert offer.legs == (Leg.AGENT, Leg.CALLER)


def test_who_speaks_in_a_mixed_channel_is_never_guessed() -> None:
    with pytest.raises(InputError, match="nobody can tell who speaks"):
        audio_fork.parse_opening('{"mixType":"mixed"}')

    assert audio_fork.parse_opening('{"mixType":"mixed","legs":["caller"]}').legs == (Leg.CALLER,)


@pytest.mark.parametrize(
    ("metadata", "sentence"),
    [
        ('{"sampleRate":11025}', "expected sampleRate to be one of"),
        ('{"sampleRate":"fast"}', "unusable 'sampleRate'"),
        ('{"mixType":"quadro"}', "unusable 'mixType'"),
        ('{"mixType":"stereo","legs":["caller"]}', "name 2 different leg"),
        ('{"mixType":"stereo","legs":["caller","caller"]}', "name 2 different leg"),
        ('{"legs":["bot"]}', "unusable 'legs.0'"),
        ("[]", "expected a JSON object"),
        ("hello", "expected a JSON object"),
        ("", "expected a JSON object"),
        ('{"title":"' + "x" * 70_000 + '"}', "at most 65536 characters"),
        ("[" * 60_000, "expected a JSON object"),
        ('{"metadata":' + '{"a":' * 9_000 + "1" + "}" * 9_001, "expected a JSON object"),
    ],
)
def test_metadata_that_cannot_be_used_is_refused_in_one_sentence(
    metadata: str, sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        audio_fork.parse_opening(metadata)


@pytest.mark.parametrize(
    "odd", [None, "", "  ", True, [], {}, 1.5, "\x00\x1b[31m"[:1], "x" * 10_000]
)
def test_an_odd_label_never_costs_a_call(odd: object) -> None:
    offer = audio_fork.parse_opening(json.dumps({"title": odd, "from": odd, "direction": odd}))

    assert offer.title is None or len(offer.title) == 200


def test_control_characters_never_reach_a_terminal() -> None:
    assert audio_fork.parse_opening(json.dumps({"title": "\x1b[31mred\x07"})).title == "[31mred"


@pytest.mark.parametrize("key", list("0123456789*#ABCD"))
def test_telephone_keys_are_heard(key: str) -> None:
    text = json.dumps({"event": "dtmf", "dtmf": key.lower(), "duration": "800"})

    assert audio_fork.parse_text(text) == KeyOnWire(key=key)
    assert audio_fork.parse_text(audio_fork.key_pressed(key)) == KeyOnWire(key=key)


@pytest.mark.parametrize(
    "text",
    ['{"event":"dtmf","dtmf":"12"}', '{"event":"dtmf","dtmf":5}', '{"event":"dtmf"}', '{"a":1}'],
)
def test_texts_that_mean_nothing_are_let_pass(text: str) -> None:
    assert audio_fork.parse_text(text) == Unknown()


def test_played_is_heard_with_and_without_a_name() -> None:
    assert audio_fork.parse_text(audio_fork.play_done("p-1")) == Played(play_id="p-1")
    assert audio_fork.parse_text('{"type":"playDone"}') == Played(play_id=None)


@given(pcm=st.binary(max_size=400), play_id=st.text(min_size=1))
def test_what_we_ask_to_play_arrives_as_it_was(pcm: bytes, play_id: str) -> None:
    text = audio_fork.play_audio(pcm, sample_rate_hz=8_000, play_id=play_id)

    assert audio_fork.parse_command(text) == PlayAudio(
        pcm=pcm, sample_rate_hz=8_000, play_id=play_id
    )


def test_commands_are_spelled_as_the_module_expects_them() -> None:
    play = json.loads(audio_fork.play_audio(b"\1\2", sample_rate_hz=8_000, play_id="p"))

    assert play == {
        "type": "playAudio",
        "data": {
            "audioContentType": "raw",
            "sampleRate": 8_000,
            "audioContent": "AQI=",
            "id": "p",
        },
    }
    assert audio_fork.parse_command(audio_fork.kill_audio()) == KillAudio()
    assert audio_fork.parse_command(audio_fork.disconnect()) == Disconnect()


@pytest.mark.parametrize("dialect", [JAMBONZ, DRACHTIO, UNNAMED])
def test_the_longest_piece_stays_below_the_modules_text_limit(dialect: Dialect) -> None:
    text = audio_fork.play_audio(
        bytes(dialect.max_play_bytes), sample_rate_hz=8_000, play_id="x" * 64
    )

    assert len(text) < 650_000


@pytest.mark.parametrize(
    "parse", [audio_fork.parse_opening, audio_fork.parse_text, audio_fork.parse_command]
)
@given(text=ANYTHING)
def test_nothing_a_stranger_sends_breaks_the_parser(
    parse: Callable[[str], object], text: str
) -> None:
    with suppress(InputError):
        parse(text)
