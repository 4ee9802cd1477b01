"""Sealed files give back what was written, and nothing else ever."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunhu.foundation.crypto import Vault
from yunhu.foundation.sealed_file import PIECE_BYTES, SealedFileError, open_file, seal_file

VAULT, OTHER = Vault(bytes(32)), Vault(bytes(range(32)))
lengths = st.sampled_from([0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES])


def sealed(folder: Path, content: bytes, cut: int) -> Path:
    async def parts() -> AsyncIterator[bytes]:
        for start in range(0, len(content), cut):
            yield content[start : start + cut]

    path = folder / "file"
    asyncio.run(seal_file(path, VAULT, parts()))
    return path


@given(lengths, st.integers(100, 200_000))
def test_given_content_of_any_length_when_sealed_in_any_parts_then_it_comes_back(
    length: int, cut: int
) -> None:
    content = bytes(i % 251 for i in range(length))
    with tempfile.TemporaryDirectory() as folder:
        path = sealed(Path(folder), content, cut)
        assert b"".join(open_file(path, VAULT)) == content
        if length > 100:
            assert content[:64] not in path.read_bytes()


@given(lengths, st.data())
def test_given_a_sealed_file_when_any_byte_is_changed_or_cut_then_it_does_not_open(
    length: int, data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = sealed(Path(folder), bytes(length), 50_000)
        raw = bytearray(path.read_bytes())
        if data.draw(st.booleans()):
            raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1
        else:
            del raw[data.draw(st.integers(4, len(raw) - 1)) :]
        path.write_bytes(raw)
        with pytest.raises(SealedFileError):
            list(open_file(path, VAULT))


def test_given_pieces_that_changed_places_when_opened_then_it_is_refused(tmp_path: Path) -> None:
    path = sealed(tmp_path, bytes(3 * PIECE_BYTES), 1000)
    raw, piece = path.read_bytes(), PIECE_BYTES + 16
    path.write_bytes(
        raw[:20] + raw[20 + piece : 20 + 2 * piece] + raw[20 : 20 + piece] + raw[20 + 2 * piece :]
    )
    with pytest.raises(SealedFileError):
        list(open_file(path, VAULT))


def test_given_another_key_when_opened_then_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SealedFileError):
        list(open_file(sealed(tmp_path, b"secret", 10), OTHER))
