"""The prompts that a session still has to speak."""

from collections import deque
from collections.abc import Callable

from yunhu.telephony.media.g711 import FRAME_SAMPLES, SILENT_FRAME
from yunhu.telephony.port import Prompt


class Playlist:
    """Cuts prompts into frames, one after another; the audio itself is shared, never copied."""

    __slots__ = ("_audio", "_ended", "_length", "_playing", "_position", "_waiting")

    def __init__(self, ended: Callable[[str, bool], None]) -> None:
        self._ended = ended
        """Called once a prompt: its id, and whether it was played out."""
        self._waiting: deque[Prompt] = deque()
        self._playing: Prompt | None = None
        self._audio = b""
        self._position = 0
        self._length = 0

    def add(self, prompt: Prompt) -> None:
        """Play it after those before it."""
        self._waiting.append(prompt)

    def clear(self) -> None:
        """Every prompt ends here, not completed."""
        if self._playing is not None:
            self._finish(self._playing, completed=self._position >= self._length)
        while self._waiting:
            self._ended(self._waiting.popleft().prompt_id, False)

    def next_frame(self) -> bytes | None:
        """The next 160 octets, the last ones of a prompt filled up with silence; None when nothing plays."""
        start = self._position
        end = start + FRAME_SAMPLES
        if end <= self._length:
            self._position = end
            return self._audio[start:end]
        while self._position >= self._length:
            if not self._advance():
                return None
        start = self._position
        self._position = end = start + FRAME_SAMPLES
        if end <= self._length:
            return self._audio[start:end]
        return self._audio[start:] + SILENT_FRAME[: end - self._length]

    def _advance(self) -> bool:
        """From a prompt that is over to the next; false when there is none."""
        if self._playing is not None:
            self._finish(self._playing, completed=True)
        if not self._waiting:
            return False
        self._playing = self._waiting.popleft()
        self._audio = self._playing.alaw
        self._length = len(self._audio)
        return True

    def _finish(self, prompt: Prompt, *, completed: bool) -> None:
        self._playing = None
        self._audio = b""
        self._position = self._length = 0
        self._ended(prompt.prompt_id, completed)
