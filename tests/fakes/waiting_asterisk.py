"""Be an Asterisk in which a channel waits for us: what it is sent goes into a queue that is heard on its own clock."""

import asyncio

from websockets.asyncio.server import ServerConnection

from media_gateway.client.asterisk_queue import AsteriskQueue
from media_gateway.wires.asterisk_media import CODECS, Spelling
from media_gateway.wires.asterisk_switch import EventWriter, parse_command

FRAME = bytes(range(160))


class FakeAsterisk:
    """It takes one connection; ``tick_s`` is how long 20 ms of it last."""

    def __init__(self, *, spelling: Spelling = Spelling.PLAIN, tick_s: float = 0.001) -> None:
        self.writer = EventWriter(spelling=spelling, channel_id="1761245643.1")
        self.queue = AsteriskQueue(writer=self.writer, frame_bytes=160)
        self.heard: list[bytes] = []
        self.texts: list[str] = []
        self.sizes: list[int] = []
        self.paths: list[str] = []
        self._tick_s = tick_s

    async def take(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        self.paths.append(socket.request.path)
        await socket.send(
            self.writer.media_start(connection_id="c-1", format_name="ulaw", codec=CODECS["ulaw"])
        )
        async with asyncio.TaskGroup() as group:
            ticking = group.create_task(self._tick(socket))
            async for message in socket:
                for event in self._obey(message):
                    await socket.send(event)
                if self.texts and parse_command(self.texts[-1]).name == "HANGUP":
                    break
            ticking.cancel()

    async def _tick(self, socket: ServerConnection) -> None:
        while True:
            frame, events = self.queue.tick()
            if frame is not None:
                self.heard.append(frame)
            await socket.send(FRAME)
            for event in events:
                await socket.send(event)
            await asyncio.sleep(self._tick_s)

    def _obey(self, message: str | bytes) -> list[str]:
        if isinstance(message, bytes):
            self.sizes.append(len(message))
            return self.queue.take_sound(message)
        self.texts.append(message)
        command = parse_command(message)
        self.queue.obey(command.name, command.mark)
        return []
