"""What a network does to packets is put right, and what cannot be put right is told in samples."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.audio import GapCause
from media_gateway.codecs import Encoding
from media_gateway.rtp.counters import RtpCounters
from media_gateway.rtp.dtmf import key_payload
from media_gateway.rtp.formats import COMFORT_NOISE, PCMA, PCMU, TELEPHONE_EVENT
from media_gateway.rtp.packet import RtpPacket, serialise
from media_gateway.rtp.receiver import Receiver
from media_gateway.rtp.source_lock import Source, SourceLock
from media_gateway.rtp.timeline import Timeline
from tests.fakes.rtp import ANY_PORTS, KeepingSink, payload_of, sound_packet

HERE: Source = ("192.0.2.1", 4000)
ELSEWHERE: Source = ("192.0.2.66", 6666)
SILENT = b"\xff"
NETWORK = GapCause.NETWORK


class Ear:
    """A receiver that expects its source at one address, and a clock that goes with the packets."""

    def __init__(self, *, expected: Source | None = HERE) -> None:
        self.sink = KeepingSink()
        self.counters = RtpCounters()
        self.lock = SourceLock()
        self.lock.expect(expected)
        self.rtcp: list[bytes] = []
        self.now_s = 100.0
        self.timeline = Timeline(
            sink=self.sink,
            encoding=Encoding.PCMU,
            sample_rate_hz=8_000,
            settings=ANY_PORTS,
            counters=self.counters,
        )
        self.timeline.agree((PCMU, PCMA, TELEPHONE_EVENT, COMFORT_NOISE))
        self.receiver = Receiver(
            timeline=self.timeline,
            counters=self.counters,
            lock=self.lock,
            jitter_ms=60,
            on_rtcp=lambda data, source: self.rtcp.append(data),
        )

    def take(self, *packets: RtpPacket, source: Source = HERE, wait_s: float = 0.02) -> None:
        for packet in packets:
            self.now_s += wait_s
            self.receiver.take(serialise(packet), source, self.now_s)

    def take_numbers(self, *numbers: int) -> None:
        self.take(*(sound_packet(number) for number in numbers))

    def end(self) -> None:
        self.receiver.flush(self.now_s)


@pytest.fixture
def ear() -> Ear:
    return Ear()


def sound_of(*numbers: int) -> bytes:
    return b"".join(payload_of(number) for number in numbers)


def test_packets_in_order_are_heard_as_they_are(ear: Ear) -> None:
    ear.take_numbers(*range(10))

    assert ear.sink.heard == [payload_of(number) for number in range(10)]
    assert ear.counters.received == 10


def test_packets_out_of_order_are_put_in_order(ear: Ear) -> None:
    ear.take_numbers(0, 2, 1, 3, 5, 6, 4, 7)

    assert ear.sink.sound == sound_of(*range(8))
    assert (ear.counters.lost, ear.counters.reordered) == (0, 3)


def test_a_packet_that_comes_twice_is_heard_once(ear: Ear) -> None:
    ear.take_numbers(0, 1, 1, 0, 3, 3, 2, 4)

    assert ear.sink.sound == sound_of(*range(5))
    assert ear.counters.duplicates == 3


def test_a_short_loss_is_bridged_with_fading_sound(ear: Ear) -> None:
    ear.take_numbers(0, 1, 3, 4, 5, 6)

    assert len(ear.sink.sound) == 7 * 160
    assert ear.sink.sound[: 2 * 160] == sound_of(0, 1)
    assert ear.sink.sound[3 * 160 :] == sound_of(3, 4, 5, 6)
    assert ear.sink.gaps == []
    assert (ear.counters.lost, ear.counters.concealed_samples) == (1, 160)


def test_a_long_loss_is_a_gap_of_its_length(ear: Ear) -> None:
    ear.take_numbers(0, 1, 12, 13, 14, 15)

    assert ear.sink.heard[2] == (10 * 160, NETWORK)
    assert ear.sink.sound == sound_of(0, 1, 12, 13, 14, 15)
    assert ear.counters.lost == 10


def test_a_packet_that_comes_too_late_is_dropped_and_counted(ear: Ear) -> None:
    ear.take_numbers(0, 1, 3, 4, 5, 6, 2, 2, 7)

    assert len(ear.sink.sound) == 8 * 160
    assert (ear.counters.late, ear.counters.duplicates) == (1, 1)


def test_packets_of_40_ms_are_as_good_as_any(ear: Ear) -> None:
    ear.take(*(sound_packet(number, samples=320) for number in (0, 1, 3, 2, 4)))

    assert len(ear.sink.sound) == 5 * 320
    assert ear.sink.gaps == []


def test_suppressed_silence_is_silence_and_no_gap(ear: Ear) -> None:
    ear.take(sound_packet(0), sound_packet(1, skipped_ticks=8_000), wait_s=1.02)

    assert ear.sink.sound == payload_of(0) + SILENT * 8_000 + payload_of(1)
    assert ear.sink.gaps == []


def test_comfort_noise_is_silence_until_the_next_sound(ear: Ear) -> None:
    noise = replace(sound_packet(1), payload_type=13, payload=b"\x40")
    ear.take(sound_packet(0), noise, sound_packet(2, skipped_ticks=1_600 - 160))

    assert ear.sink.sound == payload_of(0) + SILENT * 1_600 + payload_of(2)


def test_a_long_silence_is_believed_when_our_clock_saw_it_pass(ear: Ear) -> None:
    ear.take(sound_packet(0))
    ear.take(sound_packet(1, skipped_ticks=80_000), wait_s=10.02)

    assert len(ear.sink.sound) == 80_000 + 320
    assert ear.counters.segments == 0


def test_a_timestamp_that_jumps_for_no_reason_begins_a_segment(ear: Ear) -> None:
    ear.take(sound_packet(0))
    ear.take(sound_packet(1, skipped_ticks=80_000), sound_packet(2, skipped_ticks=80_000))

    assert ear.sink.sound == sound_of(0, 1, 2)
    assert ear.counters.segments == 1


def test_a_timestamp_that_falls_back_begins_a_segment(ear: Ear) -> None:
    ear.take(sound_packet(0), sound_packet(1, skipped_ticks=-90_000))

    assert ear.sink.sound == sound_of(0, 1)
    assert ear.counters.segments == 1


def test_a_clock_that_stutters_does_not_stretch_the_call(ear: Ear) -> None:
    stutter = [0, 0, -80, 0, -80, 0, 0]
    ear.take(*(sound_packet(n, skipped_ticks=skip) for n, skip in enumerate(stutter)))

    assert ear.sink.sound == sound_of(*range(7))


def test_a_new_ssrc_is_believed_after_three_packets_that_are_all_heard(ear: Ear) -> None:
    ear.take_numbers(0, 1)
    new = [sound_packet(n, ssrc=99, first_sequence=500, first_timestamp=77) for n in range(2, 6)]

    ear.take(*new[:2])
    assert ear.sink.sound == sound_of(0, 1)
    ear.take(*new[2:])

    assert ear.sink.sound == sound_of(*range(6))
    assert (ear.counters.segments, ear.sink.gaps) == (1, [])


def test_the_pause_before_a_new_ssrc_is_a_gap(ear: Ear) -> None:
    ear.take_numbers(0)
    ear.take(sound_packet(1, ssrc=99, first_sequence=500), wait_s=3.02)
    ear.take(*(sound_packet(n, ssrc=99, first_sequence=500) for n in (2, 3)))

    assert [cause for _, cause in ear.sink.gaps] == [NETWORK]
    assert ear.sink.gaps[0][0] == pytest.approx(24_000, abs=80)


def test_a_stray_ssrc_between_the_packets_of_a_call_is_never_heard(ear: Ear) -> None:
    for number in range(8):
        ear.take(sound_packet(number), replace(sound_packet(number + 50), ssrc=99))

    assert ear.sink.sound == sound_of(*range(8))


def test_numbers_that_begin_anew_are_believed_after_three_packets(ear: Ear) -> None:
    ear.take_numbers(0, 1)
    ear.take(*(sound_packet(n, first_sequence=20_000) for n in (2, 3, 4)))

    assert ear.sink.sound == sound_of(*range(5))


def test_a_stranger_with_another_address_is_not_heard(ear: Ear) -> None:
    ear.take_numbers(0, 1)
    ear.take(sound_packet(2), sound_packet(3), sound_packet(4), source=ELSEWHERE)
    ear.take_numbers(2, 3)

    assert ear.sink.sound == sound_of(*range(4))
    assert ear.counters.refused == 3


def test_a_telephone_behind_nat_is_locked_after_three_packets_and_nothing_is_lost() -> None:
    ear = Ear(expected=HERE)
    ear.take(sound_packet(0), sound_packet(2), source=ELSEWHERE)
    assert ear.sink.heard == []

    ear.take(sound_packet(1), sound_packet(3), source=ELSEWHERE)

    assert ear.sink.sound == sound_of(*range(4))
    assert ear.lock.locked == ELSEWHERE


def test_a_reinvite_lets_the_new_source_take_over_while_the_old_still_sends(ear: Ear) -> None:
    ear.take_numbers(0, 1)

    ear.lock.expect(ELSEWHERE)
    ear.receiver.relearn()
    ear.take_numbers(2)
    ear.take(sound_packet(3), source=ELSEWHERE)
    ear.take(sound_packet(60))
    ear.take(sound_packet(4), source=ELSEWHERE)

    assert ear.sink.sound == sound_of(*range(5))
    assert ear.lock.locked == ELSEWHERE


def test_the_moment_of_a_reinvite_passes(ear: Ear) -> None:
    ear.take_numbers(0)
    ear.lock.expect(HERE)
    ear.receiver.relearn()
    ear.take_numbers(*range(1, 300))

    ear.take(*(sound_packet(n) for n in range(300, 310)), source=ELSEWHERE)

    assert ear.lock.locked == HERE
    assert ear.counters.refused == 10


def test_four_strangers_lock_nobody_out() -> None:
    ear = Ear(expected=None)
    for port in range(1, 6):
        ear.take(sound_packet(40), source=("192.0.2.99", port))

    ear.take_numbers(0, 1, 2)

    assert ear.sink.sound == sound_of(0, 1, 2)


def test_a_source_that_speaks_now_and_then_is_locked_by_the_clock() -> None:
    ear = Ear(expected=None)
    ear.take(sound_packet(0))

    ear.receiver.tick(ear.now_s)

    assert ear.sink.sound == sound_of(0)


def test_a_key_is_pressed_once_however_many_packets_tell_of_it(ear: Ear) -> None:
    ear.take_numbers(0)
    for number in range(1, 9):
        payload = key_payload(5, duration_ticks=min(number, 6) * 160, is_end=number >= 6)
        packet = replace(sound_packet(number), payload_type=101, payload=payload)
        ear.take(replace(packet, timestamp=sound_packet(1).timestamp, marker=number == 1))
    ear.take(replace(sound_packet(9), timestamp=sound_packet(8).timestamp))

    assert ear.sink.keys == ["5"]
    assert len(ear.sink.sound) == 9 * 160, "the sound that the key replaced is silence"


def test_sound_in_the_other_law_is_told_in_the_lines_own(ear: Ear) -> None:
    ear.take(sound_packet(0), replace(sound_packet(1), payload_type=8, payload=b"\xd5" * 160))

    assert ear.sink.sound == payload_of(0) + b"\xfe" * 160


def test_what_cannot_be_decoded_is_missing_and_not_silent(ear: Ear) -> None:
    ear.take(sound_packet(0), replace(sound_packet(1), payload_type=77), sound_packet(2))

    assert ear.sink.heard == [payload_of(0), (160, NETWORK), payload_of(2)]
    assert ear.counters.unknown_payloads == 1


def test_while_the_line_keeps_the_time_no_jump_is_filled(ear: Ear) -> None:
    ear.take_numbers(0)
    ear.timeline.pause()
    ear.take(sound_packet(1, skipped_ticks=4_000))
    ear.timeline.resume()
    ear.take(sound_packet(2, skipped_ticks=8_000), sound_packet(3, skipped_ticks=8_800))

    assert ear.sink.sound == sound_of(0, 1, 2) + SILENT * 800 + sound_of(3)


def test_the_last_packets_are_heard_though_one_before_them_is_missing(ear: Ear) -> None:
    ear.take_numbers(0, 2)
    ear.end()

    assert len(ear.sink.sound) == 3 * 160


def test_rtcp_and_garbage_on_the_port_are_no_sound(ear: Ear) -> None:
    ear.take_numbers(0)
    for data in (b"\x80\xc8" + bytes(26), b"", b"\x00\x01" + bytes(30), b"\x80"):
        ear.receiver.take(data, HERE, ear.now_s)
    ear.take_numbers(1)

    assert ear.sink.sound == sound_of(0, 1)
    assert (len(ear.rtcp), ear.counters.malformed) == (1, 3)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_whatever_the_network_does_time_stays_true(data: st.DataObject) -> None:
    """Loss up to 5 in a row, jitter up to two places, duplicates: each sample is heard, bridged or told missing."""
    count = data.draw(st.integers(8, 40))
    kept = [0, *data.draw(st.lists(st.integers(1, count - 2), unique=True)), count - 1]
    order = sorted(kept, key=lambda n: n + data.draw(st.sampled_from([0, 0, 0, 1.5])) * (n > 2))
    ear = Ear()

    for number in order:
        ear.take_numbers(*[number] * data.draw(st.sampled_from([1, 1, 2])))
    ear.end()

    total = len(ear.sink.sound) + sum(samples for samples, _ in ear.sink.gaps)
    assert total == count * 160


@given(
    st.lists(
        st.tuples(st.binary(max_size=40), st.sampled_from([HERE, ELSEWHERE]))
        | st.tuples(
            st.builds(
                lambda n, kind, payload, skip: serialise(
                    replace(sound_packet(n, skipped_ticks=skip), payload_type=kind, payload=payload)
                ),
                st.integers(0, 30),
                st.sampled_from([0, 8, 13, 101, 50]),
                st.binary(max_size=200),
                st.sampled_from([0, 0, 0, 1, 99_999, -99_999]),
            ),
            st.just(HERE),
        ),
        max_size=60,
    )
)
@settings(max_examples=300, deadline=None)
def test_whatever_a_stranger_sends_the_ear_lives(
    datagrams: list[tuple[bytes, Source]],
) -> None:
    ear = Ear()

    for data, source in datagrams:
        ear.now_s += 0.02
        ear.receiver.take(data, source, ear.now_s)
    ear.receiver.tick(ear.now_s + 1)
    ear.end()
