"""Count what one RTP stream saw, for metrics and for the question why a call sounded bad."""

from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class RtpCounters:
    """Packets, but for ``concealed_samples`` and ``keys``. ``late`` and ``lost`` overlap: a late packet was lost first."""

    received: int = 0
    lost: int = 0
    late: int = 0
    duplicates: int = 0
    reordered: int = 0
    concealed_samples: int = 0
    refused: int = 0  # from somebody who is not the source we locked on
    malformed: int = 0  # not RTP at all: STUN, fax, garbage
    unknown_payloads: int = 0  # a payload type nobody agreed on, or sound that cannot be decoded
    unauthentic: int = 0  # SRTP that our keys do not open, or a replay
    segments: int = 0  # times the stream began anew: SSRC, sequence or timestamp
    reports: int = 0  # RTCP packets heard
    sent: int = 0
    unsent: int = 0  # the kernel would have made us wait
    keys: int = 0
