"""Make a machine that reads whole utterances listen to live legs."""

import asyncio
from collections.abc import AsyncIterator

from asr.leg.errands import Errands
from asr.leg.hearing import Equipment, Hearing
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
            partials=self._equipment.settings.partials.enabled,
            words=False,
            identifies_language=desk.identifies_language,
        )

    async def listen(
        self, call_id: CallId, leg: Leg, sound: AsyncIterator[Sound]
    ) -> AsyncIterator[Heard]:
        """The leg's sound is followed beside its readings; what is heard comes out here in order.

        When something breaks, the sound is left where it is and can be followed by somebody else.
        """
        async with asyncio.TaskGroup() as tasks:
            errands = Errands(tasks)
            hearing = Hearing(self._equipment, call_id, leg, errands)
            errands.send(hearing.run(sound))
            try:
                while (heard := await hearing.out.get()) is not None:
                    yield heard
            except GeneratorExit:  # inside the group it would come out as a group of errors
                return
            finally:
                errands.recall()
        if errands.failure is not None:
            raise errands.failure
