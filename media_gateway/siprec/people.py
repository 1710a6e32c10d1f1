"""Read who somebody is from what telephone systems write: an address of record, a display name, a whole From header."""

import re
from urllib.parse import unquote

_SCHEME = re.compile(r"^(sips?|tel):", re.IGNORECASE)
_SEPARATORS = re.compile(r"[\s().-]")
_NUMBER = re.compile(r"^\+?[0-9*#]{1,24}$")
_NAME_PARAMETERS = re.compile(
    r";\s*(?:lang|id)=.*$"
)  # OpenSIPS with a name-addr that had parameters
_HIDDEN = frozenset(
    ("anonymous", "unavailable", "unknown", "restricted", "private", "withheld", "nobody")
)
LONGEST = 256  # of a name or an address; longer ones are cut


def tidy_name(text: str | None) -> str | None:
    """A display name without quotes and parameters; None when nothing is left."""
    if text is None:
        return None
    bare = _NAME_PARAMETERS.sub("", text.strip()).strip().strip('"').strip()
    return bare[:LONGEST] or None


def tidy_aor(text: str | None) -> str | None:
    """``sip:user@host`` from an address in any dress; None when it is empty."""
    if text is None:
        return None
    bare = text.strip()
    if "<" in bare:
        bare = bare.partition("<")[2].partition(">")[0]
    bare = bare.partition(">")[0].strip()[:LONGEST]
    if not bare:
        return None
    return bare if _SCHEME.match(bare) or ":" in bare.partition("@")[0] else f"sip:{bare}"


def user_of(aor: str | None) -> str | None:
    """The part before ``@``, without scheme, parameters and password."""
    if aor is None:
        return None
    rest = _SCHEME.sub("", aor)
    before, at, _ = rest.partition("@")
    if not at and not aor.lower().startswith("tel:") and not _NUMBER.match(before):
        return None  # "sip:10.1.2.3": a host and nobody
    user = unquote(before.partition(";")[0].partition(":")[0]).strip()
    return user or None


def host_of(aor: str | None) -> str | None:
    if aor is None or "@" not in aor:
        return None
    host = aor.partition("@")[2].partition(";")[0].partition("?")[0]
    return host.rpartition(":")[0].lower() if re.search(r"[^:]:[0-9]+$", host) else host.lower()


def number_of(aor: str | None) -> str | None:
    """The telephone number in an address, without separators; None for names and hidden callers."""
    user = user_of(aor)
    if user is None:
        return None
    bare = _plain(user)
    return bare if _NUMBER.match(bare) else None


def is_hidden(aor: str | None, name: str | None = None) -> bool:
    """Whether a caller withheld who they are (RFC 3323)."""
    user = (user_of(aor) or "").lower()
    host = host_of(aor) or ""
    return (
        user in _HIDDEN
        or host == "anonymous.invalid"
        or (user == "" and (name or "").lower() in _HIDDEN)
    )


def read_address(header: str) -> tuple[str | None, str | None]:
    """(address, display name) of a From or To header's value."""
    if "<" not in header:
        return tidy_aor(header.partition(";")[0]), None
    return tidy_aor(header), tidy_name(header.partition("<")[0])


def _plain(user: str) -> str:
    return _SEPARATORS.sub("", user)
