"""Our own Asterisk queues as chan_websocket does, so that a test against it means something."""

from media_gateway.client.asterisk_queue import AsteriskQueue
from media_gateway.wires.asterisk_media import Spelling
from media_gateway.wires.asterisk_switch import EventWriter

FRAME = bytes(160)


def queue() -> AsteriskQueue:
    writer = EventWriter(spelling=Spelling.PLAIN, channel_id="1.1")
    return AsteriskQueue(writer=writer, frame_bytes=160)


def test_outside_buffering_the_remainder_is_dropped() -> None:
    line = queue()

    line.take_sound(bytes(400))

    assert line.dropped_bytes == 80
    assert [line.tick()[0] for _ in range(3)] == [FRAME, FRAME, None]


def test_while_buffering_nothing_is_lost_and_the_end_is_told_after_it() -> None:
    line = queue()
    line.obey("START_MEDIA_BUFFERING", None)
    line.take_sound(bytes(100))
    line.take_sound(bytes(100))
    line.obey("STOP_MEDIA_BUFFERING", "p-1")

    assert line.tick() == (FRAME, [])
    assert line.tick() == (bytes(40), [])
    assert line.tick() == (None, ["MEDIA_BUFFERING_COMPLETED p-1"])


def test_a_full_queue_says_xoff_and_an_emptier_one_xon() -> None:
    line = queue()

    assert line.take_sound(FRAME * 899) == []
    assert line.take_sound(FRAME) == ["MEDIA_XOFF"]
    assert line.take_sound(FRAME * 100) == []
    line.take_sound(FRAME)
    assert line.dropped_bytes == 160
    events = [event for _ in range(202) for event in line.tick()[1]]
    assert events == ["MEDIA_XON"]


def test_a_flush_empties_it_and_no_mark_comes_back() -> None:
    line = queue()
    line.take_sound(FRAME)
    line.obey("MARK_MEDIA", "m")
    line.obey("REPORT_QUEUE_DRAINED", None)

    line.obey("FLUSH_MEDIA", None)

    assert line.tick() == (None, ["QUEUE_DRAINED"])
