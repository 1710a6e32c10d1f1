"""Notice callers who go to and fro between two languages, in one sentence or from one to the next."""

import re
from dataclasses import dataclass
from itertools import pairwise

from domain.language import EN, ZH, LanguageTag

Voice = tuple[LanguageTag, ...]

MIXTURES: tuple[tuple[LanguageTag, LanguageTag], ...] = ((ZH, EN),)

_REMEMBERED = 6  # utterances
_INSIDE_FOR = 4  # utterances a mixed sentence is remembered for
_CLEAR_AT = 0.8
_CLEAR_FROM_MS = 800  # "OK" and "bye" are said in every language
_TURNS_NEEDED = 2  # one is a caller who changed language
_HAN = re.compile(r"[\u4e00-\u9fff]")
_WORD = re.compile(r"[A-Za-z]*[a-z][A-Za-z']*")  # APP, SIM and VPN are Chinese by now
_HAN_NEEDED = 4
_WORDS_NEEDED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """The languages of a leg's last utterances, the newest last. Frozen: ``after`` makes the next one."""

    voices: tuple[Voice, ...] = ()

    def after(
        self, language: LanguageTag, probability: float, speech_ms: int, text: str = ""
    ) -> "Turns":
        """Remember one utterance, if its language was clear or it was mixed in itself."""
        voice: Voice = ()
        if probability >= _CLEAR_AT and speech_ms >= _CLEAR_FROM_MS:
            voice = (language,)
        if is_mixed(text):
            voice = (ZH, EN)
        return Turns(voices=(*self.voices, voice)[-_REMEMBERED:]) if voice else self

    @property
    def mixed(self) -> tuple[LanguageTag, ...]:
        """The two languages gone to and fro between; empty when there is one, or one followed by another."""
        for pair in MIXTURES:
            if pair in self.voices[-_INSIDE_FOR:] or self._turns(pair) >= _TURNS_NEEDED:
                return pair
        return ()

    def _turns(self, pair: tuple[LanguageTag, LanguageTag]) -> int:
        said = [voice[0] for voice in self.voices if len(voice) == 1 and voice[0] in pair]
        return sum(before != now for before, now in pairwise(said))


def is_mixed(text: str) -> bool:
    """Whether a Chinese sentence has an English phrase in it; a name or two is not one."""
    return len(_HAN.findall(text)) >= _HAN_NEEDED and len(_WORD.findall(text)) >= _WORDS_NEEDED
