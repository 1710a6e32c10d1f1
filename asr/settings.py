"""Hold the values recognition is tuned by, each checked against its allowed range."""

from dataclasses import dataclass, field

from domain.errors import InputError


def _check(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise InputError("asr.setting", f"expected {name} between {low} and {high}, got {value}")


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointingSettings:
    """When speech begins and ends.

    ``speech_at`` and ``silence_at`` are the detector's probabilities; between them the state stays as it was.
    """

    speech_at: float = 0.5
    silence_at: float = 0.35
    min_speech_ms: int = 160
    end_silence_ms: int = 600
    pre_roll_ms: int = 320
    post_roll_ms: int = 200
    max_utterance_ms: int = 15_000

    def __post_init__(self) -> None:
        _check("speech_at", self.speech_at, 0.05, 0.95)
        _check("silence_at", self.silence_at, 0.01, self.speech_at)
        _check("min_speech_ms", self.min_speech_ms, 32, 1_000)
        _check("end_silence_ms", self.end_silence_ms, 200, 3_000)
        _check("pre_roll_ms", self.pre_roll_ms, 0, 1_000)
        _check("post_roll_ms", self.post_roll_ms, 0, self.end_silence_ms)
        _check("max_utterance_ms", self.max_utterance_ms, 4_000, 28_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageSettings:
    """When an opinion about a leg's language is formed, kept and given up.

    ``decide_at`` is the pooled probability that decides an undecided leg; ``switch_at`` what another language
    must reach to replace a decided one; below ``doubt_at`` a decided one is given up.
    """

    min_speech_ms: int = 1_000
    decide_at: float = 0.75
    switch_at: float = 0.85
    doubt_at: float = 0.25
    memory: float = 0.6
    overwhelming_at: float = 0.95
    overwhelming_speech_ms: int = 1_500
    early_looks_ms: tuple[int, ...] = (1_500, 3_000)
    window_ms: int = 4_000

    def __post_init__(self) -> None:
        _check("min_speech_ms", self.min_speech_ms, 200, 5_000)
        _check("decide_at", self.decide_at, 0.5, 0.99)
        _check("switch_at", self.switch_at, self.decide_at, 0.999)
        _check("doubt_at", self.doubt_at, 0.0, self.decide_at)
        _check("memory", self.memory, 0.0, 0.95)
        _check("overwhelming_at", self.overwhelming_at, 0.5, 1.0)
        _check("overwhelming_speech_ms", self.overwhelming_speech_ms, 500, 10_000)
        _check("window_ms", self.window_ms, 2_000, 30_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialSettings:
    """How often unfinished words are shown.

    A partial is tried after ``every_ms`` of new speech, or after ``share`` of the utterance if that is longer, so
    that long utterances do not cost quadratically. Nothing is tried while we are ``late_ms`` behind the wire, and a
    partial that takes longer than ``patience_ms`` is given up: what the caller says next is worth more.
    """

    every_ms: int = 700
    share: float = 0.12
    late_ms: int = 1_500
    patience_ms: int = 1_200

    def __post_init__(self) -> None:
        _check("every_ms", self.every_ms, 200, 5_000)
        _check("share", self.share, 0.0, 1.0)
        _check("late_ms", self.late_ms, 200, 30_000)
        _check("patience_ms", self.patience_ms, 100, 10_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardSettings:
    """When a reading is read again with more care, and when it is not believed at all.

    Log probabilities are means over the tokens: below ``min`` an utterance is read again, below ``hopeless`` it is
    dropped, below ``shaky`` it is dropped if it is one of the sentences that machines like to invent.
    """

    max_compression: float = 2.2
    min_log_probability: float = -1.0
    hopeless_log_probability: float = -1.5
    shaky_log_probability: float = -0.8
    no_speech_at: float = 0.6
    max_repeats: int = 6

    def __post_init__(self) -> None:
        _check("max_compression", self.max_compression, 1.2, 10.0)
        _check("min_log_probability", self.min_log_probability, -3.0, 0.0)
        _check(
            "hopeless_log_probability",
            self.hopeless_log_probability,
            -5.0,
            self.min_log_probability,
        )
        _check("shaky_log_probability", self.shaky_log_probability, self.min_log_probability, 0.0)
        _check("no_speech_at", self.no_speech_at, 0.1, 1.0)
        _check("max_repeats", self.max_repeats, 2, 50)


@dataclass(frozen=True, slots=True, kw_only=True)
class AsrSettings:
    """Everything the room is tuned by. ``bridge_gap_ms``: a shorter hole does not end an utterance."""

    cpu_threads: int = 2
    compute_type: str = "int8"
    beam: int = 5
    bridge_gap_ms: int = 200
    endpointing: EndpointingSettings = field(default_factory=EndpointingSettings)
    language: LanguageSettings = field(default_factory=LanguageSettings)
    partials: PartialSettings = field(default_factory=PartialSettings)
    guards: GuardSettings = field(default_factory=GuardSettings)

    def __post_init__(self) -> None:
        _check("cpu_threads", self.cpu_threads, 1, 64)
        _check("beam", self.beam, 1, 10)
        _check("bridge_gap_ms", self.bridge_gap_ms, 0, 1_000)
