"""API key tokens: `yh_<prefix>_<random>`. The prefix tells keys apart on a screen; the rest is the secret."""

import re
import secrets

import msgspec

_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
_PREFIX_LENGTH = 8
_SECRET_LENGTH = 43  # 5 bits a character: 215 bits
_TOKEN = re.compile(rf"yh_[{_ALPHABET}]{{{_PREFIX_LENGTH}}}_[{_ALPHABET}]{{{_SECRET_LENGTH}}}")


class Token(msgspec.Struct, frozen=True):
    """A fresh token; shown once, never stored."""

    text: str
    prefix: str


def make_token() -> Token:
    """Draw a token."""
    prefix = _draw(_PREFIX_LENGTH)
    return Token(f"yh_{prefix}_{_draw(_SECRET_LENGTH)}", prefix)


def looks_like_token(text: str) -> bool:
    """Whether it is worth asking the database about."""
    return _TOKEN.fullmatch(text) is not None


def _draw(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
