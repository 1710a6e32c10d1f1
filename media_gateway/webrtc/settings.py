"""Hold how browsers reach us and how patient we are with them."""

from dataclasses import dataclass, field

from domain.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class IceServer:
    """A STUN or TURN server: ``stun:host:3478``, ``turn:host:3478?transport=udp``, ``turns:host:5349``."""

    url: str
    username: str | None = None
    credential: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebRtcSettings:
    """Limits and waits of the WebRTC wire.

    ``token`` is what a client must present as Bearer; None lets everybody in. ``ice_servers`` are used by us and told to
    clients; none means host addresses only, which is right inside one network. A page that says nothing for ``silent_ms``
    has gone without a goodbye: browsers send sound or reports at least every few seconds, muted or not.
    """

    whip_path: str = "/whip"
    max_sessions: int = 50
    token: str | None = field(default=None, repr=False)
    ice_servers: tuple[IceServer, ...] = ()
    max_offer_bytes: int = 64 * 1024
    offer_ms: int = 5_000  # to send the body
    answer_ms: int = 10_000  # to gather our addresses and begin the call
    connect_ms: int = 12_000  # from our answer to an encrypted connection
    silent_ms: int = 10_000
    report_ms: int = 1_000
    close_ms: int = 3_000

    def __post_init__(self) -> None:
        if not self.whip_path.startswith("/") or self.whip_path.endswith("/"):
            raise InputError(
                "media_gateway.webrtc_path",
                f"expected a path like /whip, got {self.whip_path!r}; begin it with a slash",
            )
        if self.max_sessions <= 0:
            raise InputError(
                "media_gateway.webrtc_sessions",
                f"expected at least one session, got {self.max_sessions}; leave the wire out instead",
            )
        if self.token is not None and not self.token:
            raise InputError(
                "media_gateway.webrtc_token",
                "expected a token or none, got an empty one; leave it out to let everybody in",
            )

    @property
    def session_path(self) -> str:
        return f"{self.whip_path}/session"
