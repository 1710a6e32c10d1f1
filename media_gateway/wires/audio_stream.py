"""Read and write FreeSWITCH mod_audio_stream: pure, no socket, no clock.

It sounds like mod_audio_fork: metadata as the first text, then binary L16 little-endian. But the metadata is whatever
the dial-plan wrote, or missing, so rate and mix come in the address; and speech is asked for in words of its own.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass

from domain.errors import InputError
from media_gateway.offer import CallOffer
from media_gateway.wires import audio_fork
from media_gateway.wires.audio_fork_metadata import offer_from
from media_gateway.wires.json_text import MAX_TEXT, inner_object, json_object, json_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How an edition of the module is asked to play. The community edition plays nothing: it raises an event.

    None of them tells when speech was heard. ``max_play_bytes`` of PCM in base64 stay below 650 KB, as on its sister.
    """

    play: str
    kind_field: str
    content_field: str
    kill: str
    max_play_bytes: int = 450_000


STREAM_AUDIO = Dialect(
    play="streamAudio", kind_field="audioDataType", content_field="audioData", kill="killAudio"
)
PLAY_AUDIO = Dialect(
    play="playAudio", kind_field="audioContentType", content_field="audioContent", kill="killAudio"
)
DIALECTS = {dialect.play: dialect for dialect in (STREAM_AUDIO, PLAY_AUDIO)}


def choose_dialect(hints: Mapping[str, str]) -> Dialect:
    """The address may say ``play=playAudio``."""
    return DIALECTS.get(hints.get("play", ""), STREAM_AUDIO)


def parse_opening(text: str | None, hints: Mapping[str, str]) -> CallOffer:
    """Read the first text, or None where sound came first. A text that is no JSON is the call's title."""
    return offer_from({**hints, **_metadata(text)})


def parse_text(text: str) -> audio_fork.KeyOnWire | audio_fork.Played | audio_fork.Unknown:
    """Read a later text: ``uuid_audio_stream … send_text`` sends anything."""
    if not text.startswith("{"):
        return audio_fork.Unknown()
    return audio_fork.parse_text(text)


def play_audio(dialect: Dialect, pcm: bytes, *, sample_rate_hz: int, play_id: str) -> str:
    content = base64.b64encode(pcm).decode("ascii")
    return json_text(
        {
            "type": dialect.play,
            "data": {
                dialect.kind_field: "raw",
                "sampleRate": sample_rate_hz,
                dialect.content_field: content,
                "id": play_id,
            },
        }
    )


def kill_audio(dialect: Dialect) -> str:
    return json_text({"type": dialect.kill})


Command = (
    audio_fork.PlayAudio
    | audio_fork.KillAudio
    | audio_fork.Disconnect
    | audio_fork.CallNamed
    | audio_fork.Unknown
)


def parse_command(text: str) -> Command:
    """Read what the server asks of the module: our own client's side of the wire."""
    message = json_object(text, longest=audio_fork.MAX_COMMAND)
    dialect = DIALECTS.get(str(message.get("type")))
    if dialect is None:
        return audio_fork.parse_command(text)
    return _play_audio(dialect, inner_object(message, "data"))


def _metadata(text: str | None) -> dict[str, object]:
    if text is None:
        return {}
    try:
        return json_object(text)
    except InputError:
        return {"title": text[:MAX_TEXT]}


def _play_audio(dialect: Dialect, data: Mapping[str, object]) -> audio_fork.PlayAudio:
    play_id = data.get("id")
    try:
        if data.get(dialect.kind_field) != "raw":
            raise ValueError
        pcm = base64.b64decode(str(data.get(dialect.content_field)), validate=True)
        rate_hz = int(str(data.get("sampleRate")))
    except (binascii.Error, ValueError):
        raise InputError(
            "media_gateway.play_audio",
            "expected raw base64 sound and a sampleRate, got something else",
        ) from None
    return audio_fork.PlayAudio(
        pcm=pcm,
        sample_rate_hz=rate_hz,
        play_id=play_id if isinstance(play_id, str) else None,
    )
