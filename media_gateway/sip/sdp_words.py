"""Turn what RTP agrees on into the words of an SDP and back."""

from media_gateway.rtp.crypto_attribute import CryptoAttribute
from media_gateway.rtp.formats import PayloadFormat
from media_gateway.sip.sdp import Codec, Crypto


def codec_of(chosen: PayloadFormat) -> Codec:
    return Codec(
        payload_type=chosen.payload_type,
        name=chosen.name,
        clock_hz=chosen.clock_rate_hz,
        channels=chosen.channels,
        fmtp=chosen.fmtp,
    )


def crypto_line(ours: CryptoAttribute) -> Crypto:
    _, suite, key = ours.text.split(None, 2)
    return Crypto(tag=ours.tag, suite=suite, key=key)


def crypto_text(line: Crypto) -> str:
    """The value of ``a=crypto`` as it was written."""
    return " ".join(filter(None, (str(line.tag), line.suite, line.key, line.params)))
