"""Place one call as Asterisk's chan_websocket does: a WebSocket for each leg."""

from collections.abc import Sequence
from uuid import uuid4

from domain.audio import Speech
from media_gateway.client.asterisk_queue import AsteriskQueue
from media_gateway.client.at_rate import AtRate
from media_gateway.client.farewell import Farewell
from media_gateway.client.mouth import Source
from media_gateway.client.told import told
from media_gateway.client.websocket_call import Message, WebSocketCall
from media_gateway.codecs import decoded, deinterleaved, encoded
from media_gateway.wires import asterisk_switch
from media_gateway.wires.asterisk_media import CODECS, FRAME_MS, SUBPROTOCOL, Codec, Spelling

FORMATS = {8_000: "ulaw", 16_000: "slin16", 24_000: "slin24", 48_000: "slin48"}
OTHER_RATES_HZ = 16_000  # what Asterisk would resample to


class AsteriskCall(WebSocketCall):
    """Two legs are two sockets of one call. What the server sends is heard at a frame each 20 ms of the call."""

    wire = "asterisk"
    path = "/wire/asterisk"
    subprotocol = SUBPROTOCOL
    spelling = Spelling.PLAIN

    _queues: list[AsteriskQueue]
    _writers: list[asterisk_switch.EventWriter]
    _codec: Codec
    _name: str | None = None

    @property
    def wire_call_id(self) -> str:
        if self._name is None:
            self._name = self._metadata.wire_call_id or f"{uuid4().int % 10**10}.1"
        return self._name

    async def run(self, source: Source) -> Farewell:
        wired = source if source.sample_rate_hz in FORMATS else AtRate(source, OTHER_RATES_HZ)
        return await super().run(wired)

    def queries(self, source: Source) -> list[dict[str, str]]:
        self._queues, self._writers = [], []
        return [
            {"call": self.wire_call_id, "leg": leg, **told(self._metadata)}
            for leg in self._metadata.legs_of(source.channels)
        ]

    def begin(self, number: int, source: Source) -> Sequence[Message]:
        name = FORMATS[source.sample_rate_hz]
        self._codec = CODECS[name]
        writer = asterisk_switch.EventWriter(
            spelling=self.spelling, channel_id=f"{self.wire_call_id}{number}"
        )
        self._writers.append(writer)
        self._queues.append(AsteriskQueue(writer=writer, frame_bytes=self._codec.frame_bytes))
        return [writer.media_start(connection_id="hotline", format_name=name, codec=self._codec)]

    def sound(self, block: bytes, source: Source) -> Sequence[Sequence[Message]]:
        channels = deinterleaved(block, source.channels)
        return [
            [encoded(channel, self._codec.encoding), *self._heard(number, len(channel) // 2)]
            for number, channel in enumerate(channels)
        ]

    async def obey(self, number: int, message: Message) -> bool:
        if isinstance(message, bytes):
            for event in self._queues[number].take_sound(message):
                await self._try_send(number, event)
            if self._on_speech is not None:
                pcm = decoded(message, self._codec.encoding)
                await self._on_speech(Speech(pcm=pcm, sample_rate_hz=self._codec.rate_hz))
            return True
        command = asterisk_switch.parse_command(message)
        self._queues[number].obey(command.name, command.mark)
        return command.name != "HANGUP"

    def key(self, key: str) -> Message:
        return self._writers[0].key(key)

    def _heard(self, number: int, samples: int) -> list[str]:
        """The events of as many frames as were spoken meanwhile."""
        frames = samples * 1000 // (self._codec.rate_hz * FRAME_MS)
        return [event for _ in range(frames) for event in self._queues[number].tick()[1]]
