"""Place one call as Twilio Media Streams does: both tracks of it, or one that can be answered."""

from collections import deque
from collections.abc import Sequence
from uuid import uuid4

from domain.audio import Leg, Speech, ms_from_samples
from media_gateway.client.mouth import Source
from media_gateway.client.told import told
from media_gateway.client.websocket_call import Message, WebSocketCall
from media_gateway.codecs import deinterleaved, pcm16_to_ulaw, ulaw_to_pcm16
from media_gateway.wires import twilio, twilio_switch


class TwilioCall(WebSocketCall):
    """A stream of one track is bidirectional: what the server sends sounds, and its marks come back when it has."""

    wire = twilio.TWILIO.wire
    path = "/wire/twilio"
    rate_hz = 8_000

    _writer: twilio_switch.StreamWriter
    _chunk = 0
    _heard_until = 0
    """The sample of the call at which what was sent to us will have sounded."""

    @property
    def wire_call_id(self) -> str:
        return self._writer.call_id

    def begin(self, number: int, source: Source) -> Sequence[Message]:
        self._writer = twilio_switch.StreamWriter(
            stream_id=f"MZ{uuid4().hex}",
            call_id=self._metadata.wire_call_id or f"CA{uuid4().hex}",
        )
        self._marks: deque[tuple[int, str]] = deque()
        self._legs = self._metadata.legs_of(source.channels)
        tracks = tuple(self._track(channel) for channel in range(source.channels))
        return [
            self._writer.connected(),
            self._writer.start(tuple(sorted(tracks)), told(self._metadata)),
        ]

    def sound(self, block: bytes, source: Source) -> Sequence[Sequence[Message]]:
        self._chunk += 1
        at_ms = ms_from_samples(self._sent_samples, source.sample_rate_hz)
        messages: list[Message] = [
            self._writer.media(
                self._track(number), chunk=self._chunk, at_ms=at_ms, sound=pcm16_to_ulaw(channel)
            )
            for number, channel in enumerate(deinterleaved(block, source.channels))
        ]
        while self._marks and self._marks[0][0] <= self._sent_samples:
            messages.append(self._writer.mark_reached(self._marks.popleft()[1]))
        return [messages]

    async def obey(self, number: int, message: Message) -> bool:
        match twilio_switch.read_command(message if isinstance(message, str) else ""):
            case twilio_switch.PlaySound(sound=sound):
                self._heard_until = max(self._heard_until, self._sent_samples) + len(sound)
                if self._on_speech is not None:
                    await self._on_speech(
                        Speech(pcm=ulaw_to_pcm16(sound), sample_rate_hz=self.rate_hz)
                    )
            case twilio.MarkReached(name=name):
                self._marks.append((self._heard_until, name))
            case twilio_switch.Clear():
                self._heard_until = 0
                while self._marks:
                    await self._try_send(0, self._writer.mark_reached(self._marks.popleft()[1]))
            case _:
                pass
        return True

    def key(self, key: str) -> Message:
        return self._writer.key(key)

    def goodbye(self, number: int) -> Sequence[Message]:
        return [self._writer.stop()]

    def _track(self, channel: int) -> str:
        return twilio.OUTBOUND if self._legs[channel] is Leg.AGENT else twilio.INBOUND
