"""The AudioHook dialect: order is kept, media is chosen, what strangers send is refused in one sentence."""

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.audio import Leg
from domain.call import Direction
from domain.errors import InputError
from domain.ids import CallId
from media_gateway.codecs import Encoding
from media_gateway.wires import audiohook_messages as said
from media_gateway.wires.audiohook import (
    AudioHookSession,
    SessionMemory,
    State,
    choose_media,
    offer_from,
)
from media_gateway.wires.audiohook_envelope import MAX_TEXT, Correspondence, Side
from media_gateway.wires.audiohook_media import (
    RATE_HZ,
    Media,
    best_media,
    duration_of,
    offered_media,
    samples_of,
)

SESSION = "30b0e395-84d3-4570-ac13-9a62d8f514c0"
ANOTHER = "e160e428-53e2-487c-977d-96989bf5c99d"
ORGANIZATION = "d7934305-0972-4844-938e-9060eef73d05"
STEREO = Media(format="PCMU", channels=("external", "internal"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
TYPES = st.sampled_from(
    [
        "open",
        "ping",
        "paused",
        "resumed",
        "discarded",
        "update",
        "error",
        "close",
        "dtmf",
        "playback_started",
        "other",
    ]
)
PARAMETERS = st.dictionaries(
    st.sampled_from(
        [
            "organizationId",
            "conversationId",
            "participant",
            "media",
            "language",
            "continuedSessions",
            "customConfig",
            "inputVariables",
            "start",
            "discarded",
            "code",
            "message",
            "retryAfter",
            "reason",
            "digit",
        ]
    ),
    JSON | st.sampled_from([ORGANIZATION, "PT1S", [STEREO.as_json()], {"ani": "1"}]),
)


class Client:
    """The other side of one session, as far as its texts go."""

    def __init__(self) -> None:
        self.letters = Correspondence(side=Side.CLIENT, session_id=SESSION)
        self.session = AudioHookSession(session_id=SESSION)

    def say(self, name: str, at: str = "PT0S", **parameters: object) -> said.ClientMessage:
        return self.session.receive(self.letters.write(name, parameters, position=at))

    def open(self, **more: object) -> said.Open:
        parameters = said.open_parameters(
            organization_id=ORGANIZATION, conversation_id=ANOTHER, media=(STEREO,)
        )
        text = self.letters.write("open", parameters | more, position="PT0S")
        opening = self.session.receive(text)
        assert isinstance(opening, said.Open)
        return opening

    def opened(self) -> "Client":
        self.open()
        self.letters.receive(self.session.opened(STEREO, None))
        return self


def media(format_name: str, *channels: str) -> Media:
    return Media(format=format_name, channels=channels)


@pytest.mark.parametrize(
    ("offers", "best"),
    [
        ([media("PCMU", "external"), STEREO], STEREO),
        ([media("L16", "external", "internal"), STEREO], STEREO),
        ([media("L16", "external", "internal"), media("PCMU", "external")], 0),
        ([media("PCMU", "internal", "external"), media("PCMU", "internal")], 0),
        ([media("PCMU", "internal"), media("L16", "external")], 1),
        ([media("L16", "internal")], 0),
        ([], None),
    ],
)
def test_both_sides_go_before_one_and_fewer_bytes_before_more(
    offers: list[Media], best: Media | int | None
) -> None:
    expected = offers[best] if isinstance(best, int) else best

    assert best_media(offers) == expected


@pytest.mark.parametrize(
    "strange",
    [
        {},
        "PCMU",
        {"type": "audio", "format": "PCMU", "channels": ["external"], "rate": 16000},
        {"type": "audio", "format": "OPUS", "channels": ["external"], "rate": 8000},
        {"type": "audio", "format": "PCMU", "channels": ["internal", "internal"], "rate": 8000},
        {"type": "video", "format": "PCMU", "channels": ["external"], "rate": 8000},
    ],
)
def test_an_offer_we_cannot_take_is_passed_over(strange: object) -> None:
    assert offered_media([strange, STEREO.as_json()]) == (STEREO,)


def test_l16_is_big_endian_and_legs_follow_the_channels() -> None:
    inverted = media("L16", "internal", "external")

    assert inverted.encoding is Encoding.L16_BE
    assert inverted.legs == (Leg.AGENT, Leg.CALLER)
    assert inverted.block_bytes == 4


@pytest.mark.parametrize(
    ("text", "samples"),
    [("PT0S", 0), ("PT1S", 8000), ("PT1.5S", 12000), ("PT.25S", 2000), ("PT2.S", 16000)],
)
def test_durations_are_samples(text: str, samples: int) -> None:
    assert samples_of(text) == samples


@pytest.mark.parametrize(
    "text", ["PTS", "PT.S", "PT1M", "1S", "PT-1S", "PT1e9S", None, 1, "PT604801S"]
)
def test_a_duration_that_is_none_is_refused(text: object) -> None:
    with pytest.raises(InputError):
        samples_of(text)


@given(samples=st.integers(0, 600_000 * RATE_HZ))
def test_a_duration_keeps_every_sample(samples: int) -> None:
    assert samples_of(duration_of(samples)) == samples


def test_an_open_is_read_with_its_odd_labels_left_out() -> None:
    opening = Client().open(
        participant={"id": 7, "ani": "tel:+4930123", "aniName": "\0", "dnis": ""},
        language="de-DE",
        supportedLanguages=True,
        continuedSessions=[{"id": SESSION, "serverseq": 1, "clientseq": 2}, {"id": "x"}, 3],
        customConfig={"title": "night line", "synthetic": True, "direction": "outbound"},
    )

    offer = offer_from(opening, STEREO, joins=CallId("earlier"))

    assert (opening.participant_id, opening.caller_name) == (None, None)
    assert (opening.language, opening.wants_languages) == ("de-DE", True)
    assert opening.continued == (SESSION,)
    assert (offer.caller_number, offer.dialled_number) == ("+4930123", None)
    assert (offer.title, offer.synthetic, offer.direction) == (
        "night line",
        True,
        Direction.OUTBOUND,
    )
    assert (offer.encoding, offer.legs) == (Encoding.PCMU, (Leg.CALLER, Leg.AGENT))
    assert (offer.wire_call_id, offer.joins) == (ANOTHER, "earlier")


def test_a_bot_hears_the_caller_only() -> None:
    offers = [STEREO.as_json(), media("L16", "external").as_json()]
    opening = Client().open(media=offers, inputVariables={})

    assert choose_media(opening, as_bot=True) == media("L16", "external")
    assert choose_media(opening, as_bot=False) == STEREO


def test_a_probe_may_offer_nothing_and_a_call_may_not() -> None:
    probe = Client().open(conversationId=said.NOBODY, media=[])

    assert probe.is_probe
    assert choose_media(probe, as_bot=False) is None
    with pytest.raises(InputError, match="expected PCMU or L16"):
        choose_media(Client().open(media=[]), as_bot=False)


def test_a_pong_answers_its_ping_and_every_message_has_parameters() -> None:
    client = Client().opened()

    ping = client.say("ping")
    client.say("playback_started")
    assert isinstance(ping, said.Ping)
    pong = json.loads(client.session.write("pong", answering=ping.seq))

    assert pong == {
        "version": "2",
        "id": SESSION,
        "type": "pong",
        "seq": 2,
        "clientseq": 2,
        "parameters": {},
    }
    assert json.loads(client.session.write("updated"))["clientseq"] == 3


def message(**changed: object) -> str:
    sound = {
        "version": "2",
        "id": SESSION,
        "type": "ping",
        "seq": 2,
        "serverseq": 0,
        "position": "PT0S",
        "parameters": {},
    }
    return json.dumps({name: value for name, value in (sound | changed).items() if value != "-"})


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (message(seq=3), "expected message 2, got 3"),
        (message(seq=1), "expected message 2, got 1"),
        (message(seq=True), "expected seq as a number"),
        (message(serverseq=2), "never said"),
        (message(serverseq="-"), "expected serverseq as a number"),
        (message(id=ANOTHER), "another session's"),
        (message(id="x"), "session's UUID"),
        (message(version="1"), "version"),
        (message(parameters="-"), "parameters in every message"),
        (message(position="soon"), "duration like PT1.5S"),
        (message(type="open"), "expected open once"),
        (message(type="resumed"), "duration like PT1.5S"),
        ("[]", "a JSON object"),
        ("{", "a JSON object"),
        ("[" * 60_000, "a JSON object"),
        (" " * (MAX_TEXT + 1), "at most 65536 characters"),
    ],
)
def test_a_protocol_error_is_said(text: str, sentence: str) -> None:
    client = Client().opened()

    with pytest.raises(InputError, match=sentence):
        client.session.receive(text)


def test_nothing_comes_before_open() -> None:
    with pytest.raises(InputError, match="expected open first, got ping while beginning"):
        Client().say("ping")
    with pytest.raises(InputError, match="expected no sound while beginning"):
        Client().session.check_sound(bytes(2))


def test_sound_may_come_while_open_and_in_whole_samples_only() -> None:
    client = Client().opened()

    client.session.check_sound(bytes(320))
    with pytest.raises(InputError, match="whole samples of 2 bytes"):
        client.session.check_sound(bytes(3))
    client.say("paused")
    with pytest.raises(InputError, match="no sound while paused"):
        client.session.check_sound(bytes(2))
    client.say("resumed", start="PT0S", discarded="PT1S")
    client.session.check_sound(bytes(2))
    client.session.state = State.CLOSING
    with pytest.raises(InputError, match="no sound while closing"):
        client.session.check_sound(bytes(2))


def test_what_a_client_tells_is_understood() -> None:
    client = Client().opened()

    assert client.say("discarded", start="PT1S", discarded="PT0.5S") == said.Discarded(
        start_samples=8000, discarded_samples=4000
    )
    assert client.say("update", language="fr-CA") == said.Update(language="fr-CA")
    assert client.say("update", language="klingon") == said.Update(language=None)
    assert client.say(
        "error", code=429, message="slow down", retryAfter="PT2S"
    ) == said.ClientError(code=429, message="slow down", retry_after_samples=16000)
    assert client.say("dtmf", digit="a") == said.KeyOnWire(key="A")
    assert client.say("dtmf", digit="12") == said.Unknown()
    assert client.say("playback_completed") == said.PlaybackCompleted()
    assert client.say("tomorrow") == said.Unknown()
    assert client.say("close", at="PT3.5S", reason="end") == said.Close(reason="end")
    assert client.session.position_samples == 28_000


def test_a_session_goes_on_with_a_call_of_its_own_organization_only() -> None:
    memory = SessionMemory(most=2)
    memory.remember(ORGANIZATION, SESSION, CallId("first"))
    continuing = [{"id": ANOTHER, "serverseq": 0, "clientseq": 0}, {"id": SESSION.upper()}]

    assert memory.continued(Client().open(continuedSessions=continuing)) == "first"
    strangers = Client().open(continuedSessions=continuing, organizationId=ANOTHER)
    assert memory.continued(strangers) is None
    memory.remember(ORGANIZATION, "a", CallId("second"))
    memory.remember(ORGANIZATION, "b", CallId("third"))
    assert memory.continued(Client().open(continuedSessions=continuing)) is None


@settings(max_examples=300)
@given(name=TYPES, parameters=PARAMETERS | st.dictionaries(st.text(), JSON), text=st.text() | JSON)
def test_whatever_a_stranger_sends_nothing_but_an_input_error_comes(
    name: str, parameters: dict[str, object], text: object
) -> None:
    fresh, client = Client(), Client().opened()
    for session, letters in ((fresh.session, fresh.letters), (client.session, client.letters)):
        with suppress(InputError):
            message_ = session.receive(letters.write(name, parameters, position="PT1S"))
            if isinstance(message_, said.Open):
                chosen = choose_media(message_, as_bot=True)
                assert chosen is None or offer_from(message_, chosen).legs
        with suppress(InputError):
            session.receive(text if isinstance(text, str) else json.dumps(text))
