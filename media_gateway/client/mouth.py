"""Speak on a live wire: silence for ever, and in between whatever is said."""

from typing import Protocol

from media_gateway.voice_track import VoiceTrack


class Source(Protocol):
    """Where a wire's sound comes from. ``channels`` is 1, or 2 interleaved as caller, agent."""

    @property
    def sample_rate_hz(self) -> int: ...

    @property
    def channels(self) -> int: ...

    def take(self, samples: int) -> bytes | None:
        """The next samples per channel, fewer at the end; None after it."""
        ...


class Mouth:
    """A ``Source`` of one channel for somebody who answers while the call goes on."""

    channels = 1

    def __init__(self, *, sample_rate_hz: int) -> None:
        self.sample_rate_hz = sample_rate_hz
        self._words = VoiceTrack()
        self._is_shut = False

    def say(self, pcm: bytes) -> None:
        """Say it after what is being said. ``pcm`` is 16-bit mono at this mouth's rate."""
        self._words.append(pcm)

    def hush(self) -> None:
        self._words.cut()

    def shut(self) -> None:
        """End after what is being said: the caller hangs up."""
        self._is_shut = True

    @property
    def is_speaking(self) -> bool:
        return bool(self._words)

    def take(self, samples: int) -> bytes | None:
        if self._is_shut and not self._words:
            return None
        return self._words.advance(samples)
