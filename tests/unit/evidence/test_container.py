"""The archive's one form, against the standard library's reader."""

import io
import zipfile
import zlib
from pathlib import Path

import pytest
from tests.support.evidence.packs import small_pack

from yunhu.domains.evidence.container import ContainerError, Entry, follow, header, tail
from yunhu.domains.evidence.keys import KeyFolder
from yunhu.foundation.clock import SystemClock


def _archive(files: dict[str, bytes]) -> bytes:
    written, entries = bytearray(), []
    for path, content in files.items():
        entry = Entry(path, len(content), zlib.crc32(content), len(written))
        entries.append(entry)
        written += header(entry) + content
    return bytes(written) + b"".join(tail(entries, len(written)))


def test_given_files_when_written_then_the_standard_reader_finds_them_and_every_byte_is_followed() -> None:
    files = {"a.txt": b"one", "b/c.bin": b"", "d.bin": bytes(range(256)) * 2000}
    raw = _archive(files)
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == files
    seen: list[str] = []
    assert follow(io.BytesIO(raw), lambda entry: seen.append(entry.path)) == len(raw)
    assert seen == list(files)


def test_given_more_files_than_plain_zip_counts_when_written_then_the_standard_reader_finds_them_all() -> (
    None
):
    raw = _archive({f"{number}": b"" for number in range(70_000)})
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        assert len(archive.namelist()) == 70_000
    assert follow(io.BytesIO(raw), lambda _: None) == len(raw)


def test_given_a_file_above_4_gib_when_its_records_are_written_then_the_standard_reader_knows_its_size() -> (
    None
):
    entry = Entry("big.bin", 5 << 30, 7, 6 << 30)
    directory = b"".join(tail([entry], 11 << 30))
    info = _Directory(directory, 11 << 30).infos[0]
    assert (info.file_size, info.compress_size, info.header_offset) == (5 << 30, 5 << 30, 6 << 30)
    assert len(header(entry)) == 30 + len("big.bin") + 20


class _Directory:
    """The standard library's view of a directory that stands far behind in a sparse file."""

    def __init__(self, directory: bytes, offset: int) -> None:
        with zipfile.ZipFile(_Sparse(directory, offset)) as archive:  # type: ignore[arg-type]
            self.infos = archive.infolist()


class _Sparse(io.RawIOBase):
    """Zeros up to an offset, then bytes."""

    def __init__(self, data: bytes, offset: int) -> None:
        self._data, self._offset, self._at = data, offset, 0

    def seekable(self) -> bool:
        return True

    def seek(self, to: int, whence: int = 0) -> int:
        size = self._offset + len(self._data)
        self._at = to + (0 if whence == 0 else self._at if whence == 1 else size)
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1) -> bytes:
        begin = self._at - self._offset
        data = self._data[max(begin, 0) :] if size < 0 else self._data[begin : begin + size]
        self._at += len(data)
        return data


@pytest.mark.parametrize(
    ("damage", "where"),
    [
        (lambda raw: raw[:-1], "directory"),
        (lambda raw: raw + b"\x00", "behind the end"),
        (lambda raw: raw[:20], "cut off"),
        (lambda raw: b"XX" + raw[2:], "directory"),
    ],
)
def test_given_a_damaged_archive_when_followed_then_the_place_is_told(damage: object, where: str) -> None:
    raw = _archive({"a.txt": b"one", "b.txt": b"two"})
    with pytest.raises(ContainerError, match=where):
        follow(io.BytesIO(damage(raw)), lambda _: None)  # type: ignore[operator]


def test_given_the_same_files_when_signed_twice_then_the_bytes_are_the_same(tmp_path: Path) -> None:
    signer = KeyFolder(tmp_path).signer(SystemClock().now())
    files = {"index.html": b"page", "data/calls.jsonl": b"{}\n"}
    assert small_pack(signer, files, tmp_path) == small_pack(signer, files, tmp_path)
