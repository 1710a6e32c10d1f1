"""Make a machine that reads whole utterances listen to live legs."""

from collections.abc import AsyncIterator

from asr.hearing import Equipment, Hearing
from domain.audio import KNOWN_RATES_HZ, Leg, Sound
from domain.ids import CallId
from domain.ports import Heard, SpeechCapabilities


class UtteranceRecogniser:
    """A `SpeechToText` over any `UtteranceReader`: immutable, every ``listen`` holds its own state."""

    def __init__(self, equipment: Equipment) -> None:
        self._equipment = equipment

    @property
    def capabilities(self) -> SpeechCapabilities:
        desk = self._equipment.desk
        return SpeechCapabilities(
            engine=desk.engine,
            languages=desk.languages,
            sample_rates_hz=KNOWN_RATES_HZ,
            partials=True,
            words=False,
            identifies_language=desk.identifies_language,
        )

    async def listen(
        self, call_id: CallId, leg: Leg, sound: AsyncIterator[Sound]
    ) -> AsyncIterator[Heard]:
        """One leg is one coroutine: while it reads an utterance, its sound waits with whoever forks it."""
        hearing = Hearing(self._equipment, call_id, leg)
        async for piece in sound:
            for heard in await hearing.hear(piece):
                yield heard
        for heard in await hearing.end():
            yield heard
