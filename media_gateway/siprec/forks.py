"""Recognise one half of a call that is recorded as two, and say what joins the halves; pure.

Cisco Unified CM records a telephone's built-in bridge as two calls: the near end (our agent) and the far end, told by
parameters of the From header. Other systems name the recorded session in the metadata (`sipSessionID`, RFC 7989: both
halves hold the same two identifiers, perhaps in the other order) or in a header (`Cisco-Guid`).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from domain.audio import Leg
from media_gateway.siprec.people import read_address, tidy_aor
from media_gateway.siprec.roster import Roster

_NEAR_END = re.compile(r";\s*x-nearend(?=[;>\s]|$)", re.IGNORECASE)
_FAR_END = re.compile(r";\s*x-farend(?=[;>\s]|$)", re.IGNORECASE)
_CALL_REFERENCE = re.compile(r";\s*x-refci=([^;>\s]{1,64})", re.IGNORECASE)
_FAR_ADDRESS = re.compile(r";\s*x-farendaddr=([^;>\s]{1,128})", re.IGNORECASE)
_GUIDS = ("cisco-guid", "cisco-gucid")
_NO_SESSION = "0" * 32  # RFC 7989: the nil identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class ForkHalf:
    """``key`` is the same for both halves. ``leg`` and ``address`` are None where nothing says whose half it is."""

    key: str
    leg: Leg | None = None
    address: str | None = None


def half_of(header: Callable[[str], str | None], roster: Roster) -> ForkHalf | None:
    """What joins this recording of a single stream to its other half; None when nothing does."""
    origin = header("from") or ""
    reference = _CALL_REFERENCE.search(origin)
    if reference is not None:
        return _bridge_half(origin, reference.group(1))
    for name in roster.references[:1]:
        if key := _session_key(name):
            return ForkHalf(key=key)
    for name in _GUIDS:
        if guid := (header(name) or "").strip().strip("{}"):
            return ForkHalf(key=f"guid {guid.lower()[:128]}")
    return None


def _bridge_half(origin: str, reference: str) -> ForkHalf:
    key = f"refci {reference}"
    if _FAR_END.search(origin):
        far = _FAR_ADDRESS.search(origin)
        return ForkHalf(key=key, leg=Leg.CALLER, address=tidy_aor(far.group(1)) if far else None)
    if _NEAR_END.search(origin):
        near = read_address(origin)[0] or ""
        return ForkHalf(key=key, leg=Leg.AGENT, address=near.partition(";")[0] or None)
    return ForkHalf(key=key)


def _session_key(written: str) -> str | None:
    """``a;remote=b`` and ``b;remote=a`` are one session (RFC 7989 section 5)."""
    local, _, rest = written.partition(";")
    remote = rest.partition("remote=")[2].partition(";")[0]
    halves = {half.strip().lower() for half in (local, remote)} - {"", _NO_SESSION}
    return f"session {' '.join(sorted(halves))}"[:256] if halves else None
