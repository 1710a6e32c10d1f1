"""Receive WebRTC with aiortc as its documentation shows, and forget what came: the peer of our WebRTC wire's cost.

Run as a process: ``python -m bench.gateway.bare_webrtc``. It answers WHIP, drains every track, and tells on each order
``mark`` how many packets' worth of sound it has taken and what CPU time it has used.
"""

import asyncio
from contextlib import suppress

import uvicorn
from aiortc import MediaStreamTrack, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.gateway.bare import HOST
from bench.gateway.process import cpu_s, orders, tell


class BareReceiver:
    """All sessions of the process."""

    def __init__(self, group: asyncio.TaskGroup) -> None:
        self.frames = 0
        self.peers: list[RTCPeerConnection] = []
        self._group = group

    async def offer(self, request: Request) -> Response:
        peer = RTCPeerConnection()
        self.peers.append(peer)
        peer.on("track", lambda track: self._group.create_task(self._drain(track)))
        sdp = (await request.body()).decode()
        await peer.setRemoteDescription(RTCSessionDescription(sdp=sdp, type="offer"))
        await peer.setLocalDescription(await peer.createAnswer())
        headers = {"Location": f"/whip/session/{len(self.peers)}"}
        return Response(
            peer.localDescription.sdp,
            status_code=201,
            media_type="application/sdp",
            headers=headers,
        )

    async def leave(self, request: Request) -> Response:
        return Response(status_code=200)

    async def _drain(self, track: MediaStreamTrack) -> None:
        with suppress(MediaStreamError):
            while True:
                await track.recv()
                self.frames += 1


async def receive() -> None:
    """Until the parent goes."""
    async with asyncio.TaskGroup() as group:
        bare = BareReceiver(group)
        routes = [
            Route("/whip", bare.offer, methods=["POST"]),
            Route("/whip/session/{session}", bare.leave, methods=["DELETE"]),
        ]
        config = uvicorn.Config(
            Starlette(routes=routes), host=HOST, port=0, log_config=None, lifespan="off"
        )
        server = uvicorn.Server(config)
        serving = group.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
        tell(ports=[server.servers[0].sockets[0].getsockname()[1]])
        reader = await orders()
        while await reader.readline():
            tell(messages=bare.frames, cpu_s=cpu_s())
        for peer in bare.peers:
            await peer.close()
        server.should_exit = True
        await serving


if __name__ == "__main__":
    asyncio.run(receive())
