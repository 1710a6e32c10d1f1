"""Know every target: wire by wire, the parsers that strangers reach."""

from collections.abc import Sequence

from bench.fuzz import socket_targets, telephone_targets
from bench.fuzz.target import Target
from domain.errors import InputError

TARGETS: tuple[Target, ...] = socket_targets.TARGETS + telephone_targets.TARGETS
WIRES: tuple[str, ...] = tuple(dict.fromkeys(target.wire for target in TARGETS))


def of_wire(wire: str) -> Sequence[Target]:
    """Raises InputError on a wire nobody speaks."""
    found = [target for target in TARGETS if target.wire == wire]
    if not found:
        raise InputError("bench.wire", f"expected one of {', '.join(WIRES)}, got {wire!r}")
    return found


def named(name: str) -> Target:
    """Raises InputError on a target that is not there."""
    for target in TARGETS:
        if target.name == name:
            return target
    names = ", ".join(target.name for target in TARGETS)
    raise InputError("bench.target", f"expected one of {names}, got {name!r}")
