"""The bytes of a pack: files, manifest, signature, one after the other, with the memory of one chunk."""

import asyncio
import hashlib
import zlib
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from yunhu.domains.documents.public import Document, DocumentStore, open_document
from yunhu.domains.evidence.container import CHUNK, Entry, header, tail
from yunhu.domains.evidence.drafts import Draft, Rows
from yunhu.domains.evidence.errors import RecordingChangedError
from yunhu.domains.evidence.keys import ALGORITHM, Signer
from yunhu.domains.evidence.manifest import (
    FORM,
    MANIFEST,
    SIGNATURE,
    ContentHash,
    FileLine,
    Signature,
    canonical,
    signed_message,
)
from yunhu.domains.recordings.public import recording_path
from yunhu.foundation.evidence import Attempt, EvidencePart, Fact


class FilePiece(msgspec.Struct, frozen=True, kw_only=True):
    """A recording that belongs to an attempt, as it lies on the disk."""

    call_id: UUID
    file: str
    """Below the recordings directory."""
    included: bool
    told: str
    """For the page."""
    bytes: int = 0
    crc32: int = 0
    sha256: str = ""

    @property
    def path(self) -> str:
        """In the pack."""
        return f"recordings/{self.call_id}.wav"


class RecordingFiles:
    """Looks at the recordings of attempts, where a pack shall have them."""

    def __init__(self, recordings_dir: Path, *, wanted: bool) -> None:
        self._directory = recordings_dir
        self._wanted = wanted

    async def look(
        self, attempts: Sequence[Attempt], said: Iterable[tuple[EvidencePart, Sequence[Fact]]]
    ) -> list[FilePiece]:
        """What there is for these, in their order."""
        on_record = {
            fact.attempt: fact.values for part, facts in said if part.name == "recordings" for fact in facts
        }
        known = [(attempt.id, on_record[attempt.id]) for attempt in attempts if attempt.id in on_record]
        return [await asyncio.to_thread(self._piece, call_id, values) for call_id, values in known]

    def _piece(self, call_id: UUID, values: dict[str, Any]) -> FilePiece:
        name = values["path"]
        path = recording_path(self._directory, name)
        if not self._wanted or path is None or not path.is_file():
            zh, en = (
                (
                    "录音文件未在本机，包内仅含哈希",
                    "the recording is not on this machine; its hash alone is in the pack",
                )
                if self._wanted
                else (
                    "未要求附录音，包内仅含哈希",
                    "the recording was not asked for; its hash alone is in the pack",
                )
            )
            return FilePiece(call_id=call_id, file=name, included=False, told=_told(zh, en))
        size, crc32, sha256 = _measure(path)
        same = values["sha256"] == sha256
        told = (
            _told(
                "录音与登记哈希一致，见 ", f"the recording has the hash on record: recordings/{call_id}.wav"
            )
            if same
            else _told("录音与登记哈希不一致！", "THE RECORDING DOES NOT HAVE THE HASH ON RECORD")
        )
        return FilePiece(
            call_id=call_id, file=name, included=True, told=told, bytes=size, crc32=crc32, sha256=sha256.hex()
        )


def _told(zh: str, en: str) -> str:
    return f"<p>{zh} <span class=en>{en}</span></p>\n"


def _measure(path: Path) -> tuple[int, int, bytes]:
    sha256, crc32, size = hashlib.sha256(), 0, 0
    with path.open("rb") as file:
        while data := file.read(CHUNK):
            sha256.update(data)
            crc32 = zlib.crc32(data, crc32)
            size += len(data)
    return size, crc32, sha256.digest()


class Sealer:
    """Writes one archive."""

    def __init__(self, signer: Signer, folder: Path) -> None:
        self._signer = signer
        self._offset = 0
        self._entries = Rows(folder)
        self._lines = Rows(folder)
        self._folder = folder
        self.content = ContentHash()
        self.files = 0
        """Written so far."""

    async def draft(self, draft: Draft) -> AsyncIterator[bytes]:
        """A file that was drafted."""
        async for data in self._file(draft.entry(self._offset), draft.line.sha256, draft.content()):
            yield data

    async def recordings(self, pieces: Iterator[FilePiece], directory: Path) -> AsyncIterator[bytes]:
        """Recordings from the disk. Raises `RecordingChangedError`."""
        for piece in pieces:
            path = recording_path(directory, piece.file)
            if path is None:
                raise RecordingChangedError(path=piece.file)
            entry = Entry(piece.path, piece.bytes, piece.crc32, self._offset)
            async for data in self._file(entry, piece.sha256, _from_disk(path, piece)):
                yield data

    async def document(self, document: Document, name: str, store: DocumentStore) -> AsyncIterator[bytes]:
        """A paper from the store."""
        with closing(Draft(name, self._folder)) as draft:
            async for data in open_document(store, document):
                await asyncio.to_thread(draft.write, data)
            async for data in self.draft(draft):
                yield data

    async def end(self, pack: dict[str, Any]) -> AsyncIterator[bytes]:
        """Manifest, signature, directory."""
        with (
            closing(Draft(MANIFEST, self._folder)) as manifest,
            closing(Draft(SIGNATURE, self._folder)) as last,
        ):
            await asyncio.to_thread(self._write_manifest, manifest, pack)
            signed = self._signer.sign(signed_message(manifest.sha256))
            key_id = self._signer.public.key_id
            last.write(canonical(Signature(algorithm=ALGORITHM, key_id=key_id, signature=signed.hex())))
            for draft in (manifest, last):
                async for data in self._file(draft.entry(self._offset), None, draft.content()):
                    yield data
        for record in tail(self._entries.read(Entry), self._offset):
            yield record

    def close(self) -> None:
        """Nothing stays on the disk."""
        self._entries.close()
        self._lines.close()

    async def _file(
        self, entry: Entry, sha256: str | None, content: AsyncIterator[bytes]
    ) -> AsyncIterator[bytes]:
        first = header(entry)
        yield first
        async for data in content:
            yield data
        self._offset += len(first) + entry.bytes
        self._entries.add(entry)
        self.files += 1
        if sha256 is not None:
            line = FileLine(entry.path, entry.bytes, sha256)
            self._lines.add(line)
            self.content.add(line)

    def _write_manifest(self, draft: Draft, pack: dict[str, Any]) -> None:
        # Keys in order, as `canonical` has them; the list of files may be long and is never in memory.
        draft.write(b'{"content_sha256":' + canonical(self.content.hexdigest()) + b',"files":[')
        for number, line in enumerate(self._lines.read(FileLine)):
            draft.write((b"," if number else b"") + canonical(line))
        draft.write(b'],"form":' + canonical(FORM) + b',"key_id":' + canonical(self._signer.public.key_id))
        draft.write(b',"pack":' + canonical(pack) + b"}")


async def _from_disk(path: Path, piece: FilePiece) -> AsyncIterator[bytes]:
    crc32 = size = 0
    try:
        file = await asyncio.to_thread(path.open, "rb")
    except FileNotFoundError:
        raise RecordingChangedError(path=piece.file) from None
    with file:
        while data := await asyncio.to_thread(file.read, CHUNK):
            size += len(data)
            crc32 = zlib.crc32(data, crc32)
            if size > piece.bytes:
                break
            yield data
    if (size, crc32) != (piece.bytes, piece.crc32):
        raise RecordingChangedError(path=piece.file)
