"""Feed one leg of a line from an RTP stream, and end the line when it cannot be fed."""

from domain.audio import GapCause, Leg
from domain.call import EndReason
from domain.errors import InputError
from media_gateway.ending import CallOver, Ending
from media_gateway.line import Line


class LineSink:
    """A ``SoundSink``: what a line says against a sound ends that line, and never reaches the socket's callback."""

    def __init__(self, line: Line, *, leg: Leg, stream: int = 0) -> None:
        self._line = line
        self._leg = leg
        self._stream = stream

    def hear(self, sound: bytes) -> None:
        try:
            self._line.hear(sound, self._stream)
        except CallOver as over:
            self._line.end(over.ending)
        except InputError as error:
            self._line.end(Ending(reason=EndReason.BAD_WIRE, detail=error.message))

    def miss(self, samples: int, cause: GapCause) -> None:
        try:
            self._line.miss(samples, cause, self._stream)
        except CallOver as over:
            self._line.end(over.ending)

    def press(self, key: str) -> None:
        self._line.press(key, self._leg)
