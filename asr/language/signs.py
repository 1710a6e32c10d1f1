"""Read the signs of a language that the network has no name for and writes down as its neighbour."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from domain.language import ZH, LanguageTag

YUE = LanguageTag("yue")
UG = LanguageTag("ug")
AR = LanguageTag("ar")

# Everyday words of Cantonese that Mandarin does not write, in forms that outlive simplification: 係 becomes 系 and
# is of no use. What Mandarin slang has borrowed (咩, 嗨, 咪) is left out.
_CANTONESE = frozenset("唔嘅咗喺佢哋冇啲嚟嗰咁乜嘢噉谂諗攞畀俾瞓睇啱嘞喎")
_MANDARIN = frozenset("的是不这這那们們吗嗎没沒她")
# Letters of the Uyghur alphabet that Arabic, Persian and Urdu do not have
_UYGHUR = frozenset("ېۆۈۋەڭ")
_SIGNS_NEEDED = 2
_FADES = 0.5
_FIRM_AT = 1.4  # two utterances, a plain Mandarin one between them or not


def sign_of(text: str) -> LanguageTag | None:
    """The language whose own letters a text shows: Cantonese, Uyghur or Mandarin; None when it shows nothing."""
    cantonese = sum(letter in _CANTONESE for letter in text)
    mandarin = sum(letter in _MANDARIN for letter in text)
    if cantonese >= max(_SIGNS_NEEDED, mandarin) and len(_CANTONESE & set(text)) >= _SIGNS_NEEDED:
        return YUE
    if len(_UYGHUR & set(text)) >= _SIGNS_NEEDED:
        return UG
    return ZH if mandarin > cantonese else None


_TAKEN_FOR: Mapping[LanguageTag, LanguageTag] = {YUE: ZH, UG: AR}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """What a leg's texts showed. Frozen: ``after`` makes the next one.

    One text is enough to stop calling it by the neighbour's name; two to call it by its own.
    """

    language: LanguageTag | None = None
    strength: float = 0.0

    @property
    def is_firm(self) -> bool:
        return self.strength >= _FIRM_AT

    @property
    def taken_for(self) -> LanguageTag | None:
        """What the network calls it."""
        return _TAKEN_FOR.get(self.language) if self.language is not None else None

    def after(self, seen: LanguageTag | None) -> "Sign":
        """Weigh the sign of one more text; a text that shows nothing changes nothing."""
        if seen is None:
            return self
        if seen in _TAKEN_FOR:
            before = self.strength if seen == self.language else 0.0
            return Sign(language=seen, strength=before + 1)
        faded = self.strength * _FADES
        return replace(self, strength=faded) if faded >= _FADES else Sign()
