"""Be one person on the telephone: listen until the bot has finished, think for a moment, then answer."""

import asyncio
import hashlib
from typing import Protocol

from domain.audio import Speech
from domain.ports import TextToSpeech
from media_gateway.client.mouth import Mouth
from rehearsal.callee_behaviour import HANG_UP, KEY, Behaviour

REACTION_S = (
    1.2  # of quiet after the bot's last word; shorter would answer between two of its sentences
)


class Telephone(Protocol):
    """What a person can do with the call besides speaking."""

    async def press(self, key: str) -> None: ...
    def hang_up(self) -> None: ...


class Person:
    """Answers each new question with the next reply, and the same question with the same reply again.

    A question is known by its sound: the bot's prompts are cached and sound the same every time.
    """

    def __init__(
        self,
        *,
        behaviour: Behaviour,
        mouth: Mouth,
        voice: TextToSpeech,
        reaction_s: float = REACTION_S,
    ) -> None:
        self._behaviour = behaviour
        self._mouth = mouth
        self._voice = voice
        self._reaction_s = reaction_s
        self._left = list(behaviour.replies)
        self._given: dict[str, str | None] = {}
        self._heard: list[str] = []
        self._sounding = 0
        self._quiet = asyncio.Event()

    async def prepare(self) -> None:
        """Find the words before picking up, so that nothing but thinking delays an answer."""
        for reply in self._behaviour.replies:
            if not reply.startswith(KEY) and reply != HANG_UP:
                await self._spoken(reply)

    async def speech_began(self, speech: Speech) -> None:
        self._sounding += 1
        self._quiet.clear()
        self._heard.append(hashlib.sha256(speech.pcm).hexdigest())

    async def speech_ended(self, speech: Speech) -> None:
        self._sounding -= 1
        self._quiet.set()

    async def talk(self, telephone: Telephone) -> None:
        """React to whatever the bot says, until the call ends and this is cancelled."""
        while True:
            await self._quiet.wait()
            await asyncio.sleep(self._reaction_s)
            if self._quiet.is_set() and self._heard:
                self._quiet.clear()
                await self._react(telephone)

    async def _react(self, telephone: Telephone) -> None:
        turn, self._heard = self._heard, []
        reply = self._reply(turn)
        if reply is None:
            return
        if reply == HANG_UP:
            telephone.hang_up()
        elif reply.startswith(KEY):
            await telephone.press(reply.removeprefix(KEY))
        else:
            self._mouth.say((await self._spoken(reply)).pcm)

    def _reply(self, turn: list[str]) -> str | None:
        for prompt in turn:
            if prompt in self._given:
                return self._given[prompt]
        self._given[turn[-1]] = self._left.pop(0) if self._left else None
        return self._given[turn[-1]]

    async def _spoken(self, reply: str) -> Speech:
        return await self._voice.speak(
            reply, language=self._behaviour.language, voice=self._behaviour.voice
        )
