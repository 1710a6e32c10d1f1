"""Speak the Whisper network's own language of tokens."""

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import tokenizers
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import get_suppressed_tokens

from domain.errors import EngineError
from domain.language import EN, HOTLINE_LANGUAGES, LanguageTag

_MAX_HOTWORD_TOKENS = 120  # of the 223 that the network reads before a transcript
_KEPT_PROMPTS = 256


class WhisperTokens:
    """The vocabulary of one set of weights; an English-only one has no language tokens."""

    def __init__(self, weights: Path, *, is_multilingual: bool) -> None:
        self._vocabulary = tokenizers.Tokenizer.from_file(str(weights / "tokenizer.json"))
        self._is_multilingual = is_multilingual
        self.languages = _languages(weights, self._vocabulary) if is_multilingual else (EN,)
        self._plain = self._speaking(self.languages[0])
        self.suppressed = list(get_suppressed_tokens(self._plain, [-1]))
        self.prompt = lru_cache(_KEPT_PROMPTS)(self._prompt)

    def text(self, ids: Sequence[int]) -> str:
        """Words without timestamps."""
        return str(self._plain.decode(list(ids))).strip()

    def _prompt(
        self, language: LanguageTag, hotwords: tuple[str, ...], *, timestamps: bool = True
    ) -> tuple[int, ...]:
        """What the network is told before it writes: words to expect, then language and task.

        Hotwords stand where the text before this stretch would be, as faster-whisper puts them.
        Raises EngineError ("asr.language") for a language these weights do not know.
        """
        if language not in self.languages:
            raise EngineError(
                "asr.language",
                f"expected one of {len(self.languages)} languages these weights know, got {language}",
                retryable=False,
            )
        start = tuple(self._speaking(language).sot_sequence)
        if not timestamps:
            start += (self._plain.no_timestamps,)
        if not hotwords:
            return start
        expected = self._plain.encode(" " + " ".join(hotwords))[:_MAX_HOTWORD_TOKENS]
        return (self._plain.sot_prev, *expected, *start)

    def _speaking(self, language: LanguageTag) -> Tokenizer:
        task = "transcribe" if self._is_multilingual else None
        return Tokenizer(self._vocabulary, self._is_multilingual, task=task, language=language)


def _languages(weights: Path, vocabulary: tokenizers.Tokenizer) -> tuple[LanguageTag, ...]:
    """What the weights say they know, ours first."""
    config = json.loads((weights / "config.json").read_text(encoding="utf-8"))
    tokens = [vocabulary.id_to_token(number) for number in config.get("lang_ids", [])]
    known = [LanguageTag(token.strip("<|>")) for token in tokens if token]
    known = known or [tag for tag in HOTLINE_LANGUAGES if vocabulary.token_to_id(f"<|{tag}|>")]
    ours = [tag for tag in HOTLINE_LANGUAGES if tag in known]
    return (*ours, *(tag for tag in known if tag not in ours))
