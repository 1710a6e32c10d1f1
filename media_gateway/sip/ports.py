"""Open the ports SIP is spoken on, and find the way to whoever a URI names."""

import asyncio
import logging
import socket
import ssl
from dataclasses import dataclass

from aiosipua.headers import parse_uri

from domain.errors import InputError, NotFound
from media_gateway.sip.link import Address, Link, Receive
from media_gateway.sip.settings import SipSettings
from media_gateway.sip.stream import StreamLink
from media_gateway.sip.udp import UdpPort

log = logging.getLogger(__name__)

CONNECT_S = 5
DEFAULT_PORTS = {"UDP": 5060, "TCP": 5060, "TLS": 5061}


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a request goes. SRV records are not looked up: name the port, or use a proxy that does."""

    transport: str
    host: str
    port: int


def target_of(uri: str) -> Target:
    """Raises InputError when the URI names no host."""
    parsed = parse_uri(uri)
    transport = (parsed.params.get("transport") or "").upper()
    if parsed.scheme == "sips" or (transport == "TCP" and parsed.port == 5061):
        transport = "TLS"
    if transport not in DEFAULT_PORTS:
        transport = "UDP"
    host = parsed.host.strip("[]")
    if not host or any(sign.isspace() for sign in host):
        raise InputError("media_gateway.sip_uri", "expected a SIP URI with a host, got none")
    return Target(transport=transport, host=host, port=parsed.port or DEFAULT_PORTS[transport])


class SipPorts:
    """Our UDP, TCP and TLS ports and every connection of theirs."""

    def __init__(self, settings: SipSettings, receive: Receive) -> None:
        self._settings = settings
        self._receive = receive
        self._udp: UdpPort | None = None
        self._servers: list[asyncio.Server] = []
        self._connections: set[StreamLink] = set()
        self.numbers: dict[str, int] = {}

    async def open(self) -> None:
        """Raises OSError when a port is taken, InputError when the certificate cannot be used."""
        settings = self._settings
        if settings.udp_port is not None:
            await self._open_udp(settings.udp_port)
        if settings.tcp_port is not None:
            await self._listen("TCP", settings.tcp_port, None)
        if settings.tls_port is not None:
            await self._listen("TLS", settings.tls_port, _server_context(settings))

    async def link_to(self, target: Target) -> Link:
        """A connection there is used again. Raises NotFound when nobody is there within ``CONNECT_S``."""
        try:
            async with asyncio.timeout(CONNECT_S):
                host = await _resolved(target)
                if target.transport == "UDP":
                    return await self._udp_to((host, target.port))
                return self._connected(target, host) or await self._connect(target, host)
        except (OSError, TimeoutError, UnicodeError) as error:
            raise NotFound(
                "media_gateway.sip_unreachable",
                f"nobody answers at {target.host}:{target.port}/{target.transport}: {error}",
            ) from None

    async def close(self) -> None:
        for server in self._servers:
            server.close()
        for connection in tuple(self._connections):
            connection.close()
        if self._udp is not None:
            self._udp.close()

    async def _open_udp(self, port: int) -> UdpPort:
        loop = asyncio.get_running_loop()
        _, udp = await loop.create_datagram_endpoint(
            lambda: UdpPort(self._receive), local_addr=(self._settings.host, port)
        )
        self._udp = udp
        self.numbers["UDP"] = udp.number
        return udp

    async def _udp_to(self, peer: Address) -> Link:
        udp = self._udp or await self._open_udp(0)
        return udp.link_to(peer)

    async def _listen(self, transport: str, port: int, context: ssl.SSLContext | None) -> None:
        server = await asyncio.get_running_loop().create_server(
            lambda: self._link(transport), self._settings.host, port, ssl=context
        )
        self._servers.append(server)
        self.numbers[transport] = server.sockets[0].getsockname()[1]

    def _connected(self, target: Target, host: str) -> Link | None:
        wanted = (target.transport, host, target.port)
        for link in self._connections:
            if (link.transport, *link.peer) == wanted and link.is_alive:
                return link
        return None

    async def _connect(self, target: Target, host: str) -> Link:
        is_tls = target.transport == "TLS"
        _, link = await asyncio.get_running_loop().create_connection(
            lambda: self._link(target.transport),
            host,
            target.port,
            ssl=_client_context(self._settings) if is_tls else None,
            server_hostname=target.host if is_tls else None,
        )
        return link

    def _link(self, transport: str) -> StreamLink:
        return StreamLink(
            self._receive,
            transport=transport,
            welcome=self._welcome,
            forget=self._connections.discard,
        )

    def _welcome(self, link: StreamLink) -> bool:
        if len(self._connections) >= self._settings.max_connections:
            log.warning(
                "a SIP connection was refused",
                extra={"code": "media_gateway.sip_connections", "peer": link.peer[0]},
            )
            return False
        self._connections.add(link)
        return True


async def _resolved(target: Target) -> str:
    found = await asyncio.get_running_loop().getaddrinfo(
        target.host, target.port, type=socket.SOCK_STREAM
    )
    addresses = [str(entry[4][0]) for entry in found]
    return next((address for address in addresses if ":" not in address), addresses[0])


def _server_context(settings: SipSettings) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(str(settings.tls_certificate), str(settings.tls_key))
    except (OSError, ssl.SSLError) as error:
        raise InputError(
            "media_gateway.sip_certificate",
            f"cannot use the TLS certificate or key: {error}; check both files",
        ) from None
    return context


def _client_context(settings: SipSettings) -> ssl.SSLContext:
    trusted = settings.tls_trusted
    return ssl.create_default_context(cafile=str(trusted) if trusted is not None else None)
