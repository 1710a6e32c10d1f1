"""Know music, tones and keys when they sound on a leg, so that nobody tries to read them.

A leg has one `Passages`. It hears what the speech detector hears, window by window, and costs about as much::

    passages = Passages(settings=settings.passages)
    heard = passages.hear(windows, probabilities, first_sample)  # whole windows, in order; holes may lie between
    why = passages.why_not_speech(start_sample, end_sample)  # before an utterance is read: None means "read it"
    heard = passages.end()  # the leg is over

All samples are counted at 16 kHz since the leg began.
"""

from asr.sounds.passage import Passage
from asr.sounds.passages import Passages

__all__ = ["Passage", "Passages"]
