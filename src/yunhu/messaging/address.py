"""Sender addresses as carriers allot them."""

_CHARACTERS = 20
"""SMPP 3.4 §5.2.8: 20 characters and a NUL; SMGP's SrcTermID has 21 octets too."""


def valid_source(text: str) -> bool:
    """Whether the text can be written as a source address: 1 to 20 ASCII letters and digits."""
    return text.isascii() and text.isalnum() and len(text) <= _CHARACTERS
