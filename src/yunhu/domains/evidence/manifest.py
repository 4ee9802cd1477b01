"""What is signed: the list of a pack's files with their hashes, and what the pack is about. Pure."""

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import msgspec

FORM = "yunhu-evidence/1"
MANIFEST, SIGNATURE = "manifest.json", "signature.json"
CONTENT_FOLDERS = ("data/", "documents/", "recordings/")
"""What the content hash covers: the facts. Pages and the request tell who asked, and when."""
_CONTEXT = FORM.encode() + b"\x00"


class FileLine(msgspec.Struct, frozen=True):
    """One file of the pack."""

    path: str
    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The whole of `manifest.json`."""

    form: str
    key_id: str
    content_sha256: str
    """Of the lines `<sha256>  <path>` of every file that holds facts, as sha256sum prints them."""
    pack: dict[str, Any]
    files: list[FileLine]
    """Every file but this one and the signature, in the order of the archive."""


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """The whole of `signature.json`."""

    algorithm: str
    key_id: str
    signature: str
    """Hexadecimal, over `signed_message` of the manifest's bytes."""


def canonical(value: Any) -> bytes:
    """JSON with keys in order, no white space, UTF-8; moments in UTC, bytes hexadecimal."""
    return msgspec.json.encode(_plain(value), order="deterministic")


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, msgspec.Struct):
        return _plain(msgspec.structs.asdict(value))
    for kind, form in _WORDS:
        if isinstance(value, kind):
            return form(value)
    raise TypeError(f"{type(value).__name__} has no place in evidence")


# In this order: a moment is a day, too.
_WORDS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (datetime, lambda value: value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")),
    (date, date.isoformat),
    (UUID, str),
    (bytes, bytes.hex),
)


def signed_message(manifest_sha256: bytes) -> bytes:
    """The bytes that the key signs: they cannot be taken for anything else that it might sign."""
    return _CONTEXT + manifest_sha256


def is_content(path: str) -> bool:
    """Whether a file holds facts."""
    return path.startswith(CONTENT_FOLDERS)


class ContentHash:
    """The content hash, file by file in the order of the archive."""

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()

    def add(self, line: FileLine) -> None:
        """Take a file in, if it holds facts."""
        if is_content(line.path):
            self._sha256.update(f"{line.sha256}  {line.path}\n".encode())

    def hexdigest(self) -> str:
        """Hexadecimal."""
        return self._sha256.hexdigest()
