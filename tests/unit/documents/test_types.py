"""Files are told by their first bytes."""

import pytest

from yunhu.domains.documents.errors import DocumentTypeError
from yunhu.domains.documents.types import media_type_of, safe_name


@pytest.mark.parametrize(
    ("name", "first", "media_type"),
    [
        ("a.pdf", b"%PDF-1.7\n", "application/pdf"),
        ("a.exe", b"%PDF-1.7\n", "application/pdf"),
        ("logo", b"\x89PNG\r\n\x1a\n....", "image/png"),
        ("x.jpg", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("x.xlsx", b"PK\x03\x04", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("x.docx", b"PK\x03\x04", "application/zip"),
        ("x.wav", b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio/wav"),
        ("名单.CSV", "手机号,时间\n".encode("gb18030"), "text/csv"),
        ("x.txt", b"", "text/plain"),
    ],
)
def test_given_first_bytes_when_read_then_they_say_what_it_is(
    name: str, first: bytes, media_type: str
) -> None:
    assert media_type_of(name, first) == media_type


@pytest.mark.parametrize(
    ("name", "first"),
    [("a.pdf", b"MZ\x90"), ("a.html", b"<script>"), ("a.csv", b"a\x00b"), ("a.svg", b"<svg>"), ("x", b"")],
)
def test_given_anything_else_when_read_then_it_is_refused(name: str, first: bytes) -> None:
    with pytest.raises(DocumentTypeError):
        media_type_of(name, first)


@pytest.mark.parametrize(
    ("given", "kept"),
    [("../../etc/passwd", "passwd"), ("C:\\x\\名单.csv", "名单.csv"), ("a\x00\nb.txt", "ab.txt"), ("..", "file"),
     ("", "file")],
)  # fmt: skip
def test_given_a_name_when_kept_then_it_is_a_plain_name(given: str, kept: str) -> None:
    assert safe_name(given) == kept
