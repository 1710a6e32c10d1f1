"""Keep the sound we play in step with the sound we hear, so that both recordings share one clock."""

from collections import deque

from domain.audio import SAMPLE_BYTES


class VoiceTrack:
    """What the bot has still to say. Sample n of it is heard by the far side at sample n of its own leg."""

    def __init__(self) -> None:
        self._pieces: deque[memoryview] = deque()

    def __bool__(self) -> bool:
        """Whether anything is left to say."""
        return bool(self._pieces)

    def append(self, pcm: bytes) -> None:
        self._pieces.append(memoryview(pcm))

    def cut(self) -> None:
        """Forget what was not said yet: an interrupted voice is recorded up to the interruption."""
        self._pieces.clear()

    def advance(self, samples: int) -> bytes:
        """Give the next samples: speech while there is some, silence after it."""
        spoken = bytearray()
        wanted = samples * SAMPLE_BYTES
        while self._pieces and len(spoken) < wanted:
            piece = self._pieces.popleft()
            room = wanted - len(spoken)
            spoken += piece[:room]
            if len(piece) > room:
                self._pieces.appendleft(piece[room:])
        spoken += bytes(wanted - len(spoken))
        return bytes(spoken)
