"""Answer `hotline prepare`: do once what would make the first start slow."""

import asyncio
from dataclasses import asdict
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.commands.models import pull
from app.logs import set_up_logs
from app.settings import Settings, installed_share, load_settings, vectors_folder
from rehearsal.conversation import Conversation, load_conversations
from rehearsal.playing import Staged
from rehearsal.staging import stage, staged_path


def rehearsal_folder() -> Path:
    """Beside the program: a recording made from a script is no call of anybody's."""
    return installed_share() / "rehearsal"


def prepare() -> None:
    """Bring the weights, place knowledge and example sentences, and synthesise the demonstration calls."""
    set_up_logs("warning")
    pull(_needed(load_settings()))
    asyncio.run(_warm())


def _needed(settings: Settings) -> list[str]:
    """The catalogue's models that these settings name; a directory of one's own is nothing to bring."""
    machines = settings.machines
    named = [value for value in asdict(machines).values() if isinstance(value, str)]
    engine = settings.asr.engine
    return [
        name
        for name in [*named, *engine.vosk.values(), *engine.sherpa.values()]
        if not Path(name).is_dir()
    ]


def staged_conversations() -> list[Staged]:
    """The demonstration calls; those not yet synthesised are missing."""
    found = ((c, staged_path(c, rehearsal_folder())) for c in load_conversations())
    return [Staged(conversation=c, recording=path) for c, path in found if path.exists()]


async def _warm() -> None:
    console = Console(stderr=True)
    conversations = load_conversations()
    missing = [c for c in conversations if not staged_path(c, rehearsal_folder()).exists()]
    if not _texts_are_placed():
        with console.status("Placing knowledge and example sentences …"):
            await _place_texts()
    if missing:
        await _synthesise(missing, console)
    console.print(f"{len(conversations)} demonstration calls are ready")


def _texts_are_placed() -> bool:
    """Once is enough: what changes later is placed by the next start, which takes only what is new."""
    return any(vectors_folder(load_settings()).glob("*.npz"))


async def _place_texts() -> None:
    from app.wiring import (
        open_meaning,
    )  # torch and its kin take seconds to import, and other commands do without

    async with open_meaning(load_settings()):
        pass


async def _synthesise(conversations: list[Conversation], console: Console) -> None:
    from app.wiring import open_voice

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    async with open_voice(load_settings()) as voice:
        with Progress(*columns, console=console) as progress:
            for conversation in conversations:
                bar = progress.add_task(
                    f"speaking {conversation.name}", total=len(conversation.lines)
                )
                await stage(conversation, voice, rehearsal_folder(), partial(progress.advance, bar))
