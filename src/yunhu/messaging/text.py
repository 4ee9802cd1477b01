"""Choice of alphabet and cutting into parts: pure, the same for every carrier protocol.

Limits of one short message (3GPP TS 23.040 §9.2.3.24.1, TS 23.038 §6): 160 septets, or 153 with a
concatenation header; 70 UTF-16 units of UCS-2, or 67.
"""

import codecs
from collections.abc import Iterator
from enum import StrEnum

import msgspec
import regex  # the package ships no types

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}
_ESCAPE = 0x1B
_TO_GSM = {c: bytes([i]) for i, c in enumerate(_BASIC) if i != _ESCAPE} | {
    c: bytes([_ESCAPE, i]) for i, c in _EXTENSION.items()
}
_CLUSTER = regex.compile(r"\X")
MAX_PARTS = 255
"""The concatenation header counts parts in one octet."""


class Alphabet(StrEnum):
    """How the characters travel."""

    GSM7 = "gsm7"
    """GSM 03.38 default alphabet with its extension table, one septet an octet (unpacked)."""
    UCS2 = "ucs2"
    """UTF-16, big-endian."""


_SINGLE = {Alphabet.GSM7: 160, Alphabet.UCS2: 70}
_PART = {Alphabet.GSM7: 153, Alphabet.UCS2: 67}


class TextRefusedError(ValueError):
    """The text cannot be a short message. `code` is `empty_text`, `text_too_long` or `invalid_text`."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class Part(msgspec.Struct, frozen=True):
    """One short message on the wire."""

    text: str
    content: bytes
    """The encoded text, without the header."""
    header: bytes
    """User data header `05 00 03 ref total seq`, or empty for a message in one part."""


class Segments(msgspec.Struct, frozen=True):
    """A text ready to be sent."""

    alphabet: Alphabet
    parts: tuple[Part, ...]


def choose_alphabet(text: str) -> Alphabet:
    """The default alphabet when it has every character, otherwise UCS-2."""
    return Alphabet.GSM7 if all(c in _TO_GSM for c in text) else Alphabet.UCS2


def units(text: str, alphabet: Alphabet) -> int:
    """Length as the network counts it: septets (an escaped character is two) or UTF-16 units."""
    if alphabet is Alphabet.GSM7:
        return sum(len(_TO_GSM[c]) for c in text)
    return sum(2 if ord(c) > 0xFFFF else 1 for c in text)


def encode(text: str, alphabet: Alphabet) -> bytes:
    """Octets as SMPP and SMGP carry them; every character must be in the alphabet."""
    if alphabet is Alphabet.GSM7:
        return b"".join(_TO_GSM[c] for c in text)
    return text.encode("utf-16-be")


def decode_gsm(octets: bytes) -> str:
    """Read unpacked septets. Never fails: what is not in the tables becomes U+FFFD or, escaped, a space."""
    out: list[str] = []
    escaped = False
    for octet in octets:
        if escaped:
            out.append(_EXTENSION.get(octet, " "))
            escaped = False
        elif octet == _ESCAPE:
            escaped = True
        else:
            out.append(_BASIC[octet] if octet < len(_BASIC) else "\ufffd")
    return "".join(out)


def segment(text: str, *, reference: int, max_parts: int) -> Segments:
    """Choose the alphabet and cut the text into parts that join to it again.

    A part ends between two characters as people see them (grapheme clusters, Unicode UAX #29), so that an
    emoji, a letter with its marks or a surrogate pair is never cut, unless one alone is longer than a part.
    `reference` (taken modulo 256) tells the parts of one message from those of the sender's others.
    Raises `TextRefusedError` for an empty text, lone surrogates, or more than `max_parts` (at most 255).
    """
    if not text:
        raise TextRefusedError("empty_text", "there is no text to send")
    if any(0xD800 <= ord(c) <= 0xDFFF for c in text):
        raise TextRefusedError("invalid_text", "the text has half of a surrogate pair")
    alphabet = choose_alphabet(text)
    if units(text, alphabet) <= _SINGLE[alphabet]:
        return Segments(alphabet, (Part(text, encode(text, alphabet), b""),))
    limit = min(max_parts, MAX_PARTS)
    # A character takes at least one unit: this spares cutting a text that cannot fit in any way.
    if len(text) > limit * _PART[alphabet]:
        raise TextRefusedError("text_too_long", f"the text needs more than {limit} parts")
    texts = list(_cut(text, alphabet))
    if len(texts) > limit:
        raise TextRefusedError("text_too_long", f"the text needs {len(texts)} parts; {limit} are allowed")
    total = len(texts)
    return Segments(
        alphabet,
        tuple(
            Part(piece, encode(piece, alphabet), bytes([5, 0, 3, reference % 256, total, number]))
            for number, piece in enumerate(texts, 1)
        ),
    )


def _cut(text: str, alphabet: Alphabet) -> Iterator[str]:
    limit = _PART[alphabet]
    piece: list[str] = []
    used = 0
    for atom in _atoms(text, alphabet):
        size = units(atom, alphabet)
        if used + size > limit:
            yield "".join(piece)
            piece, used = [], 0
        piece.append(atom)
        used += size
    yield "".join(piece)


def _atoms(text: str, alphabet: Alphabet) -> Iterator[str]:
    """What must stay together: a cluster, or its single characters where it is longer than a part."""
    for cluster in _CLUSTER.findall(text):
        if units(cluster, alphabet) <= _PART[alphabet]:
            yield cluster
        else:
            yield from cluster


def decode(octets: bytes, data_coding: int) -> str:
    """Text of a received message by its data coding (SMPP 3.4 §5.2.19, TS 23.038 §4). Never fails.

    0 and the class forms with the default alphabet are GSM 03.38, 8 and the class forms with UCS-2 are
    UTF-16; 1 and 3 are read as Latin-1; 15 is GB18030, as carriers' gateways in China use it.
    """
    if data_coding & 0xC0 == 0 and data_coding & 0x10:
        data_coding = (0, 3, 8, 0)[data_coding >> 2 & 3]
    elif data_coding & 0xF0 == 0xF0:
        data_coding = 3 if data_coding & 4 else 0
    if data_coding == 0:
        return decode_gsm(octets)
    name = {8: "utf-16-be", 15: "gb18030"}.get(data_coding, "latin-1")
    return codecs.decode(octets, name, "replace")
