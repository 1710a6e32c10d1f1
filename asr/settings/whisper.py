"""Say how the Whisper network is run."""

from dataclasses import dataclass

from asr.settings.check import check


@dataclass(frozen=True, slots=True, kw_only=True)
class WhisperSettings:
    """Threads of one read, arithmetic (``int8`` on a processor, ``float16`` on a GPU) and width of the beam."""

    device: str = "cpu"
    cpu_threads: int = 2
    compute_type: str = "int8"
    beam: int = 5

    def __post_init__(self) -> None:
        check("cpu_threads", self.cpu_threads, 1, 64)
        check("beam", self.beam, 1, 10)
