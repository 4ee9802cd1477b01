"""What the house asks of a detector of speech."""

from typing import Protocol

FRAME_BYTES = 160
"""20 ms of A-law at 8,000 samples a second."""
FRAME_MS = 20


class VoiceActivity(Protocol):
    """Hears one call, frame by frame, with memory that does not grow."""

    def feed(self, alaw: bytes) -> float:
        """Probability (0 … 1) that there is speech at the end of this 20 ms frame of 160 bytes.

        Raises `ValueError` for a frame of another size.
        """

    def reset(self) -> None:
        """Forget the call, ready for the next."""


def check_frame(alaw: bytes) -> None:
    """Raises `ValueError` unless it is one 20 ms frame."""
    if len(alaw) != FRAME_BYTES:
        raise ValueError("a frame holds 160 bytes")
