"""Play staged conversations to a running product as live calls."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from media_gateway.client.audio_fork import AudioForkCall, wire_url
from media_gateway.client.farewell import Farewell
from media_gateway.client.metadata import Metadata
from media_gateway.client.recording import Recording, load_recording
from rehearsal.conversation import Conversation

AT_ONCE = 2  # live calls at a time: what two cores recognise comfortably with the embedded weights
HEAD_START_S = 4.0  # before the next call rings, so that a newcomer sees one call first

OnSent = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """A conversation and its recording."""

    conversation: Conversation
    recording: Path


async def play_all(staged: Sequence[Staged], url: str, on_sent: OnSent) -> list[Farewell]:
    """Stream every conversation in real time, two at a time. ``on_sent(name, sent_ms, duration_ms)`` follows each.

    Raises InputError when nobody answers at the address.
    """
    lines = asyncio.Semaphore(AT_ONCE)

    async def one(number: int, item: Staged) -> Farewell:
        await asyncio.sleep(HEAD_START_S * min(number, AT_ONCE - 1))
        async with lines:
            return await play(item, url, on_sent)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(number, item)) for number, item in enumerate(staged)]
    return [task.result() for task in tasks]


async def play(item: Staged, url: str, on_sent: OnSent) -> Farewell:
    recording = await asyncio.to_thread(load_recording, [item.recording])
    call = AudioForkCall(
        url=wire_url(url),
        metadata=_metadata(item.conversation),
        on_sent=_progress(item, recording, on_sent),
    )
    return await call.run(recording)


def _metadata(conversation: Conversation) -> Metadata:
    return Metadata(
        title=conversation.title,
        synthetic=True,
        caller_number=conversation.caller_number,
        dialled_number=conversation.dialled_number,
    )


def _progress(item: Staged, recording: Recording, on_sent: OnSent) -> Callable[[int], None]:
    def sent(samples: int) -> None:
        on_sent(
            item.conversation.name,
            samples * 1000 // recording.sample_rate_hz,
            recording.duration_ms,
        )

    return sent
