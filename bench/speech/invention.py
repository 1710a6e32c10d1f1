"""Count the words that come out where nobody said any."""

from collections.abc import Callable
from typing import Any

from bench.speech.clip import Codec
from bench.speech.listening import listen_to
from bench.speech.programme import programme
from domain.language import EN
from domain.ports import SpeechToText
from spoken_text import for_scoring

Advance = Callable[[], None]


async def invention_figures(
    recogniser: SpeechToText, *, codec: Codec, seconds: float, done: Advance
) -> dict[str, Any]:
    """``done`` is called after every piece of the programme; ``invented`` tells the piece and its words."""
    invented: dict[str, str] = {}
    marked_ms = 0
    for piece in programme(codec=codec, seconds=seconds):
        heard = await listen_to(recogniser, piece.clip, piece.name)
        marked_ms += sum(end - start for start, end in heard.marked)
        if heard.text:
            invented[piece.name] = heard.text
        done()
    words = sum(len(for_scoring(text, EN).split()) for text in invented.values())
    return {
        "invented_words": words,
        "invented": invented,
        "seconds": seconds,
        "marked_s": round(marked_ms / 1000, 1),
    }
