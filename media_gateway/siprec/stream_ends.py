"""Open and hold our RTP ends of a recording's m-lines."""

from collections.abc import Sequence

from media_gateway.codecs import Encoding
from media_gateway.rtp.ports import RtpPorts
from media_gateway.rtp.settings import RtpSettings
from media_gateway.rtp.stream import RtpStream
from media_gateway.siprec.answer import NARROW_HZ, Opened, Planned, shared_rate_hz
from media_gateway.siprec.chair import Chair, keys_of

_PLAIN = {"PCMU": Encoding.PCMU, "PCMA": Encoding.PCMA}


class StreamEnds:
    """All streams of one recording speak one encoding at one rate, for they share a line."""

    def __init__(
        self, *, ports: RtpPorts, settings: RtpSettings, host: str, planned: Sequence[Planned]
    ) -> None:
        self._ports = ports
        self._settings = settings
        self.host = settings.advertised_host or host
        self.sample_rate_hz = shared_rate_hz(planned)
        self.encoding = _shared_encoding(planned, self.sample_rate_hz)
        self.chairs: list[Chair] = []

    @property
    def opened(self) -> dict[int, Opened]:
        return {chair.place: chair.opened for chair in self.chairs}

    def open(self, planned: Planned) -> Chair:
        """Raises Refused when every port is taken."""
        port = self._ports.open()
        stream = RtpStream(
            port=port,
            formats=planned.formats,
            sample_rate_hz=self.sample_rate_hz,
            settings=self._settings,
            encoding=self.encoding,
            srtp=keys_of(planned),
        )
        stream.set_remote(
            planned.remote,
            planned.formats,
            srtp=keys_of(planned),
            rtcp_mux=planned.media.rtcp_mux,
        )
        opened = Opened(host=self.host, port=port.number, rtcp_port=port.rtcp_number)
        chair = Chair(planned=planned, stream=stream, opened=opened, number=len(self.chairs) + 1)
        self.chairs.append(chair)
        return chair

    def open_all(self, planned: Sequence[Planned]) -> None:
        """Raises Refused when there are not enough ports; then none is kept."""
        try:
            for entry in planned:
                if entry.is_usable:
                    self.open(entry)
        except BaseException:
            self.close()
            raise

    def at(self, place: int) -> Chair | None:
        return next((chair for chair in self.chairs if chair.place == place), None)

    def close(self) -> None:
        for chair in self.chairs:
            chair.close()


def _shared_encoding(planned: Sequence[Planned], rate_hz: int) -> Encoding:
    """G.711 goes through as it is when all streams speak the same; anything else is decoded at the wire."""
    names = {entry.formats[0].name for entry in planned if entry.is_usable}
    name = names.pop() if len(names) == 1 else ""
    return _PLAIN.get(name, Encoding.L16) if rate_hz == NARROW_HZ else Encoding.L16
