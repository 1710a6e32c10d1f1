"""Measure what is promised, and print each figure beside a peer's.

Benches print; tests check behaviour. A figure always comes with its machine and its command.
"""

__all__: list[str] = []
