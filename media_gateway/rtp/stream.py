"""Run one RTP stream on its pair of ports: hear it, answer it, report on it."""

import asyncio
import socket
import time
from collections.abc import Callable

from domain.errors import InputError
from media_gateway.codecs import Encoding
from media_gateway.rtp.counters import RtpCounters
from media_gateway.rtp.crypto_attribute import CryptoAttribute, SrtpKeys
from media_gateway.rtp.decoders import native_encoding
from media_gateway.rtp.description import media_lines
from media_gateway.rtp.formats import PayloadFormat
from media_gateway.rtp.ports import RtpPort
from media_gateway.rtp.receiver import Receiver
from media_gateway.rtp.reporter import Reporter
from media_gateway.rtp.sender import RtpSender
from media_gateway.rtp.settings import RtpSettings
from media_gateway.rtp.source_lock import Source, SourceLock
from media_gateway.rtp.srtp import SrtpContext
from media_gateway.rtp.timeline import SoundSink, Timeline

LONGEST_DATAGRAM = 4_096  # 20 ms of stereo L16 at 44.1 kHz are 3540 bytes
READS_AT_ONCE = 32  # then another stream has its turn
READS_AT_THE_END = 32  # more than the kernel keeps
TICK_S = 1.0
NOWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 — an SDP that is on hold, not an address to bind

__all__ = ["RtpStream", "SoundSink"]


class RtpStream:
    """One stream in, one out. It is made with the offer or answer, and reads from ``start`` on until ``close``.

    What arrives before ``start`` waits in the kernel, about five seconds of it. ``on_bye`` hears of an RTCP goodbye
    of whom we hear, ``on_orphan`` that neither RTP nor RTCP came for ``orphan_ms``; both may be called more than once.
    """

    def __init__(
        self,
        *,
        port: RtpPort,
        formats: tuple[PayloadFormat, ...],
        sample_rate_hz: int,
        settings: RtpSettings,
        encoding: Encoding | None = None,
        srtp: SrtpKeys | None = None,
        on_bye: Callable[[], None] | None = None,
        on_orphan: Callable[[], None] | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Raises InputError when no format is sound."""
        sound = next((one for one in formats if one.is_sound), None)
        if sound is None:
            raise InputError("media_gateway.formats", "expected a format of sound, got none")
        self.sample_rate_hz = sample_rate_hz
        self.encoding = encoding or native_encoding(sound, sample_rate_hz)
        self.counters = RtpCounters()
        self._port = port
        self._settings = settings
        self._formats = formats
        self._now = now
        self._on_orphan = on_orphan
        self._lock = SourceLock()
        self._sender = RtpSender(sample_rate_hz=sample_rate_hz, transmit=self._transmit, now=now)
        self._sender.agree(formats)
        self._reporter = Reporter(
            sender=self._sender, on_bye=on_bye or _ignore, report_s=settings.report_ms / 1000
        )
        self._timeline: Timeline | None = None
        self._receiver: Receiver | None = None
        self._keys: SrtpKeys | None = None
        self._srtp: SrtpContext | None = None
        self._told: Source | None = None
        self._rtcp_told: Source | None = None
        self._rtcp_mux = False
        self._is_held = self._is_nowhere = False
        self._heard_at_s = now()
        self._timer: asyncio.TimerHandle | None = None
        self._is_closed = False
        self._protect(srtp)

    @property
    def source(self) -> Source | None:
        """Whom we hear and answer; None before anybody is locked."""
        return self._lock.locked

    @property
    def silent_for_ms(self) -> int:
        """Since when neither RTP nor RTCP has come."""
        return int((self._now() - self._heard_at_s) * 1000)

    @property
    def host(self) -> str:
        """Where others reach us, as it is told to them."""
        return self._port.host

    @property
    def port(self) -> int:
        return self._port.number

    @property
    def rtcp_port(self) -> int:
        return self._port.rtcp_number

    @property
    def crypto(self) -> CryptoAttribute | None:
        """The key of what we send, for the far side."""
        return self._keys.ours if self._keys else None

    def describe(
        self,
        *,
        direction: str = "sendrecv",
        formats: tuple[PayloadFormat, ...] | None = None,
        rtcp_mux: bool = False,
    ) -> tuple[str, ...]:
        """The SDP media section that invites others to send here."""
        return media_lines(
            host=self._port.host,
            port=self._port.number,
            rtcp_port=self._port.number if rtcp_mux else self._port.rtcp_number,
            formats=formats or self._formats,
            crypto=self.crypto,
            direction=direction,
            rtcp_mux=rtcp_mux,
        )

    def set_remote(
        self,
        address: Source | None,
        formats: tuple[PayloadFormat, ...],
        *,
        srtp: SrtpKeys | None = None,
        local: tuple[PayloadFormat, ...] | None = None,
        rtcp_mux: bool = False,
        rtcp_address: Source | None = None,
    ) -> None:
        """What the far side's SDP says, first or anew. It may send from elsewhere now; the lock opens for a moment."""
        self._is_nowhere = address is not None and address[0] in NOWHERE
        self._told = None if self._is_nowhere else address
        self._rtcp_told, self._rtcp_mux = rtcp_address, rtcp_mux
        self._formats = local or self._formats
        self._sender.agree(formats)
        self._lock.expect(self._told)
        if srtp is not None and srtp != self._keys:
            self._protect(srtp)
        if self._receiver is not None:
            self._receiver.relearn()
            self._agree()

    def start(self, sink: SoundSink) -> None:
        """Begin to read. Call it once, on the event loop."""
        self._timeline = Timeline(
            sink=sink,
            encoding=self.encoding,
            sample_rate_hz=self.sample_rate_hz,
            settings=self._settings,
            counters=self.counters,
        )
        self._receiver = Receiver(
            timeline=self._timeline,
            counters=self.counters,
            lock=self._lock,
            jitter_ms=self._settings.jitter_ms,
            on_rtcp=self._take_rtcp,
        )
        self._receiver.open_with(self._srtp.open if self._srtp else None)
        self._agree()
        self._heard_at_s = self._now()
        loop = asyncio.get_running_loop()
        loop.add_reader(self._port.rtp, self._read)
        loop.add_reader(self._port.rtcp, self._read_rtcp)
        self._timer = loop.call_later(TICK_S, self._tick)

    def send(self, pcm: bytes) -> None:
        """20 ms of 16-bit mono at ``sample_rate_hz``. Never blocks, never raises; on hold nothing is sent."""
        if not (self._is_held or self._is_closed):
            self._sender.send(pcm)

    async def send_key(self, key: str) -> None:
        """Press a key for ``key_ms``. Raises InputError for what is no key, Refused when none were agreed."""
        await self._sender.press(key, key_ms=self._settings.key_ms)

    def pause(self) -> None:
        """On hold: nothing is sent, and the line keeps the time. What still comes goes to the sink."""
        self._is_held = True
        if self._timeline is not None:
            self._timeline.pause()

    def resume(self) -> None:
        self._is_held = False
        if self._timeline is not None:
            self._timeline.resume()

    def close(self) -> None:
        """Hand on what waits, say goodbye, give the ports back. Twice is fine."""
        if self._is_closed:
            return
        self._is_closed = True
        if self._receiver is not None:
            loop = asyncio.get_running_loop()
            loop.remove_reader(self._port.rtp)
            loop.remove_reader(self._port.rtcp)
            self._read_rest()
            self._receiver.flush(self._now())
            self._send_rtcp(self._reporter.goodbye(self._receiver, self._now()))
        if self._timer is not None:
            self._timer.cancel()
        self._port.close()

    def _agree(self) -> None:
        if self._timeline is not None and self._receiver is not None:
            self._timeline.agree(self._formats)
            clocks = [one.clock_rate_hz for one in self._formats if one.is_sound]
            self._receiver.reception.tell_clock(clocks[0])

    def _protect(self, keys: SrtpKeys | None) -> None:
        self._keys = keys
        self._srtp = SrtpContext(keys) if keys else None
        if self._receiver is not None:
            self._receiver.open_with(self._srtp.open if self._srtp else None)

    def _read(self) -> bool:
        """Take what has come; True when there may be more."""
        receiver = self._receiver
        if receiver is None:
            return False
        now_s = self._now()
        before = self.counters.received
        take, receive = receiver.take, self._port.rtp.recvfrom
        may_be_more = True
        try:
            for _ in range(READS_AT_ONCE):
                data, source = receive(LONGEST_DATAGRAM)
                take(data, source, now_s)
        except BlockingIOError:
            may_be_more = False
        except OSError:
            self.counters.malformed += 1
            may_be_more = False
        if self.counters.received != before:
            self._heard_at_s = now_s
        return may_be_more

    def _read_rest(self) -> None:
        for _ in range(READS_AT_THE_END):
            if not self._read():
                return

    def _read_rtcp(self) -> None:
        try:
            for _ in range(READS_AT_ONCE):
                data, source = self._port.rtcp.recvfrom(LONGEST_DATAGRAM)
                self._take_rtcp(data, source)
        except BlockingIOError:
            return
        except OSError:
            self.counters.malformed += 1

    def _take_rtcp(self, data: bytes, source: Source) -> None:
        known = {one[0] for one in (self._lock.locked, self._told, self._rtcp_told) if one}
        if known and source[0] not in known:
            self.counters.refused += 1
            return
        now_s = self._now()
        try:
            plain = self._srtp.open_rtcp(data) if self._srtp else data
            self._reporter.hear(plain, self._receiver, now_s, is_known=bool(known))
        except InputError:
            self.counters.malformed += 1
            return
        self.counters.reports += 1
        self._heard_at_s = now_s

    def _tick(self) -> None:
        now_s = self._now()
        if self._receiver is not None:
            self._receiver.tick(now_s)
            self._send_rtcp(self._reporter.due(self._receiver, now_s))
        if self._on_orphan is not None and self.silent_for_ms >= self._settings.orphan_ms:
            self._on_orphan()
        if not self._is_closed:
            self._timer = asyncio.get_running_loop().call_later(TICK_S, self._tick)

    def _transmit(self, packet: bytes) -> None:
        target = self._lock.locked or self._told
        if target is None or self._is_nowhere or self._is_closed:
            self.counters.unsent += 1
            return
        self._put(self._port.rtp, self._srtp.seal if self._srtp else None, packet, target)

    def _send_rtcp(self, packet: bytes | None) -> None:
        target = self._rtcp_target()
        if packet is None or target is None:
            return
        sender = self._port.rtp if self._rtcp_mux else self._port.rtcp
        self._put(sender, self._srtp.seal_rtcp if self._srtp else None, packet, target)

    def _rtcp_target(self) -> Source | None:
        if self._rtcp_told is not None and not self._rtcp_mux:
            return self._rtcp_told
        target = self._lock.locked or self._told
        if target is None or self._rtcp_mux:
            return target
        return (target[0], target[1] + 1) if target[1] < 65_535 else None

    def _put(
        self,
        sender: socket.socket,
        seal: Callable[[bytes], bytes] | None,
        packet: bytes,
        target: Source,
    ) -> None:
        try:
            sender.sendto(seal(packet) if seal else packet, target)
        except (OSError, InputError):
            self.counters.unsent += 1
        else:
            self.counters.sent += 1


def _ignore() -> None:
    """Nobody asked to hear of it."""
