"""Tell the far side how we hear it, and hear what it reports (RFC 3550 section 6)."""

import random
import secrets
import time
from collections.abc import Callable

from media_gateway.rtp import rtcp
from media_gateway.rtp.receiver import Receiver
from media_gateway.rtp.sender import RtpSender

NTP_EPOCH_S = 2_208_988_800  # from 1900 to 1970


class Reporter:
    """The reports of one stream: sender reports while we send, receiver reports otherwise."""

    def __init__(self, *, sender: RtpSender, on_bye: Callable[[], None], report_s: float) -> None:
        self._sender = sender
        self._on_bye = on_bye
        self._report_s = report_s
        self._cname = f"{secrets.token_hex(8)}@openhotline"
        self._due_s: float | None = None
        self._told_packets = 0

    def hear(self, data: bytes, receiver: Receiver | None, now_s: float, *, is_known: bool) -> None:
        """Raises InputError when it is no RTCP. ``is_known``: it came from where sound is expected from."""
        for report in rtcp.parse_compound(data):
            match report:
                case rtcp.SenderReport(ssrc=ssrc, ntp=ntp):
                    if receiver is not None and ssrc == receiver.ssrc:
                        receiver.reception.note_report(ntp, now_s)
                case rtcp.Goodbye(ssrcs=ssrcs):
                    # Who only listens says goodbye under a name that sent us nothing.
                    heard = None if receiver is None else receiver.ssrc
                    if heard in ssrcs or (heard is None and is_known):
                        self._on_bye()
                case _:
                    pass

    def due(self, receiver: Receiver, now_s: float) -> bytes | None:
        """A report when it is time for one; the times vary by half, so that streams do not report in step (6.2)."""
        if self._due_s is None or now_s < self._due_s:
            self._due_s = self._due_s or now_s + self._wait_s()
            return None
        self._due_s = now_s + self._wait_s()
        return self._report(receiver, now_s)

    def goodbye(self, receiver: Receiver, now_s: float) -> bytes:
        return self._report(receiver, now_s) + rtcp.goodbye(self._sender.ssrc)

    def _report(self, receiver: Receiver, now_s: float) -> bytes:
        ssrc = self._sender.ssrc
        heard = receiver.ssrc
        blocks = (
            ()
            if heard is None
            else (receiver.reception.report(heard, receiver.last_sequence, now_s),)
        )
        name = rtcp.source_description(ssrc, self._cname)
        if self._sender.packets == self._told_packets:
            return rtcp.receiver_report(rtcp.ReceiverReport(ssrc=ssrc, reports=blocks)) + name
        self._told_packets = self._sender.packets
        report = rtcp.SenderReport(
            ssrc=ssrc,
            ntp=_ntp(),
            timestamp=self._sender.timestamp,
            packets=self._sender.packets,
            bytes_sent=self._sender.payload_bytes,
            reports=blocks,
        )
        return rtcp.sender_report(report) + name

    def _wait_s(self) -> float:
        return self._report_s * (0.5 + random.random())  # noqa: S311 — a spread of times, no secret


def _ntp() -> int:
    now_ns = time.time_ns()
    return ((now_ns // 1_000_000_000 + NTP_EPOCH_S) << 32) | (
        (now_ns % 1_000_000_000 << 32) // 1_000_000_000
    )
