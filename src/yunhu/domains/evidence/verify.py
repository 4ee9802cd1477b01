"""Verifies a pack: with its file and a public key alone, no database and no network."""

import hashlib
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

import msgspec

from yunhu.domains.evidence.container import CHUNK, ContainerError, follow
from yunhu.domains.evidence.keys import ALGORITHM, PublicKey
from yunhu.domains.evidence.manifest import (
    FORM,
    MANIFEST,
    SIGNATURE,
    ContentHash,
    FileLine,
    Manifest,
    Signature,
    canonical,
    signed_message,
)

_MOST_SIGNATURE_BYTES = 4096
_MOST_MANIFEST_BYTES = 1 << 29
# What the standard library's reader throws at archives that are damaged.
_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, EOFError, RuntimeError, OSError, ValueError,
    OverflowError, IndexError,
)  # fmt: skip


class Broken(StrEnum):
    """What can be wrong with a pack."""

    NOT_AN_ARCHIVE = "not_an_archive"
    CONTAINER = "container_altered"
    """Bytes outside the files differ: the archive was packed anew, or damaged."""
    NO_MANIFEST = "manifest_missing"
    MANIFEST = "manifest_unreadable"
    NO_SIGNATURE = "signature_missing"
    WRONG_KEY = "wrong_key"
    SIGNATURE = "bad_signature"
    CHANGED = "changed_file"
    MISSING = "missing_file"
    EXTRA = "extra_file"
    CONTENT_HASH = "content_hash_differs"


MEANINGS = {
    Broken.NOT_AN_ARCHIVE: "不是证据包 (not an evidence pack)",
    Broken.CONTAINER: "归档结构被改动 (the archive was packed anew or damaged)",
    Broken.NO_MANIFEST: "清单缺失 (the manifest is missing)",
    Broken.MANIFEST: "清单无法读取 (the manifest cannot be read)",
    Broken.NO_SIGNATURE: "签名缺失或无法读取 (the signature is missing or cannot be read)",
    Broken.WRONG_KEY: "公钥不符 (signed by another key than those given)",
    Broken.SIGNATURE: "签名无效 (the signature does not fit the manifest)",
    Broken.CHANGED: "文件被改动 (a file was changed)",
    Broken.MISSING: "文件缺失 (a file is missing)",
    Broken.EXTRA: "多出未签名的文件 (a file was added that nobody signed)",
    Broken.CONTENT_HASH: "内容哈希不符 (the content hash differs)",
}


class Fault(msgspec.Struct, frozen=True):
    """One thing that is broken."""

    what: Broken
    where: str = ""
    """A file of the pack, a key, or a place in the archive."""


class Report(msgspec.Struct, kw_only=True):
    """What was found."""

    faults: list[Fault] = []
    files: int = 0
    """How many are as they were signed."""
    key_id: str | None = None
    manifest: Manifest | None = None

    @property
    def sound(self) -> bool:
        """Nothing is broken."""
        return not self.faults

    def fault(self, what: Broken, where: str = "") -> None:
        """Note a fault."""
        self.faults.append(Fault(what, where))


def verify_pack(path: Path, keys: Iterable[PublicKey]) -> Report:
    """Look through a whole pack; every fault that can be told apart. Raises `OSError` when the file cannot be opened."""
    report = Report()
    with path.open("rb") as file:
        _check_container(file, report)
        file.seek(0)
        try:
            archive = zipfile.ZipFile(file)
        except _UNREADABLE:
            report.faults = [Fault(Broken.NOT_AN_ARCHIVE)]
            return report
        with archive:
            manifest = _check_signature(archive, {key.key_id: key for key in keys}, report)
            if manifest is not None:
                _check_files(archive, manifest, report)
    return report


def _check_container(file: BinaryIO, report: Report) -> None:
    try:
        follow(file, lambda _: None)
    except ContainerError as error:
        report.fault(Broken.CONTAINER, f"byte {error.offset}: {error}")


def _check_signature(archive: zipfile.ZipFile, keys: dict[str, PublicKey], report: Report) -> Manifest | None:
    try:
        with archive.open(MANIFEST) as file:
            raw = file.read(_MOST_MANIFEST_BYTES)
    except KeyError:
        report.fault(Broken.NO_MANIFEST, MANIFEST)
        return None
    except _UNREADABLE:
        report.fault(Broken.CHANGED, MANIFEST)
        return None
    signature = _signature_of(archive)
    if signature is None:
        report.fault(Broken.NO_SIGNATURE, SIGNATURE)
    else:
        report.key_id = signature.key_id
        key = keys.get(signature.key_id)
        message = signed_message(hashlib.sha256(raw).digest())
        if key is None:
            report.fault(Broken.WRONG_KEY, signature.key_id)
        elif not key.verifies(bytes.fromhex(signature.signature), message):
            report.fault(Broken.SIGNATURE, MANIFEST)
    return _manifest_of(raw, signature, report)


def _signature_of(archive: zipfile.ZipFile) -> Signature | None:
    try:
        if archive.getinfo(SIGNATURE).file_size > _MOST_SIGNATURE_BYTES:
            return None
        raw = archive.read(SIGNATURE)
        signature = msgspec.json.decode(raw, type=Signature)
        bytes.fromhex(signature.signature)
    except (KeyError, msgspec.MsgspecError, *_UNREADABLE):
        return None
    # One form only: whatever else decodes to the same is not what was written.
    return signature if signature.algorithm == ALGORITHM and canonical(signature) == raw else None


def _manifest_of(raw: bytes, signature: Signature | None, report: Report) -> Manifest | None:
    try:
        manifest = msgspec.json.decode(raw, type=Manifest)
    except msgspec.MsgspecError:
        report.fault(Broken.MANIFEST, MANIFEST)
        return None
    if manifest.form != FORM or (signature is not None and manifest.key_id != signature.key_id):
        report.fault(Broken.MANIFEST, MANIFEST)
        return None
    report.manifest = manifest
    return manifest


def _check_files(archive: zipfile.ZipFile, manifest: Manifest, report: Report) -> None:
    present = Counter(archive.namelist())
    expected = {MANIFEST, SIGNATURE}
    content = ContentHash()
    for line in manifest.files:
        expected.add(line.path)
        content.add(line)
        if line.path not in present:
            report.fault(Broken.MISSING, line.path)
        elif not _is_as_signed(archive, line):
            report.fault(Broken.CHANGED, line.path)
        else:
            report.files += 1
    for path, times in present.items():
        if path not in expected or times > 1:
            report.fault(Broken.EXTRA, path)
    if content.hexdigest() != manifest.content_sha256:
        report.fault(Broken.CONTENT_HASH, MANIFEST)


def _is_as_signed(archive: zipfile.ZipFile, line: FileLine) -> bool:
    sha256, size = hashlib.sha256(), 0
    try:
        with archive.open(line.path) as file:
            # Never more than was signed, whatever the archive claims to hold.
            while size <= line.bytes and (data := file.read(CHUNK)):
                size += len(data)
                sha256.update(data)
    except _UNREADABLE:
        return False
    return size == line.bytes and sha256.hexdigest() == line.sha256
