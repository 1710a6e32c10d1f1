"""Write the SDP media section of a stream (RFC 8866), keys included (RFC 4568)."""

from collections.abc import Sequence

from media_gateway.rtp.crypto_attribute import CryptoAttribute
from media_gateway.rtp.formats import PayloadFormat

PTIME_MS = 20


def media_lines(
    *,
    host: str,
    port: int,
    rtcp_port: int,
    formats: Sequence[PayloadFormat],
    crypto: CryptoAttribute | None = None,
    direction: str = "sendrecv",
    rtcp_mux: bool = False,
) -> tuple[str, ...]:
    """The lines from ``m=`` on, without their ends."""
    profile = "RTP/SAVP" if crypto else "RTP/AVP"
    numbers = " ".join(str(one.payload_type) for one in formats)
    family = "IP6" if ":" in host else "IP4"
    lines = [f"m=audio {port} {profile} {numbers}", f"c=IN {family} {host}"]
    for one in formats:
        lines.append(f"a=rtpmap:{one.rtpmap}")
        if one.fmtp is not None:
            lines.append(f"a=fmtp:{one.payload_type} {one.fmtp}")
    lines += [f"a=ptime:{PTIME_MS}", f"a=rtcp:{rtcp_port}"]
    if rtcp_mux:
        lines.append("a=rtcp-mux")
    if crypto is not None:
        lines.append(f"a=crypto:{crypto.text}")
    return (*lines, f"a={direction}")
