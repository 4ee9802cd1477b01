"""Tags, branches and Call-IDs: at least 32 random bits each (RFC 3261 §19.3, §8.1.1.7, §8.1.1.4)."""

import os
from typing import Final

_POOL: Final = 4096
"""Random octets asked of the system at a time: a call needs five identifiers, and each question is a system call."""

MAGIC_COOKIE = "z9hG4bK"
"""Beginning of every branch made by RFC 3261 (§8.1.1.7)."""


def new_tag() -> str:
    """A tag of From or To."""
    return _random(6).hex()


def new_branch() -> str:
    """A branch for one transaction."""
    return MAGIC_COOKIE + _random(9).hex()


def new_call_id() -> str:
    """A Call-ID; no host in it, so that it tells nothing of our network."""
    return _random(16).hex()


class _Pool:
    """Random octets of the system, each given out once."""

    def __init__(self) -> None:
        self._octets = b""
        self._next = 0
        os.register_at_fork(after_in_child=self._forget)

    def _forget(self) -> None:
        """What the parent still holds must not be given out twice."""
        self._octets, self._next = b"", 0

    def __call__(self, size: int) -> bytes:
        """`size` octets that nobody else gets."""
        start, self._next = self._next, self._next + size
        if self._next > len(self._octets):
            self._octets, start, self._next = os.urandom(_POOL), 0, size
        return self._octets[start : self._next]


_random: Final = _Pool()
