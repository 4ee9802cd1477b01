"""Passwords: how they are kept (Argon2id), and which are good enough."""

import asyncio
import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

import argon2
from zxcvbn import zxcvbn

SHORTEST = 8
LONGEST = 128
REMEMBERED = 5
"""So many of the last passwords may not come back, the present one included."""
_CLASSES = 3
_LEAST_SCORE = 2
"""Of zxcvbn's 0 to 4: below it, a password falls to a list of common ones and their variations."""
_MOST_JUDGED = 72
"""Characters that zxcvbn looks at; its time grows with the square."""
STRENGTH: Final = argon2.profiles.RFC_9106_LOW_MEMORY
"""What a hash costs: 64 MiB, three passes (RFC 9106 §4, the second recommended option)."""
_AT_ONCE = 2
"""Hashes computed at the same moment in one process: each takes 64 MiB."""


class PasswordFault(StrEnum):
    """Why a password is refused."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    TOO_FEW_KINDS = "too_few_kinds"
    """Fewer than three of: small letters, capitals, digits, other characters."""
    CONTAINS_LOGIN = "contains_login"
    TOO_COMMON = "too_common"
    USED_BEFORE = "used_before"


def password_faults(password: str, *, login: str, display_name: str) -> list[PasswordFault]:
    """Everything that is wrong with a new password, apart from what needs the past ones."""
    faults = []
    if len(password) < SHORTEST:
        faults.append(PasswordFault.TOO_SHORT)
    if len(password) > LONGEST:
        faults.append(PasswordFault.TOO_LONG)
    if _kinds(password) < _CLASSES:
        faults.append(PasswordFault.TOO_FEW_KINDS)
    if normal(login) in normal(password):
        faults.append(PasswordFault.CONTAINS_LOGIN)
    if not faults and _score(password, login, display_name) < _LEAST_SCORE:
        faults.append(PasswordFault.TOO_COMMON)
    return faults


def normal(text: str) -> str:
    """NFKC and case-folded: what two people would take for the same."""
    return unicodedata.normalize("NFKC", text).casefold()


def _kinds(password: str) -> int:
    return sum(
        (
            any(character.islower() for character in password),
            any(character.isupper() for character in password),
            any(character.isdigit() for character in password),
            any(not character.isalnum() for character in password),
        )
    )


def _score(password: str, login: str, display_name: str) -> int:
    return int(zxcvbn(password[:_MOST_JUDGED], user_inputs=[login, display_name])["score"])


class PasswordHasher:
    """Argon2id of this `STRENGTH`, off the event loop, few at a time."""

    def __init__(self, argon: argon2.PasswordHasher | None = None) -> None:
        self._argon = argon or argon2.PasswordHasher.from_parameters(STRENGTH)
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._nobody: str | None = None

    async def hash(self, password: str) -> str:
        """The PHC text to keep."""
        async with self._slots:
            return await asyncio.to_thread(self._argon.hash, _bytes(password))

    async def matches(self, password_hash: str | None, password: str) -> bool:
        """Whether it is the password. Without a hash the same work is done, and the answer is no."""
        self._nobody = self._nobody or await self.hash("nobody has this password")
        right = await self._verify(password_hash or self._nobody, password)
        return right and password_hash is not None

    async def matches_any(self, hashes: Sequence[str], password: str) -> bool:
        """Whether it is one of these passwords."""
        for password_hash in hashes:
            if await self._verify(password_hash, password):
                return True
        return False

    async def _verify(self, password_hash: str, password: str) -> bool:
        async with self._slots:
            return await asyncio.to_thread(self._verify_now, password_hash, password)

    def _verify_now(self, password_hash: str, password: str) -> bool:
        try:
            return self._argon.verify(password_hash, _bytes(password))
        except argon2.exceptions.VerifyMismatchError:
            return False


def _bytes(password: str) -> bytes:
    # NFKC, so that the same keys give the same password on every keyboard (RFC 8265 §4.2 for what matters here).
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
