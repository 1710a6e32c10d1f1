"""Measure what a wire costs: frames handled per CPU-second beside a bare receive loop of the same socket library."""

__all__: list[str] = []
