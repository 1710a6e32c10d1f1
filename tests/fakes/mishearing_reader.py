"""A machine that hears a known term wrongly."""

from tests.fakes.utterance_reader import ScriptedReader

HEARD, MEANT = "我用随身办", "我用随申办"
TERM = "随申办"
PITCH_HZ = 440


def load_mishearing(**_: object) -> ScriptedReader:
    """Takes what `load_whisper` takes; can be pickled."""
    return ScriptedReader({PITCH_HZ: HEARD})


def load_mishearing_beside(*_: object) -> ScriptedReader:
    """Takes what `load_beside` takes."""
    return load_mishearing()
