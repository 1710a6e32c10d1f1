"""Join a call's RTP stream to its line: nothing is heard before there is one, and hold holds both."""

import contextlib

from domain.audio import GapCause, Leg
from media_gateway.line import Line
from media_gateway.rtp.line_sink import LineSink
from media_gateway.rtp.stream import RtpStream
from media_gateway.sip.negotiation import Agreement
from media_gateway.sip.sdp import UNSPECIFIED


class SoundPath:
    """The stream's sink. Ringing and announcements before the answer are drained and not heard."""

    def __init__(self, stream: RtpStream, *, leg: Leg) -> None:
        self.stream = stream
        self._leg = leg
        self._line: Line | None = None
        self._sink: LineSink | None = None
        self.is_held = False
        self._is_started = False

    def start(self) -> None:
        """Begin to drain; twice is once."""
        if not self._is_started:
            self._is_started = True
            self.stream.start(self)

    def attach(self, line: Line) -> None:
        """From here on it is heard."""
        self._line = line
        self._sink = LineSink(line, leg=self._leg)
        if self.is_held:
            line.hold(self._leg)
        self.start()

    def follow(self, agreement: Agreement) -> None:
        """Send where the far side wants it now, in the way it wants it, and hold what it holds."""
        remote = agreement.remote
        self.stream.set_remote(
            remote,
            agreement.formats,
            srtp=agreement.srtp,
            local=agreement.formats,
            rtcp_mux=agreement.media.rtcp_mux,
            rtcp_address=_rtcp_address(agreement),
        )
        self._hold(agreement.media.is_on_hold)

    def hear(self, sound: bytes) -> None:
        if self._sink is not None:
            self._sink.hear(sound)

    def miss(self, samples: int, cause: GapCause) -> None:
        if self._sink is not None:
            self._sink.miss(samples, cause)

    def press(self, key: str) -> None:
        if self._sink is not None:
            self._sink.press(key)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.stream.close()

    def _hold(self, is_held: bool) -> None:
        if is_held == self.is_held:
            return
        self.is_held = is_held
        if is_held:
            self.stream.pause()
        else:
            self.stream.resume()
        if self._line is not None and is_held:
            self._line.hold(self._leg)
        elif self._line is not None:
            self._line.resume(self._leg)


def _rtcp_address(agreement: Agreement) -> tuple[str, int] | None:
    media = agreement.media
    told = agreement.remote
    if media.rtcp_port is None or told is None or told[0] in UNSPECIFIED:
        return None
    return (told[0], media.rtcp_port)
