"""A bounded buffer between a connection and the one reader of `receipts()` or `inbound()`."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Mailbox(Generic[T]):
    """First in, first out. Iterators end after `close`, leaving what nobody took."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._items: deque[T] = deque()
        self._changed = asyncio.Event()
        self._closed = False

    def put(self, item: T) -> bool:
        """Add an item; False when the buffer is full or closed."""
        if self._closed or len(self._items) >= self._capacity:
            return False
        self._items.append(item)
        self._changed.set()
        return True

    def close(self) -> list[T]:
        """End every iterator; returns what was not taken."""
        self._closed = True
        self._changed.set()
        rest = list(self._items)
        self._items.clear()
        return rest

    async def items(self) -> AsyncIterator[T]:
        """Take items until `close`."""
        while True:
            while self._items:
                yield self._items.popleft()
            if self._closed:
                return
            self._changed.clear()
            await self._changed.wait()
