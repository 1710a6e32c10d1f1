"""Say what went wrong so that a person knows what to do.

ContactCentreError          carries a stable ``code`` ("asr.rate") and a sentence
├── InputError              the outside was wrong: what was expected, what came, what to do
├── NotFound                the thing asked for is not here
├── Refused                 a rule said no
├── EngineError             a machine (recogniser, voice, embedder) failed; ``retryable`` says whether to try again
└── StorageError            the disk or the database failed
"""


class ContactCentreError(Exception):
    """Any failure this house can name; ``code`` starts with the room it happened in."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return f"{self.message} [{self.code}]"


class InputError(ContactCentreError):
    """What came from outside cannot be used; nothing was kept of it."""


class NotFound(ContactCentreError):
    """The id asked for names nothing we have."""


class Refused(ContactCentreError):
    """A rule forbids it, and the message names the rule."""


class EngineError(ContactCentreError):
    """A machine behind a port failed."""

    def __init__(self, code: str, message: str, *, retryable: bool) -> None:
        super().__init__(code, message)
        self.retryable = retryable


class StorageError(ContactCentreError):
    """The disk or the database said no."""
