"""Name the models each task uses; an operator may name others of the catalogue."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineSettings:
    """Catalogue ids; ``speech_to_text`` may also be a directory, a size or a hub id. ``speech_workers`` × ``HOTLINE_ASR__WHISPER__CPU_THREADS`` should not exceed the cores of the machine."""

    speech_to_text: str = "whisper-base"
    voice_activity: str = "silero-vad"
    embedder: str = "multilingual-e5-small"
    voice: str = "kokoro-82m"
    speaker_segmentation: str = "pyannote-segmentation"
    voice_encoder: str = "ge2e-voice-encoder"
    speech_workers: int = 2
