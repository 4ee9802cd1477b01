"""Waiting for a condition with a limit; tests never sleep for luck."""

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def wait_until(condition: Callable[[], T], what: str, limit: float = 10.0) -> T:
    """Poll until the condition is true and return its value; after `limit` seconds say what did not happen."""
    end = time.monotonic() + limit
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise TimeoutError(f"within {limit:g} s it did not happen that {what}")
        await asyncio.sleep(0.02)
