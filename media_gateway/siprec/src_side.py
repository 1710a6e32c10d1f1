"""Be the sending half of a recording: nothing can be said on it, and ending it is a BYE."""

from domain.errors import NotFound
from media_gateway.ending import Ending
from media_gateway.mouthpiece import Mouthpiece
from media_gateway.sip.incoming import IncomingDialog

WIRE = "siprec"


class RecordingClientSide:
    """A ``FarSide`` that only listens (RFC 7866 section 6.2: the recorded parties never hear the recorder)."""

    wire = WIRE
    reports_played = False
    max_play_bytes = 0
    mouthpiece: Mouthpiece | None = None

    def __init__(self, dialog: IncomingDialog) -> None:
        self._dialog = dialog

    async def play(self, pcm: bytes, *, sample_rate_hz: int, play_id: str) -> None:
        raise NotFound(
            "media_gateway.siprec_listens",
            "nobody hears what is played on a recording; play it on the call itself",
        )

    async def stop_playing(self) -> None:
        """Nothing is ever playing."""

    async def hang_up(self) -> None:
        await self._dialog.hang_up()

    async def close(self, ending: Ending) -> None:
        await self._dialog.hang_up(ending)


class FurtherStreamSide(RecordingClientSide):
    """A stream that joined a recording later: it ends with the recording, never the recording with it."""

    async def hang_up(self) -> None:
        """Ended by its line alone."""

    async def close(self, ending: Ending) -> None:
        """The dialog goes on."""
