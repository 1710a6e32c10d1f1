"""Gather the gateway's doors on the HTTP port, for the caretaker to mount."""

from starlette.routing import BaseRoute

from media_gateway.gateway import MediaGateway
from media_gateway.sockets import audio_fork, lookup
from media_gateway.sockets.audio_fork import AUDIO_FORK_PATH

__all__ = ["AUDIO_FORK_PATH", "wire_routes"]


def wire_routes(gateway: MediaGateway) -> list[BaseRoute]:
    """Every wire that comes over HTTP or a WebSocket."""
    return [*audio_fork.routes(gateway), *lookup.routes(gateway)]
