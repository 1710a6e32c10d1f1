"""Put the first sound of each stream where the conversation is by then.

A line's seats begin when the line is let in, its sound later: connecting takes a browser a second or more, and one of
two streams may begin when its person picks up. Where a stream begins is told by how far the others have come in
samples; our own clock only bounds it, for others may come in bursts.
"""

from domain.audio import ms_from_samples, samples_from_ms
from domain.ports import Clock
from media_gateway.fork import Fork

PROMPT_MS = 40  # two packets: a line whose sound is no later than this came with it
TOGETHER_MS = 250  # streams of one line that begin this close began together: the rest is jitter


class FirstSound:
    """The streams of one line that have brought nothing yet; ``forks`` has the first leg of each."""

    def __init__(self, *, forks: tuple[Fork, ...], joined_at_ms: int, clock: Clock) -> None:
        self._joined_at_ms = joined_at_ms
        self._clock = clock
        self._came_at_ms = clock.monotonic_ms()
        self._silent = {stream: (fork, fork.samples) for stream, fork in enumerate(forks)}
        self._is_first = True

    def is_due(self, stream: int) -> bool:
        return stream in self._silent

    def missed(self, stream: int, conversation_ms: int) -> dict[int, int]:
        """Sound comes on a stream for the first time: the samples that are missing before it, by stream.

        What the line as a whole came late is missing on every stream.
        """
        late = self._late_samples(stream, conversation_ms)
        all_of_them = tuple(self._silent) if self._is_first else (stream,)
        self._is_first = False
        del self._silent[stream]
        return dict.fromkeys(all_of_them, late) if late else {}

    def _late_samples(self, stream: int, conversation_ms: int) -> int:
        fork, began_at = self._silent[stream]
        passed_ms = self._clock.monotonic_ms() - self._came_at_ms
        there_ms = min(conversation_ms - self._joined_at_ms, passed_ms)
        late_ms = there_ms - ms_from_samples(fork.samples - began_at, fork.sample_rate_hz)
        allowed_ms = PROMPT_MS if self._is_first else TOGETHER_MS
        return samples_from_ms(late_ms, fork.sample_rate_hz) if late_ms > allowed_ms else 0
