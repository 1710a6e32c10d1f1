"""Say how the Whisper network is run."""

from dataclasses import dataclass

from asr.settings.check import check


@dataclass(frozen=True, slots=True, kw_only=True)
class WhisperSettings:
    """How the network is loaded, and how much of it a reading gets.

    ``cpu_threads`` of one read: two cost a fifth more than one, so two workers of one thread each read more than one
    worker of two. ``compute_type``: ``int8`` on a processor, ``float16`` on a GPU. The encoder is given the sound and
    ``spare_s`` of silence after it, but at least ``min_context_s``; an utterance read again gets ``second_spare_s`` and
    ``second_context_s`` (30 is all there is); a sketch ``sketch_spare_s`` and ``sketch_context_s``. At most ``batch_rows`` utterances are read in one go. With ``hotwords_bias`` the words to
    expect are told to the network before it writes.
    """

    device: str = "cpu"
    cpu_threads: int = 1
    compute_type: str = "int8"
    beam: int = 5
    spare_s: float = 2.0
    min_context_s: float = 8.0
    second_spare_s: float = 4.0
    second_context_s: float = 30.0
    sketch_spare_s: float = 0.5
    sketch_context_s: float = 2.0
    batch_rows: int = 8
    hotwords_bias: bool = False

    def __post_init__(self) -> None:
        check("cpu_threads", self.cpu_threads, 1, 64)
        check("beam", self.beam, 1, 10)
        check("batch_rows", self.batch_rows, 1, 64)
        for name in ("spare_s", "second_spare_s", "sketch_spare_s"):
            check(name, getattr(self, name), 0.0, 30.0)
        for name in ("min_context_s", "second_context_s", "sketch_context_s"):
            check(name, getattr(self, name), 1.0, 30.0)
