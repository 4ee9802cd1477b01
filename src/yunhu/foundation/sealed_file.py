"""Files at rest, encrypted piece by piece, so that any size is written and read with the memory of one piece.

Form: `YHF1`, 16 bytes of salt, then pieces of up to 64 KiB, each AES-256-GCM with its number as nonce. The nonce of the
last piece says that it is the last: a file that was cut off, or whose pieces were moved, does not open.
"""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag

from yunhu.foundation.crypto import Vault

PIECE_BYTES = 64 * 1024
_MAGIC = b"YHF1"
_SALT_BYTES = 16
_TAG_BYTES = 16


class SealedFileError(Exception):
    """The file is not whole, or was sealed under another key."""


async def seal_file(path: Path, vault: Vault, content: AsyncIterator[bytes]) -> None:
    """Write `content` to a new file and see it on the disk. Raises `FileExistsError`."""
    salt = os.urandom(_SALT_BYTES)
    cipher = vault.file_cipher(salt)
    with path.open("xb") as file:
        file.write(_MAGIC + salt)
        number, waiting = 0, bytearray()
        async for data in content:
            waiting += data
            while len(waiting) > PIECE_BYTES:
                file.write(cipher.encrypt(_nonce(number, last=False), bytes(waiting[:PIECE_BYTES]), None))
                del waiting[:PIECE_BYTES]
                number += 1
        file.write(cipher.encrypt(_nonce(number, last=True), bytes(waiting), None))
        file.flush()
        os.fsync(file.fileno())


def open_file(path: Path, vault: Vault) -> Iterator[bytes]:
    """The content in pieces. Raises `FileNotFoundError`, `SealedFileError`."""
    with path.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise SealedFileError("not a sealed file")
        cipher = vault.file_cipher(file.read(_SALT_BYTES))
        for number, (piece, last) in enumerate(_pieces(file)):
            try:
                yield cipher.decrypt(_nonce(number, last=last), piece, None)
            except InvalidTag as error:
                raise SealedFileError("a piece does not open") from error


def _pieces(file: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    piece = file.read(PIECE_BYTES + _TAG_BYTES)
    while True:
        following = file.read(PIECE_BYTES + _TAG_BYTES)
        yield piece, not following
        if not following:
            return
        piece = following


def _nonce(number: int, *, last: bool) -> bytes:
    return bytes([last]) + number.to_bytes(11, "big")
