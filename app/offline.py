"""Tune recognition for recordings: nobody watches words grow, and whoever asks may know the language."""

from dataclasses import replace
from enum import StrEnum

from app.settings import Settings
from asr.settings import EndpointingSettings
from domain.language import LanguageTag


class Manner(StrEnum):
    """How sound is cut into utterances."""

    RECORDING = "recording"  # words need not be early: read as long as they are, ended later
    LIVE = "live"


def offline_settings(
    settings: Settings,
    languages: tuple[LanguageTag, ...] | None = None,
    manner: Manner = Manner.RECORDING,
) -> Settings:
    """The same house without partials; ``languages`` are the only ones answered, None leaves them as they were."""
    asr = settings.asr
    allowed = asr.language.allowed if languages is None else languages
    tuned = replace(
        asr,
        endpointing=_ends(asr.endpointing, manner),
        partials=replace(asr.partials, enabled=False),
        language=replace(asr.language, allowed=allowed),
    )
    return settings.model_copy(update={"asr": tuned})


def _ends(settings: EndpointingSettings, manner: Manner) -> EndpointingSettings:
    if manner is Manner.LIVE:
        return settings
    return replace(
        settings,
        end_silence_min_ms=600,
        end_silence_ms=700,
        phrase_ms=28_000,
        max_utterance_ms=28_000,
    )
