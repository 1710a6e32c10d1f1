"""Spoil good inputs at random, the same way every time: a fuzzer for a look that takes seconds."""

import json
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

LONGEST_BYTES = 4_096
MOST_CHANGES = 6
CHANCE_OF_LOSS = 0.2
NASTY = (
    b"\0",
    b"\xff" * 4,
    b"-1",
    b"9" * 20,
    b"1e999",
    b"\xf0\x9f\x98\x80",
    b"null",
    b"[" * 200,
    b'{"a":' * 60,
    b"%00",
    b"\r\n",
    b"\xed\xa0\x80",
    "①٣".encode(),
)

NASTY_VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    2**31,
    10**30,
    1e308,
    0.5,
    "",
    "x" * 300,
    "-1",
    "NaN",
    "\0",
    "\ud800",
    "①٣",
    "////",
    [],
    [[]],
    {},
    {"": None},
)

Change = Callable[[Random, bytearray], None]


def mutants(seeds: Sequence[bytes], count: int, *, seed: int = 1) -> Iterator[bytes]:
    """The seeds themselves first, then spoiled ones."""
    dice = Random(seed)  # noqa: S311 - the same every time, no secret
    yield from seeds[:count]
    for _ in range(count - len(seeds)):
        yield mutant(dice, dice.choice(seeds), seeds)


def mutant(dice: Random, good: bytes, seeds: Sequence[bytes]) -> bytes:
    """One input with a few things wrong in it, sometimes with a piece of another behind it."""
    data = bytearray(good)
    for _ in range(dice.randint(1, MOST_CHANGES)):
        dice.choice(_CHANGES)(dice, data)
    if dice.random() < 0.1:
        other = dice.choice(seeds)
        data += other[dice.randint(0, len(other)) :]
    return bytes(data[:LONGEST_BYTES])


def _place(dice: Random, data: bytearray) -> int:
    return dice.randint(0, len(data))


def _flip(dice: Random, data: bytearray) -> None:
    if data:
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)


def _overwrite(dice: Random, data: bytearray) -> None:
    if data:
        data[dice.randrange(len(data))] = dice.randrange(256)


def _insert(dice: Random, data: bytearray) -> None:
    at = _place(dice, data)
    data[at:at] = dice.choice(NASTY)


def _replace(dice: Random, data: bytearray) -> None:
    at = _place(dice, data)
    nasty = dice.choice(NASTY)
    data[at : at + len(nasty)] = nasty


def _drop(dice: Random, data: bytearray) -> None:
    at = _place(dice, data)
    del data[at : at + dice.randint(1, 32)]


def _repeat(dice: Random, data: bytearray) -> None:
    at = _place(dice, data)
    piece = data[at : at + dice.randint(1, 64)]
    data[at:at] = piece * dice.randint(1, 4)


def _cut(dice: Random, data: bytearray) -> None:
    if dice.random() < 0.2:
        del data[_place(dice, data) :]


def _change_value(dice: Random, data: bytearray) -> None:
    """Change something inside one of the JSON objects, so that it stays one."""
    lines = bytes(data).split(b"\n")
    number = dice.randrange(len(lines))
    before, brace, rest = lines[number].partition(b"{")
    try:
        found = json.loads(brace + rest)
    except (ValueError, RecursionError):
        return
    holders = list(_holders(found))
    if not holders:
        return
    holder, key = dice.choice(holders)
    if dice.random() < CHANCE_OF_LOSS:
        del holder[key]
    else:
        holder[key] = _other(dice, holder[key], holders)
    lines[number] = before + json.dumps(found).encode("utf-8", "replace")
    data[:] = b"\n".join(lines)


def _holders(node: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a JSON value where another could stand."""
    places = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in tuple(places):
        yield node, key
        if isinstance(value, dict | list):
            yield from _holders(value)


def _other(dice: Random, value: Any, holders: Sequence[tuple[Any, Any]]) -> Any:
    kind = dice.randrange(4)
    if kind == 0:
        return [value]
    if kind == 1:
        holder, key = dice.choice(holders)
        return json.loads(json.dumps(holder.get(key) if isinstance(holder, dict) else value))
    if kind == 2 and isinstance(value, int | float):
        return value * dice.choice((-1, 2, 1_000, 10**12)) + dice.choice((-1, 0, 1))
    return dice.choice(NASTY_VALUES)


_CHANGES: tuple[Change, ...] = (
    _flip,
    _overwrite,
    _insert,
    _replace,
    _drop,
    _repeat,
    _cut,
    _change_value,
    _change_value,
)
