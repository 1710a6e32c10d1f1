"""What parent and child tell each other arrives whole, however the bytes are cut."""

import numpy as np
import pytest

from asr.desk.reading import SketchAsk
from asr.workshop.parcel import Craft, Done, Message, Order, Unwrapper, wrap
from tests.fakes.troubled_reader import a_sketch


def on_the_wire(*messages: Message) -> bytes:
    return b"".join(bytes(piece) for message in messages for piece in wrap(message))


def asks_of(message: Message) -> list[SketchAsk]:
    assert isinstance(message, Order)
    return [ask for ask in message.asks if isinstance(ask, SketchAsk)]


@pytest.mark.parametrize("step", [1, 7, 1_000, 1_000_000])
def test_messages_come_out_as_they_went_in(step: int) -> None:
    ask = a_sketch(600, ms=50)
    sent = on_the_wire(
        Order(craft=Craft.SKETCH, asks=[ask, ask]), Done(answers=["一", "二"], rss_mb=None)
    )
    unwrapper = Unwrapper()

    order, done = [
        message
        for start in range(0, len(sent), step)
        for message in unwrapper.feed(sent[start : start + step])
    ]

    assert isinstance(done, Done)
    assert done.answers == ["一", "二"]
    for arrived in asks_of(order):
        assert arrived.utterance == ask.utterance
        assert np.array_equal(arrived.waveform, ask.waveform)


def test_sound_travels_beside_the_letter_and_is_not_copied_to_be_sent() -> None:
    ask = a_sketch(ms=10_000)

    _, _, letter, sound = wrap(Order(craft=Craft.SKETCH, asks=[ask]))

    assert len(letter) < 1_000
    assert isinstance(sound, memoryview)
    assert np.shares_memory(np.frombuffer(sound, np.float32), ask.waveform)


def test_a_stretch_of_a_longer_sound_travels_alone() -> None:
    whole = np.arange(1_000, dtype=np.float32)
    ask = SketchAsk(utterance="a-0", waveform=whole[100:200], speech_ms=6, language=None)

    (order,) = Unwrapper().feed(on_the_wire(Order(craft=Craft.SKETCH, asks=[ask])))

    assert np.array_equal(asks_of(order)[0].waveform, whole[100:200])


def test_what_is_no_parcel_is_refused() -> None:
    with pytest.raises(ValueError, match="parts in a parcel"):
        list(Unwrapper().feed(b"GET / HTTP/1.1\r\n"))
