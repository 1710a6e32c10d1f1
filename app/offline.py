"""Tune recognition for recordings: nobody watches words grow, and whoever asks may know the language."""

from dataclasses import replace

from app.settings import Settings
from domain.language import LanguageTag


def offline_settings(
    settings: Settings, languages: tuple[LanguageTag, ...] | None = None
) -> Settings:
    """The same house without partials; ``languages`` are the only ones answered, None leaves them as they were."""
    asr = settings.asr
    allowed = asr.language.allowed if languages is None else languages
    tuned = replace(
        asr,
        partials=replace(asr.partials, enabled=False),
        language=replace(asr.language, allowed=allowed),
    )
    return settings.model_copy(update={"asr": tuned})
