"""What a process does once it has loaded everything, so that no request has to."""

import gc
from typing import Final

from sqlalchemy.orm import configure_mappers

_GARBAGE: Final = (20_000, 20, 50)
"""Thresholds of the garbage collector: a request leaves few cycles, and each collection stops every other request."""


def hasten() -> None:
    """Collect no garbage while everything is loaded: almost nothing of it is any. Until `settle`."""
    gc.disable()


def settle() -> None:
    """Finish the mappers, which the first query would do otherwise, and leave what is loaded out of collections."""
    configure_mappers()
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_GARBAGE)
