"""The prompts that a session still has to speak."""

from collections import deque
from collections.abc import Callable
from typing import Final

from yunhu.telephony.media.g711 import ALAW_SILENCE, FRAME_SAMPLES
from yunhu.telephony.port import Prompt

_SILENCE: Final = bytes([ALAW_SILENCE])


class Playlist:
    """Cuts prompts into frames, one after another; the audio itself is shared, never copied."""

    __slots__ = ("_audio", "_ended", "_length", "_over", "_playing", "_position", "_waiting")

    def __init__(self, ended: Callable[[str, bool], None]) -> None:
        self._ended = ended
        """Called once a prompt: its id, and whether it was played out."""
        self._waiting: deque[Prompt] = deque()
        self._playing: Prompt | None = None
        self._over: list[Prompt] = []
        """Taken to the last frame; told at the next taking, for then they have left."""
        self._audio = b""
        self._position = 0
        self._length = 0

    def add(self, prompt: Prompt) -> None:
        """Play it after those before it."""
        self._waiting.append(prompt)

    def clear(self) -> None:
        """Every prompt ends here, not completed unless its last frame was taken."""
        self._tell_over()
        if self._playing is not None:
            prompt, completed = self._playing, self._position >= self._length
            self._forget()
            self._ended(prompt.prompt_id, completed)
        while self._waiting:
            self._ended(self._waiting.popleft().prompt_id, False)

    def take(self, frames: int) -> bytes | None:
        """The next frames of 160 octets, the last one of a prompt filled up with silence; None when nothing plays."""
        start = self._position
        end = start + frames * FRAME_SAMPLES
        if end <= self._length and not self._over:
            self._position = end
            return self._audio[start:end]
        if self._playing is None and not self._waiting and not self._over:
            return None
        return self._take_ends(frames)

    def _take_ends(self, frames: int) -> bytes | None:
        """Where a prompt ends, or the next begins."""
        self._pass_on()
        self._tell_over()
        pieces: list[bytes] = []
        missing = frames
        while missing and self._pass_on():
            piece = self._audio[self._position : self._position + missing * FRAME_SAMPLES]
            whole = -(-len(piece) // FRAME_SAMPLES)
            self._position += whole * FRAME_SAMPLES
            missing -= whole
            pieces.append(piece.ljust(whole * FRAME_SAMPLES, _SILENCE))
        if not pieces:
            return None
        return b"".join(pieces).ljust(frames * FRAME_SAMPLES, _SILENCE)

    def _pass_on(self) -> bool:
        """See that a prompt with frames left plays; false when there is none."""
        while self._position >= self._length:
            if self._playing is not None:
                self._over.append(self._playing)
                self._forget()
            if not self._waiting:
                return False
            self._playing = self._waiting.popleft()
            self._audio = self._playing.alaw
            self._length = len(self._audio)
        return True

    def _tell_over(self) -> None:
        over, self._over = self._over, []
        for prompt in over:
            self._ended(prompt.prompt_id, True)

    def _forget(self) -> None:
        self._playing = None
        self._audio = b""
        self._position = self._length = 0
