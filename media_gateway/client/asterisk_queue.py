"""Keep what an application sent to a channel as chan_websocket does: a queue of frames, with notes between them."""

from collections import deque

from media_gateway.wires.asterisk_switch import QUEUE_FULL, XOFF_FROM, XON_BELOW, EventWriter


class AsteriskQueue:
    """Every method returns the events that Asterisk would send. One frame is heard every 20 ms (``tick``)."""

    def __init__(self, *, writer: EventWriter, frame_bytes: int) -> None:
        self._writer = writer
        self._frame_bytes = frame_bytes
        self._line: deque[bytes | str] = deque()
        self._frames = 0
        self._rest = b""
        self._is_buffering = False
        self._is_full = False
        self._tells_drained = False
        self.dropped_bytes = 0

    def take_sound(self, sound: bytes) -> list[str]:
        """Outside buffering what is no whole frame is dropped; so is everything while the queue is full."""
        if self._frames >= QUEUE_FULL:
            self.dropped_bytes += len(sound)
            return []
        sound = self._rest + sound
        whole = len(sound) - len(sound) % self._frame_bytes
        for at in range(0, whole, self._frame_bytes):
            self._line.append(sound[at : at + self._frame_bytes])
            self._frames += 1
        self._rest = sound[whole:] if self._is_buffering else b""
        if not self._is_buffering:
            self.dropped_bytes += len(sound) - whole
        if self._is_full or self._frames < XOFF_FROM:
            return []
        self._is_full = True
        return [self._writer.sending_allowed(False)]

    def obey(self, name: str, mark: str | None) -> None:
        """Do what a command says; others than these are not about the queue."""
        match name:
            case "START_MEDIA_BUFFERING":
                self._is_buffering = True
            case "STOP_MEDIA_BUFFERING":
                self._stop_buffering(mark)
            case "MARK_MEDIA":
                self._line.append(self._writer.mark_processed(mark))
            case "FLUSH_MEDIA":
                self._line.clear()
                self._frames, self._rest, self._is_buffering = 0, b"", False
            case "REPORT_QUEUE_DRAINED":
                self._tells_drained = True

    def tick(self) -> tuple[bytes | None, list[str]]:
        """The frame that is heard now, and the events that its turn brings."""
        events: list[str] = []
        if self._is_full and self._frames < XON_BELOW:
            self._is_full = False
            events.append(self._writer.sending_allowed(True))
        frame: bytes | None = None
        while self._line:
            entry = self._line.popleft()
            if isinstance(entry, bytes):
                frame = entry
                self._frames -= 1
                break
            events.append(entry)
        if frame is None and self._tells_drained:
            self._tells_drained = False
            events.append(self._writer.queue_drained())
        return frame, events

    def _stop_buffering(self, mark: str | None) -> None:
        self._is_buffering = False
        if self._rest:
            self._line.append(self._rest)
            self._frames += 1
            self._rest = b""
        self._line.append(self._writer.buffering_completed(mark))
