"""Turn Chinese between the characters of the mainland, of Taiwan and of Hong Kong."""

import zhconv

from spoken_text.style import Script

_SPOKEN_ONE = "幺"  # the tables take it for another spelling of 么
_MOST_PASSES = 4


def simplified(text: str) -> str:
    """Simplified characters; words stay as they were said."""
    return str(zhconv.convert(text, Script.SIMPLIFIED.value))


def in_script(text: str, script: Script) -> str:
    """Simplified text in the characters of a place, and in its words where the dictionary knows them.

    A few characters take the tables more than one pass (侭, 儘, 盡); the last one is given.
    """
    if script is Script.SIMPLIFIED:
        return text
    for _ in range(_MOST_PASSES):
        converted = _converted(simplified(text), script)
        if converted == text:
            break
        text = converted
    return text


def _converted(text: str, script: Script) -> str:
    parts = text.split(_SPOKEN_ONE)
    return _SPOKEN_ONE.join(str(zhconv.convert(part, script.value)) for part in parts)
