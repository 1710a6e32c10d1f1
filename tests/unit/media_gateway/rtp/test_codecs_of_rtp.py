"""What is encoded is what is decoded, at the rate that was asked for and of the length that the clock says."""

import numpy as np
import pytest

from domain.errors import InputError
from media_gateway.codecs import PCM16, Encoding, decoded
from media_gateway.rtp.concealment import concealed
from media_gateway.rtp.decoders import PayloadDecoder, is_raw, native_encoding, opus_ticks
from media_gateway.rtp.encoders import PayloadEncoder
from media_gateway.rtp.formats import (
    G722,
    L16_16K,
    L16_MONO,
    L16_STEREO,
    OPUS,
    PCMA,
    PCMU,
    PayloadFormat,
)
from tests.fakes.rtp_house import likeness
from tests.fakes.sound import tone


@pytest.mark.parametrize("rate_hz", [8_000, 16_000])
@pytest.mark.parametrize("payload", [PCMU, PCMA, G722, OPUS, L16_16K, L16_MONO, L16_STEREO])
def test_every_format_keeps_sound_and_length_at_every_rate(
    payload: PayloadFormat, rate_hz: int
) -> None:
    said = tone(600, hz=300, rate_hz=rate_hz)
    encoder = PayloadEncoder(payload, sample_rate_hz=rate_hz)
    decoder = PayloadDecoder(payload, encoding=Encoding.L16, sample_rate_hz=rate_hz)
    frame = rate_hz // 50 * 2

    payloads = [
        one
        for start in range(0, len(said), frame)
        for one in encoder.encode(said[start : start + frame])
    ]
    heard = b"".join(decoder.decode(one) for one in payloads) + decoder.drain()

    assert {decoder.ticks(one) for one in payloads} == {encoder.ticks}
    assert abs(len(heard) - len(said)) <= 2 * frame
    assert likeness(heard.ljust(len(said), b"\0")[: len(said)], said) > 0.9


def test_a_resampled_stream_is_as_long_as_its_packets_after_each_drain() -> None:
    decoder = PayloadDecoder(G722, encoding=Encoding.PCMU, sample_rate_hz=8_000)

    for _ in range(2):
        heard = b"".join(decoder.decode(bytes(160)) for _ in range(7)) + decoder.drain()
        assert len(heard) == 7 * 160


def test_g711_of_a_lines_own_law_costs_nothing() -> None:
    assert native_encoding(PCMA, 8_000) is Encoding.PCMA
    assert native_encoding(PCMA, 16_000) is Encoding.L16
    assert native_encoding(OPUS, 16_000) is Encoding.L16
    assert native_encoding(L16_16K, 16_000) is Encoding.L16_BE
    assert is_raw(PCMU, encoding=Encoding.PCMU, sample_rate_hz=8_000)
    assert not is_raw(PCMU, encoding=Encoding.PCMA, sample_rate_hz=8_000)
    assert not is_raw(PCMU, encoding=Encoding.PCMU, sample_rate_hz=16_000)


@pytest.mark.parametrize("payload", [OPUS, L16_16K, L16_STEREO])
def test_what_is_no_sound_of_a_format_is_refused_and_the_next_packet_heard(
    payload: PayloadFormat,
) -> None:
    decoder = PayloadDecoder(payload, encoding=Encoding.L16_BE, sample_rate_hz=16_000)
    good = PayloadEncoder(payload, sample_rate_hz=16_000).encode(bytes(640))

    with pytest.raises(InputError):
        decoder.decode(b"\xff\xff\xff")

    assert good == () or decoder.decode(good[0]) is not None


@pytest.mark.parametrize(
    ("packet", "ms"),
    [
        (b"", 0),
        (bytes((0 << 3,)), 10),  # SILK
        (bytes((3 << 3,)), 60),
        (bytes((13 << 3 | 1,)), 40),  # hybrid, two frames
        (bytes((16 << 3,)), 2.5),  # CELT
        (bytes((31 << 3 | 3, 3)), 60),  # as many frames as the second byte says
        (bytes((31 << 3 | 3,)), 0),
    ],
)
def test_the_length_of_an_opus_packet_is_in_its_first_bytes(packet: bytes, ms: float) -> None:
    assert opus_ticks(packet) == ms * 48


def test_a_bridge_over_a_loss_fades_to_silence() -> None:
    last = tone(20, hz=400)

    bridge = np.frombuffer(
        concealed(last, Encoding.L16, samples=480, fade_samples=480), PCM16
    ).astype(int)

    assert np.abs(bridge[:160]).max() > np.abs(bridge[160:320]).max() > np.abs(bridge[320:]).max()
    assert abs(bridge[-1]) < 100
    assert decoded(concealed(b"", Encoding.PCMA, samples=3, fade_samples=3), Encoding.PCMA)
