"""Weigh the gateway's wires one after the other, then its bridge."""

from typing import Any

from rich.console import Console

from bench.bridge import bridge_figures
from bench.gateway.figures import gateway_figures
from bench.gateway.loads import LOADS, WireLoad
from domain.errors import InputError

BRIDGE = "bridge"


async def gateway_bench(wires: list[str], calls: int | None, seconds: float) -> dict[str, Any]:
    """Figures by wire: calls, lost_frames, cpu_share, raw_ratio. Raises InputError on a wire nobody speaks."""
    console = Console(stderr=True)
    figures: dict[str, Any] = {}
    for load in _chosen(wires):
        with console.status(f"Weighing {load.wire} …"):
            figures[load.wire] = await gateway_figures(
                load, calls=calls or load.calls, seconds=seconds
            )
    if not wires or BRIDGE in wires:
        with console.status("Weighing the bridge …"):
            figures |= await bridge_figures()
    return figures


def _chosen(wires: list[str]) -> list[WireLoad]:
    known = [load.wire for load in LOADS]
    unknown = next((wire for wire in wires if wire not in (*known, BRIDGE)), None)
    if unknown is not None:
        raise InputError(
            "bench.wire", f"expected wires of {', '.join([*known, BRIDGE])}, got {unknown!r}"
        )
    return [load for load in LOADS if not wires or load.wire in wires]
