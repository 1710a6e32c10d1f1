"""Bring the calls that live benches stream: the demonstration's, and people who speak on and on."""

import asyncio
from itertools import zip_longest

from rich.console import Console

from app.commands.prepare import rehearsal_folder, staged_conversations
from app.settings import load_settings
from domain.errors import InputError
from rehearsal.conversation import Conversation
from rehearsal.monologue import load_monologues, monologue_path, stage_monologue
from rehearsal.playing import Staged


def demonstration_calls() -> list[Staged]:
    """Raises InputError where none was made yet."""
    staged = staged_conversations()
    if not staged:
        raise InputError(
            "bench.unprepared", "no demonstration call is ready; make them with: hotline prepare"
        )
    return staged


def monologues() -> list[Staged]:
    """Calls in which somebody goes on after every breath, so that words are promised before the end; made on first use."""
    known = load_monologues()
    missing = [m for m in known if not monologue_path(m, rehearsal_folder()).exists()]
    if missing:
        with Console(stderr=True).status("Speaking the bench's monologues …"):
            asyncio.run(_speak(missing))
    return [Staged(conversation=m, recording=monologue_path(m, rehearsal_folder())) for m in known]


def mixed_calls() -> list[Staged]:
    """A demonstration call, a monologue, and so on until both are used up: a short step with few calls hears both."""
    pairs = zip_longest(demonstration_calls(), monologues())
    return [item for pair in pairs for item in pair if item is not None]


async def _speak(missing: list[Conversation]) -> None:
    from app.wiring import open_voice  # the voice's libraries take seconds to import

    async with open_voice(load_settings()) as voice:
        for monologue in missing:
            await stage_monologue(monologue, voice, rehearsal_folder())
