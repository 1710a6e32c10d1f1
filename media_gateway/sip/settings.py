"""Hold where SIP is spoken, whom it trusts and which trunks it registers with."""

from dataclasses import dataclass, field, fields
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path

from domain.audio import Leg
from domain.errors import InputError

LOOPBACK = ("127.0.0.0/8", "::1/128")


@dataclass(frozen=True, slots=True, kw_only=True)
class SipAccount:
    """A name and a password for callers who are not trusted by their address."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """One account at a trunk. ``registrar`` is a SIP URI such as ``sip:trunk.example;transport=tls``."""

    registrar: str
    user: str
    password: str = field(repr=False)
    auth_user: str | None = None  # when the trunk's login is not the number
    proxy: str | None = None  # where requests go when that is not the registrar
    expires_s: int = 300  # 0: never registered, only a login for outgoing calls


@dataclass(frozen=True, slots=True, kw_only=True)
class SipSettings:
    """A port that is None is off; 0 is any free one.

    ``trusted_peers`` are networks whose requests may name the conversation they belong to and need no password; with
    ``accounts`` everybody else is asked for one. ``agent_numbers`` are dialled numbers behind which an agent sits, not
    a caller. ``trunk`` is where outgoing calls go: the SIP URI of a proxy, or None for the first registration.
    """

    host: str = "127.0.0.1"
    udp_port: int | None = None
    tcp_port: int | None = None
    tls_port: int | None = None
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    tls_trusted: Path | None = None  # certificates of trunks no public authority vouches for
    advertised_host: str | None = None
    user_agent: str = "OpenHotline"
    realm: str = "openhotline"
    accounts: tuple[SipAccount, ...] = ()
    # By preference. Telephones from before RFC 8760 (2020), and sipp 3.6.1, read only the first.
    digest_algorithms: tuple[str, ...] = ("MD5", "SHA-256")
    trusted_peers: tuple[str, ...] = LOOPBACK
    agent_numbers: tuple[str, ...] = ()
    registrations: tuple[Registration, ...] = ()
    trunk: str | None = None
    caller_id: str | None = None
    max_connections: int = 1_000
    ring_ms: int = 0
    answer_ms: int = 60_000  # how long we let a number ring
    retry_after_s: int = 10
    session_expires_s: int = 1_800
    min_session_expires_s: int = 90

    def __post_init__(self) -> None:
        for name in ("udp_port", "tcp_port", "tls_port"):
            port = getattr(self, name)
            if port is not None and not 0 <= port < 65_536:
                raise _wrong(f"expected {name} from 0 to 65535, got {port}")
        if self.tls_port is not None and (self.tls_certificate is None or self.tls_key is None):
            raise _wrong("expected a certificate and a key for TLS; set both, or no TLS port")
        for name in (f.name for f in fields(self)):
            value = getattr(self, name)
            if name.endswith(("_s", "_ms", "_connections")) and value < 0:
                raise _wrong(f"expected {name} of at least 0, got {value}")
        if not self.digest_algorithms or set(self.digest_algorithms) - {"MD5", "SHA-256"}:
            raise _wrong(
                f"expected digest_algorithms of MD5 and SHA-256, got {self.digest_algorithms}"
            )
        self.trusted_networks()

    @property
    def is_on(self) -> bool:
        return any(port is not None for port in (self.udp_port, self.tcp_port, self.tls_port))

    def trusted_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        try:
            return tuple(ip_network(network, strict=False) for network in self.trusted_peers)
        except ValueError as error:
            raise _wrong(f"expected networks in trusted_peers, got {error}") from None

    def leg_of(self, dialled_number: str | None) -> Leg:
        return Leg.AGENT if dialled_number in self.agent_numbers else Leg.CALLER


def is_within(host: str, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return any((mapped or address) in network for network in networks)


def _wrong(what: str) -> InputError:
    return InputError("media_gateway.sip_settings", what)
