r"""Seal blocks of a recording with AES-256-GCM, each on its own.

A sealed file is a header of 40 bytes and records. All numbers are little-endian.

    0   8  magic "OHSEAL\x00\x01"
    8   4  sample rate in Hz
    12  4  bytes of PCM in a block (a second)
    16  16 salt, random for each file
    32  8  key check: tells another key from a changed file

HKDF-SHA256(key, salt) gives the file's own key and the key check. Record n is block n encrypted with nonce =
salt[:8] + n (4 bytes), its 16-byte tag behind it; associated data is the header and one byte: 1 for the last record,
which is shorter than a block and written when the recording is closed, 0 for all others. So no record can be changed,
moved, or taken from another file, and a closed file cannot be cut short, without being noticed; a file that a
killed process left ends with its last whole record.
"""

import os
import struct
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from domain.audio import KNOWN_RATES_HZ, SAMPLE_BYTES
from domain.errors import InputError, StorageError

MAGIC = b"OHSEAL\x00\x01"
HEADER = struct.Struct("<8sII16s8s")
HEADER_BYTES = HEADER.size
KEY_BYTES = 32
TAG_BYTES = 16
_CHECK_BYTES = 8


def check_key(key: bytes | None) -> None:
    """Raises InputError on a key of the wrong length."""
    if key is not None and len(key) != KEY_BYTES:
        raise InputError(
            "recordings.key_length",
            f"expected a recording key of {KEY_BYTES} bytes, got {len(key)};"
            " make one with: head -c 32 /dev/urandom | base64",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """One file's key and geometry."""

    header: bytes
    sample_rate_hz: int
    block_bytes: int
    salt: bytes
    cipher: AESGCM

    @property
    def record_bytes(self) -> int:
        return self.block_bytes + TAG_BYTES

    def close(self, number: int, pcm: bytes, *, is_last: bool) -> bytes:
        """Turn a block into a record."""
        return self.cipher.encrypt(self._nonce(number), pcm, self._about(is_last))

    def open(self, number: int, record: bytes, *, is_last: bool) -> bytes | None:
        """Turn a record back into its block; None when it is not what was sealed."""
        if len(record) < TAG_BYTES:
            return None
        try:
            return self.cipher.decrypt(self._nonce(number), record, self._about(is_last))
        except InvalidTag:
            return None

    def _nonce(self, number: int) -> bytes:
        return self.salt[:8] + struct.pack("<I", number)

    def _about(self, is_last: bool) -> bytes:
        return self.header + bytes([is_last])


def new_seal(key: bytes, sample_rate_hz: int) -> Seal:
    """The seal of a file that begins."""
    salt = os.urandom(16)
    block_bytes = sample_rate_hz * SAMPLE_BYTES
    file_key, check = _derived(key, salt)
    header = HEADER.pack(MAGIC, sample_rate_hz, block_bytes, salt, check)
    return _seal(header, sample_rate_hz, block_bytes, salt, file_key)


def seal_of(header: bytes, key: bytes | None) -> Seal:
    """The seal of a file that exists. Raises StorageError when it is not ours or sealed with another key."""
    if len(header) < HEADER_BYTES or not header.startswith(MAGIC):
        raise StorageError(
            "recordings.damaged",
            "a sealed recording has no header of ours; restore it from a backup",
        )
    _, sample_rate_hz, block_bytes, salt, check = HEADER.unpack(header)
    if key is None:
        raise StorageError(
            "recordings.sealed", "the recording is sealed; set the recording key it was made with"
        )
    file_key, expected = _derived(key, salt)
    if check != expected:
        raise StorageError(
            "recordings.wrong_key",
            "the recording was sealed with another key; set the recording key it was made with",
        )
    if sample_rate_hz not in KNOWN_RATES_HZ or block_bytes != sample_rate_hz * SAMPLE_BYTES:
        raise StorageError(
            "recordings.tampered",
            "the header of a sealed recording was changed; restore it from a backup",
        )
    return _seal(header, sample_rate_hz, block_bytes, salt, file_key)


def _seal(
    header: bytes, sample_rate_hz: int, block_bytes: int, salt: bytes, file_key: bytes
) -> Seal:
    return Seal(
        header=header,
        sample_rate_hz=sample_rate_hz,
        block_bytes=block_bytes,
        salt=salt,
        cipher=AESGCM(file_key),
    )


def _derived(key: bytes, salt: bytes) -> tuple[bytes, bytes]:
    derived = HKDF(
        algorithm=SHA256(),
        length=KEY_BYTES + _CHECK_BYTES,
        salt=salt,
        info=b"openhotline recording 1",
    ).derive(key)
    return derived[:KEY_BYTES], derived[KEY_BYTES:]
