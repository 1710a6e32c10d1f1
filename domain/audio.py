"""Hold sound, and count time in samples."""

from dataclasses import dataclass
from enum import StrEnum

from domain.errors import InputError
from domain.ids import CallId

SAMPLE_BYTES = 2  # signed 16-bit little-endian, everywhere inside the house
KNOWN_RATES_HZ = (8_000, 16_000, 24_000, 32_000, 44_100, 48_000, 64_000)


class Leg(StrEnum):
    """A seat in a conversation: whose sound it is, known from the wire and never guessed.

    People come and go on a seat (a transfer); a number follows where two of a kind are there at once, or their
    sound differs in rate. One recording and one sample clock per seat.
    """

    CALLER = "caller"
    CALLER_2 = "caller-2"
    CALLER_3 = "caller-3"
    AGENT = "agent"
    AGENT_2 = "agent-2"
    AGENT_3 = "agent-3"
    AGENT_4 = "agent-4"
    INTERPRETER = "interpreter"
    INTERPRETER_2 = "interpreter-2"
    SUPERVISOR = "supervisor"
    SUPERVISOR_2 = "supervisor-2"
    BOT = "bot"

    @property
    def role(self) -> "Leg":
        """The seat of its kind that has no number."""
        return Leg(self.value.split("-")[0])


class GapCause(StrEnum):
    """Why samples are missing."""

    OVERFLOW = "overflow"  # the listener fell behind and the oldest sound was dropped for it
    NETWORK = "network"  # the wire lost it
    DISK = "disk"  # it could not be written
    ENGINE = "engine"  # the machine that listened was lost
    HELD = "held"  # the leg was on hold; what came was hold music
    PAUSED = (
        "paused"  # the telephone system paused the fork, as it does while a card number is read out
    )
    ABSENT = "absent"  # nobody sat on this seat


def ms_from_samples(samples: int, rate_hz: int) -> int:
    return samples * 1000 // rate_hz


def samples_from_ms(ms: int, rate_hz: int) -> int:
    return ms * rate_hz // 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioFrame:
    """A block of one leg's sound: 20 ms or a second long, as the wire hands it on.

    ``pcm`` is signed 16-bit little-endian mono; ``first_sample`` counts from the start of the leg at
    ``sample_rate_hz``; ``heard_at_ms`` is the process's monotonic clock when its last sample reached us
    and serves latency figures only, never ordering.
    """

    call_id: CallId
    leg: Leg
    first_sample: int
    sample_rate_hz: int
    pcm: bytes
    heard_at_ms: int = 0

    def __post_init__(self) -> None:
        if len(self.pcm) % SAMPLE_BYTES:
            raise InputError(
                "audio.odd_bytes", f"expected whole 16-bit samples, got {len(self.pcm)} bytes"
            )
        if self.sample_rate_hz not in KNOWN_RATES_HZ:
            raise InputError(
                "audio.rate",
                f"expected one of {KNOWN_RATES_HZ} Hz, got {self.sample_rate_hz}; resample first",
            )

    @property
    def samples(self) -> int:
        return len(self.pcm) // SAMPLE_BYTES

    @property
    def end_sample(self) -> int:
        """One past the last sample."""
        return self.first_sample + self.samples

    @property
    def start_ms(self) -> int:
        return ms_from_samples(self.first_sample, self.sample_rate_hz)

    @property
    def end_ms(self) -> int:
        return ms_from_samples(self.end_sample, self.sample_rate_hz)


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioGap:
    """Sound that never arrived, counted in samples so that later times stay true."""

    call_id: CallId
    leg: Leg
    first_sample: int
    samples: int
    sample_rate_hz: int
    cause: GapCause

    @property
    def end_sample(self) -> int:
        """One past the last sample that is missing."""
        return self.first_sample + self.samples

    @property
    def start_ms(self) -> int:
        return ms_from_samples(self.first_sample, self.sample_rate_hz)

    @property
    def end_ms(self) -> int:
        return ms_from_samples(self.first_sample + self.samples, self.sample_rate_hz)


Sound = AudioFrame | AudioGap


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """Something a voice said: ``pcm`` signed 16-bit little-endian mono at ``sample_rate_hz``."""

    pcm: bytes
    sample_rate_hz: int

    @property
    def duration_ms(self) -> int:
        return ms_from_samples(len(self.pcm) // SAMPLE_BYTES, self.sample_rate_hz)
