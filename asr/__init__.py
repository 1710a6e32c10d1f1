"""Turn one leg's sound into words: find speech, name its language, show partials, commit finals."""

from asr.leg.session import LegTranscriber
from asr.settings import AsrSettings

__all__ = ["AsrSettings", "LegTranscriber"]
