"""Which files are taken, told by their first bytes and not by what somebody says that they are."""

from pathlib import PurePath

from yunhu.domains.documents.errors import DocumentTypeError

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"PK\x03\x04", "application/zip"),
)
_TEXTS = {".csv": "text/csv", ".txt": "text/plain", ".json": "application/json"}
FIRST_BYTES = 512


def media_type_of(file_name: str, first: bytes) -> str:
    """The type of a file by its first bytes. Raises `DocumentTypeError`."""
    suffix = PurePath(file_name).suffix.lower()
    for signature, media_type in _SIGNATURES:
        if first.startswith(signature):
            return _XLSX if media_type == "application/zip" and suffix == ".xlsx" else media_type
    if first.startswith(b"RIFF") and first[8:12] == b"WAVE":
        return "audio/wav"
    if suffix in _TEXTS and _is_text(first):
        return _TEXTS[suffix]
    raise DocumentTypeError(file_name=file_name[:200])


def _is_text(first: bytes) -> bool:
    # GB18030 is a superset of GBK and decodes UTF-8's bytes too, if wrongly: enough to tell text from anything else.
    return b"\x00" not in first and not any(byte < 9 or 13 < byte < 32 for byte in first)


def safe_name(file_name: str) -> str:
    """A name fit to be stored and offered for download: no folders, no control characters, at most 200 characters."""
    name = file_name.replace("\\", "/").rpartition("/")[2]
    name = "".join(letter for letter in name if letter.isprintable()).strip(". ")
    return name[-200:] or "file"
