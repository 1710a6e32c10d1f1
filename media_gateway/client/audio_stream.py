"""Place one call as FreeSWITCH mod_audio_stream does: compressed, with metadata that says nothing about the sound."""

from collections.abc import Sequence

from domain.audio import Speech
from media_gateway.client.mouth import Source
from media_gateway.client.told import told
from media_gateway.client.websocket_call import Message, WebSocketCall
from media_gateway.wires import audio_fork, audio_stream
from media_gateway.wires.json_text import json_text


class AudioStreamCall(WebSocketCall):
    """``on_speech`` hears whole pieces when they arrive: the module does not tell when it has played them."""

    wire = "mod_audio_stream"
    path = "/wire/audio-stream"
    compression = "deflate"  # the module's default

    def queries(self, source: Source) -> list[dict[str, str]]:
        return [
            {
                "sampleRate": str(source.sample_rate_hz),
                "mixType": "stereo" if source.channels == 2 else "mono",
                "legs": ",".join(self._metadata.legs_of(source.channels)),
            }
        ]

    def begin(self, number: int, source: Source) -> Sequence[Message]:
        named = {} if self.wire_call_id is None else {"callid": self.wire_call_id}
        return [json_text({**told(self._metadata), **named})]

    def sound(self, block: bytes, source: Source) -> Sequence[Sequence[Message]]:
        return [[block]]

    async def obey(self, number: int, message: Message) -> bool:
        match audio_stream.parse_command(message if isinstance(message, str) else "{}"):
            case audio_fork.PlayAudio(pcm=pcm, sample_rate_hz=rate_hz):
                if self._on_speech is not None:
                    await self._on_speech(Speech(pcm=pcm, sample_rate_hz=rate_hz))
            case audio_fork.CallNamed(call_id=call_id):
                self._call_id = call_id
            case audio_fork.Disconnect():
                return False
            case _:
                pass
        return True

    def key(self, key: str) -> Message:
        return audio_fork.key_pressed(key)
