"""Random tokens of people's browsers and links, and the keyed hashes that are kept of them."""

import base64
import hmac
import re
import secrets
from enum import StrEnum

from yunhu.foundation.crypto import Vault

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


class Purpose(StrEnum):
    """What a token is for: a token of one kind is worth nothing as another."""

    SESSION = "session"
    SIGN_IN = "sign_in"
    LINK = "link"
    RECOVERY = "recovery"
    LOGIN = "login"
    ADDRESS = "address"


def draw_token() -> str:
    """256 bits, in a form for URLs and cookies."""
    return secrets.token_urlsafe(32)


def looks_like_one(token: str) -> bool:
    """Whether it is worth asking the database about."""
    return _TOKEN.fullmatch(token) is not None


def digest_of(vault: Vault, purpose: Purpose, text: str) -> bytes:
    """The keyed hash under which something is kept and found."""
    return vault.digest_token(f"{purpose}:{text}")


def csrf_token(vault: Vault, session_token: str) -> str:
    """What unsafe requests of a session must carry in a header: another site can send the cookie, but not read this."""
    return base64.urlsafe_b64encode(vault.digest_token(f"csrf:{session_token}")).rstrip(b"=").decode()


def is_csrf_token(vault: Vault, session_token: str, given: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(csrf_token(vault, session_token).encode(), given.encode("utf-8", "replace"))
