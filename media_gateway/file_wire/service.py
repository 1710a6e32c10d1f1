"""Take recordings, play each as a call of its own, and remember for a while how they ended."""

import asyncio
import logging

from domain.errors import ContactCentreError, NotFound, Refused
from domain.ids import CallId
from media_gateway.file_wire.playing import WIRE, FilePlay
from media_gateway.file_wire.settings import FileWireSettings
from media_gateway.gateway import MediaGateway

log = logging.getLogger(__name__)

WAITING = 16
BEGIN_S = 10.0


class FileWire:
    """A service. ``begin`` takes a recording that is ready to be played; ``run`` plays them."""

    def __init__(self, *, gateway: MediaGateway, settings: FileWireSettings) -> None:
        self.gateway = gateway
        self.settings = settings
        self.uploads = asyncio.Semaphore(settings.uploads_at_once)
        self._waiting: asyncio.Queue[FilePlay] = asyncio.Queue(maxsize=WAITING)
        self._plays: dict[CallId, FilePlay] = {}

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as plays:
            while True:
                play = await self._waiting.get()
                plays.create_task(self._live(play))

    async def begin(self, play: FilePlay) -> CallId:
        """Returns when the call has begun; the recording is deleted when it has ended. Raises Refused."""
        try:
            self._waiting.put_nowait(play)
            async with asyncio.timeout(BEGIN_S):
                call_id = await play.began
        except (asyncio.QueueFull, TimeoutError):
            play.began.cancel()
            play.discard()
            raise Refused(
                "media_gateway.file_busy", "too many recordings wait to be played; try again later"
            ) from None
        self._remember(call_id, play)
        return call_id

    def play_of(self, call_id: CallId) -> FilePlay:
        """A recording that plays or lately played. Raises NotFound."""
        if call_id not in self._plays:
            raise NotFound("media_gateway.no_such_file", f"no recording plays as call {call_id}")
        return self._plays[call_id]

    async def _live(self, play: FilePlay) -> None:
        try:
            if not play.began.cancelled():
                with self.gateway.place():
                    await self.gateway.take(play.offer, play, play.read)
        except ContactCentreError as error:
            if not play.began.done():
                play.began.set_exception(error)
        except Exception:
            log.exception("playing a recording failed", extra={"wire": WIRE})
        finally:
            play.discard()

    def _remember(self, call_id: CallId, play: FilePlay) -> None:
        while len(self._plays) >= self.settings.results_kept:
            del self._plays[next(iter(self._plays))]
        self._plays[call_id] = play
