"""Keep the trained models (machine-learning weights): bring them, hold them to their digests, run them in pools."""

from models.pool import InferencePool, Priority
from models.shelf import Shelf, weights_root

__all__ = ["InferencePool", "Priority", "Shelf", "weights_root"]
