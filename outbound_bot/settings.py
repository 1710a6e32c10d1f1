"""Hold what an operator may tune in outbound calling."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundSettings:
    """How the bot dials, listens and speaks.

    ``lines`` caps simultaneous calls: set it to the trunk's capacity or lower, because calls above it come back
    as false no-answers.
    """

    lines: int = 2
    silence_ms: int = 8_000  # after the end of a prompt, before asking again
    words_wait_ms: int = 12_000  # after the newest partial, for its final
    settle_ms: int = 900  # after a final: people add "…还没有解决" to their "嗯"
    turn_limit_ms: int = 45_000  # however much is said, one turn ends
    wire_wait_ms: int = 10_000  # from "answered" to the call's sound
    goodbye_wait_ms: int = 5_000  # from our hang-up to the gateway's last word
    call_limit_ms: int = 600_000
    barge_in_min_words: int = 2  # a Chinese character counts as a word
    line_retry_s: float = 5.0  # the line is down: the contact waits, no attempt is counted
    ring_timeout_s: float = 60.0  # longer than any ring; the FTC floor is 15 s
    queue_poll_s: float = 0.25
    speech_rate_hz: int = 8_000
    voice_threads: int = 1
    voices: tuple[tuple[str, str], ...] = (
        ("zh", "zf_xiaoxiao"),
        ("en", "af_heart"),
        ("fr", "ff_siwis"),
        ("es", "ef_dora"),
    )
    prompt_cache: Path | None = None  # None: the caretaker puts it under the data directory
