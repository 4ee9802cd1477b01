"""Waiting between attempts: exponential with a cap, drawn from the upper half so that many do not march in step."""

from collections.abc import Callable


class Backoff:
    """Delays that double from `first` to `cap` seconds; `draw` gives numbers from [0, 1)."""

    def __init__(self, first: float, cap: float, draw: Callable[[], float]) -> None:
        self._first = first
        self._cap = cap
        self._draw = draw
        self._ceiling = first

    def next(self) -> float:
        """Seconds to wait before the next attempt."""
        ceiling = self._ceiling
        self._ceiling = min(self._cap, ceiling * 2)
        return ceiling * (0.5 + self._draw() / 2)

    def reset(self) -> None:
        """The last attempt did well: begin again at `first`."""
        self._ceiling = self._first
