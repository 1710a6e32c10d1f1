"""Tell voices apart with pyannote.audio's pipeline, on weights that lie in directories."""

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import torch

from asr.diarization.diarizer import RATE_HZ, Progress
from asr.diarization.evidence import Voice, judged, unless_one_voice_swallowed_all
from asr.diarization.extent import check, own_sound, step_for
from asr.diarization.turns import SpeakerTurn, alone, named_in_order
from asr.ear.tape import Waveform
from asr.settings.diarization import DiarizationSettings
from domain.audio import ms_from_samples, samples_from_ms
from domain.errors import EngineError
from models.torchaudio_shim import allow_torchaudio

if TYPE_CHECKING:
    from asr.engines.ge2e import Ge2eEncoder

ENGINE = "pyannote-segmentation+ge2e"
SEGMENTATION_SHARE = 0.35  # of the time, measured on two cores


class PyannoteDiarizer:
    """A Diarizer: segmentation in overlapping windows, voices placed by GE2E, clustered over the whole recording.

    Bredin 2023, "pyannote.audio 2.1 speaker diarization pipeline". Afterwards each turn's own sound is held against
    the voices found; what does not bear its name becomes unknown. The networks are shared and immutable.
    """

    engine = ENGINE

    def __init__(
        self,
        *,
        segmentation: Any,
        encoder: "Ge2eEncoder",
        settings: DiarizationSettings,
        device: str = "cpu",
    ) -> None:
        self._segmentation = segmentation
        self._encoder = encoder
        self._settings = settings
        self._device = device

    @classmethod
    def load(
        cls,
        *,
        segmentation_weights: Path,
        voice_weights: Path,
        settings: DiarizationSettings,
        device: str = "cpu",
    ) -> Self:
        """Read both networks (about 3 s with the libraries; call it in a thread).

        Raises EngineError when the libraries are not installed or the weights are not what they should be.
        """
        _open_library()
        from asr.engines.ge2e import Ge2eEncoder
        from asr.engines.segmentation_checkpoint import load_segmentation

        return cls(
            segmentation=load_segmentation(segmentation_weights),
            encoder=Ge2eEncoder.load(voice_weights),
            settings=settings,
            device=device,
        )

    def diarize(
        self, waveform: Waveform, *, speakers: int | None = 2, progress: Progress | None = None
    ) -> list[SpeakerTurn]:
        """As `Diarizer` promises; how long a recording may be follows from ``max_windows``."""
        check(waveform, speakers, max_windows=self._settings.max_windows)
        if not waveform.any():  # digital silence has no level to bring to that of the training
            return []
        try:
            turns, voices = self._apply(waveform, speakers, progress)
            judged_turns = [self._judge(turn, turns, voices, waveform) for turn in turns]
        except (RuntimeError, ValueError, MemoryError) as lost:
            raise EngineError(
                "asr.diarization", f"telling the voices apart failed: {lost}", retryable=False
            ) from lost
        if progress is not None:
            progress(1.0)
        if speakers is not None and speakers > 1:
            judged_turns = unless_one_voice_swallowed_all(judged_turns)
        return named_in_order(judged_turns)

    def _apply(
        self, waveform: Waveform, speakers: int | None, progress: Progress | None
    ) -> tuple[list[SpeakerTurn], dict[str, Voice]]:
        sound = torch.from_numpy(np.ascontiguousarray(waveform, np.float32))[None]
        file = {"waveform": sound, "sample_rate": RATE_HZ, "uri": "recording"}
        with (
            warnings.catch_warnings()
        ):  # it warns of fewer voices than asked for, and of means of nothing
            warnings.simplefilter("ignore")
            found = self._pipeline(len(waveform))(file, num_speakers=speakers, hook=_hook(progress))
        speech = found.speaker_diarization
        lasts_ms = ms_from_samples(len(waveform), RATE_HZ)
        turns = [
            _turn(stretch, name, lasts_ms)
            for stretch, _, name in speech.itertracks(yield_label=True)
        ]
        voices = dict(zip(map(str, speech.labels()), found.speaker_embeddings, strict=True))
        return [turn for turn in turns if turn.start_ms < turn.end_ms], voices

    def _pipeline(self, samples: int) -> Any:
        """One recording's own pipeline around the shared networks: it keeps its step."""
        from pyannote.audio.core.plda import PLDA
        from pyannote.audio.pipelines import SpeakerDiarization

        settings = self._settings
        pipeline = SpeakerDiarization(
            segmentation=self._segmentation,
            segmentation_step=step_for(samples, settings.max_windows),
            embedding=self._encoder,
            embedding_exclude_overlap=True,
            plda=PLDA.__new__(PLDA),  # insisted upon, and used by another clustering only
            clustering="AgglomerativeClustering",
            segmentation_batch_size=8,
            embedding_batch_size=16,
        )
        pipeline.instantiate(
            {
                "segmentation": {
                    "threshold": settings.speech_at,
                    "min_duration_off": settings.bridge_pause_ms / 1000,
                },
                "clustering": {
                    "method": "average",
                    "min_cluster_size": settings.min_cluster_windows,
                    "threshold": settings.merge_below,
                },
            }
        )
        return pipeline.to(torch.device(self._device))

    def _judge(
        self,
        turn: SpeakerTurn,
        turns: list[SpeakerTurn],
        voices: Mapping[str, Voice],
        waveform: Waveform,
    ) -> SpeakerTurn:
        own = own_sound(waveform, alone(turn, turns))
        enough = len(own) >= samples_from_ms(self._settings.min_turn_ms, RATE_HZ)
        heard = self._voice(own) if enough else None
        return judged(turn, heard, voices, min_margin=self._settings.min_margin)

    def _voice(self, sound: Waveform) -> Voice:
        with torch.inference_mode():
            row = torch.from_numpy(sound)[None, None].to(self._device)
            voice: Voice = self._encoder(row)[0].cpu().numpy()
        return voice


def _turn(stretch: Any, name: object, lasts_ms: int) -> SpeakerTurn:
    """Inside the sound: the last window is padded with silence, and a turn may end in that."""
    start_ms, end_ms = round(stretch.start * 1000), min(round(stretch.end * 1000), lasts_ms)
    return SpeakerTurn(start_ms=start_ms, end_ms=end_ms, speaker=str(name))


def _hook(progress: Progress | None) -> Any:
    """What pyannote calls with the name of the step and how far it is."""

    def tell(step: str, _artefact: object, *, file: object = None, **counted: int) -> None:
        if progress is None or not counted.get("total"):
            return
        share = min(
            float(counted["completed"]) / counted["total"], 1.0
        )  # it counts a part batch as whole
        done = {"segmentation": (0.0, SEGMENTATION_SHARE), "embeddings": (SEGMENTATION_SHARE, 0.95)}
        low, high = done.get(step, (0.95, 0.95))
        progress(low + share * (high - low))

    return tell


def _open_library() -> None:
    """Import pyannote.audio without its native needs, its warnings and its telemetry."""
    allow_torchaudio()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # that torchcodec is absent: we hand over samples, not files
            from pyannote.audio.telemetry import set_telemetry_metrics
    except (ImportError, OSError) as absent:
        raise EngineError(
            "asr.diarization_library",
            f"pyannote.audio cannot be imported ({absent}); install it with: make setup",
            retryable=False,
        ) from absent
    set_telemetry_metrics(False)  # it would report each file's length to its makers
