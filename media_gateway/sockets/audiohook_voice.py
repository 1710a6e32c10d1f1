"""Speak to an AudioHook bot's caller in packets large enough for Genesys."""

from media_gateway.codecs import Encoding, encoded
from media_gateway.metronome import Metronome
from media_gateway.mouthpiece import Mouthpiece
from media_gateway.sockets.audiohook_post import AudioHookPost
from media_gateway.wires.audiohook_media import RATE_HZ

# 200 ms, 1600 bytes of PCMU: Genesys takes five binary messages a second and answers more with 429.
PACKET_PCM_BYTES = RATE_HZ // 5 * 2


class AudioHookVoice:
    """The outgoing sound of one bot session."""

    def __init__(self, *, metronome: Metronome, encoding: Encoding, post: AudioHookPost) -> None:
        self._encoding = encoding
        self._post = post
        self._gathered = bytearray()
        self.mouthpiece = Mouthpiece(metronome=metronome, sample_rate_hz=RATE_HZ, send=self._gather)

    async def say(self, pcm: bytes) -> None:
        """Returns when the last packet was handed on, or when hushed."""
        await self.mouthpiece.play(pcm)
        if self._gathered and not self.mouthpiece.is_speaking:
            self._gathered.extend(bytes(PACKET_PCM_BYTES - len(self._gathered)))
            self._send()

    def hush(self) -> None:
        self.mouthpiece.stop()
        self._gathered.clear()
        self._post.hush()

    def close(self) -> None:
        self.mouthpiece.close()
        self._gathered.clear()

    def _gather(self, frame: bytes) -> None:
        self._gathered += frame
        if len(self._gathered) >= PACKET_PCM_BYTES:
            self._send()

    def _send(self) -> None:
        self._post.speak(encoded(bytes(self._gathered), self._encoding))
        self._gathered.clear()
