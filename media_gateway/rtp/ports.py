"""Lend pairs of UDP ports, RTP even and RTCP odd, out of a bounded range."""

import ipaddress
import socket
from collections import deque

from domain.errors import Refused
from media_gateway.rtp.settings import RtpSettings

EXPEDITED = 0xB8  # DSCP EF (RFC 3246): what networks expect of telephone sound
ANY_PORT_TRIES = 64


class RtpPort:
    """Two bound sockets that never block. ``close`` gives the pair back."""

    def __init__(
        self, rtp: socket.socket, rtcp: socket.socket, *, host: str, ports: "RtpPorts"
    ) -> None:
        self.rtp = rtp
        self.rtcp = rtcp
        self.host = host
        self.number = int(rtp.getsockname()[1])
        self.rtcp_number = int(rtcp.getsockname()[1])
        self._ports = ports
        self._is_closed = False

    def close(self) -> None:
        if not self._is_closed:
            self._is_closed = True
            self.rtp.close()
            self.rtcp.close()
            self._ports.take_back(self.number)


class RtpPorts:
    """All pairs of one range. A port that came back is lent again last: late packets of its old call find nobody."""

    def __init__(self, settings: RtpSettings) -> None:
        self.settings = settings
        first = settings.first_port + settings.first_port % 2
        self._is_any = settings.first_port == 0
        self._free = deque(range(first, settings.last_port, 2))

    @property
    def free(self) -> int:
        """How many pairs are left; 0 says nothing when any port will do."""
        return len(self._free)

    def open(self) -> RtpPort:
        """Raises Refused when every pair is taken, by us or by others."""
        tries = ANY_PORT_TRIES if self._is_any else len(self._free)
        for _ in range(tries):
            wanted = 0 if self._is_any else self._free.popleft()
            try:
                return self._bind(wanted)
            except OSError:
                if not self._is_any:
                    self._free.append(wanted)
        raise Refused(
            "media_gateway.no_ports",
            f"all RTP ports {self.settings.first_port}-{self.settings.last_port} are taken; widen the range",
        )

    def take_back(self, number: int) -> None:
        if not self._is_any:
            self._free.append(number)

    def _bind(self, number: int) -> RtpPort:
        rtp = self._socket(number)
        try:
            bound = int(rtp.getsockname()[1])
            if bound % 2:
                raise OSError("an odd port cannot be RTP's")
            rtcp = self._socket(bound + 1)
        except OSError:
            rtp.close()
            raise
        return RtpPort(rtp, rtcp, host=self.settings.told_host, ports=self)

    def _socket(self, number: int) -> socket.socket:
        host = self.settings.host
        is_v6 = ipaddress.ip_address(host).version == 6
        opened = socket.socket(socket.AF_INET6 if is_v6 else socket.AF_INET, socket.SOCK_DGRAM)
        try:
            opened.setblocking(False)
            opened.setsockopt(
                socket.SOL_SOCKET, socket.SO_RCVBUF, self.settings.receive_buffer_bytes
            )
            if not is_v6:
                opened.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, EXPEDITED)
            opened.bind((host, number))
        except OSError:
            opened.close()
            raise
        return opened
