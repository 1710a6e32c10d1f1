"""Read pyannote's segmentation network from its checkpoint without executing what else is in it."""

from collections import defaultdict
from pathlib import Path
from typing import Any

import torch
from omegaconf.base import ContainerMetadata, Metadata
from omegaconf.listconfig import ListConfig
from omegaconf.nodes import AnyNode
from pyannote.audio.core.model import Introspection, Model
from pyannote.audio.core.task import Problem, Resolution, Specifications
from pyannote.audio.models.segmentation import PyanNet
from torch.torch_version import TorchVersion

from domain.errors import EngineError

# The checkpoint carries its training settings beside the tensors. These types and no others may be built from it.
KNOWN_TYPES = [
    *(Introspection, Problem, Resolution, Specifications),
    *(AnyNode, ContainerMetadata, ListConfig, Metadata),
    *(Any, defaultdict, dict, int, list, TorchVersion),
]
HYPERPARAMETERS = ("sincnet", "lstm", "linear", "sample_rate", "num_channels")


def load_segmentation(weights: Path) -> Model:
    """PyanNet: who of up to three speakers speaks in each frame of a window of 5 s.

    Bredin & Laurent 2021, "End-to-end speaker segmentation for overlap-aware resegmentation". Raises EngineError
    when the file is not such a checkpoint.
    """
    try:
        with torch.serialization.safe_globals(KNOWN_TYPES):
            kept = torch.load(weights, map_location="cpu", weights_only=True)
        return _built(kept)
    except Exception as broken:
        raise EngineError(
            "asr.diarization_weights",
            f"expected a pyannote segmentation checkpoint in {weights.name}, got {broken}; pull it again",
            retryable=False,
        ) from broken


def _built(kept: dict[str, Any]) -> Model:
    given = kept["hyper_parameters"]
    network = PyanNet(**{name: given[name] for name in HYPERPARAMETERS if name in given})
    network.specifications = kept["pyannote.audio"]["specifications"]
    network.build()
    network.load_state_dict(kept["state_dict"], strict=False)
    return network.eval()
