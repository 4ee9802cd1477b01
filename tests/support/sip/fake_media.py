"""A media plane without packets: notes what it is told and lets the test speak for the callee."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from yunhu.telephony.media import AnswerDetector, MediaEvent, MediaPortsExhaustedError, RemoteMedia
from yunhu.telephony.port import Prompt


class FakeMediaSession:
    local_port = 40_000

    def __init__(self, on_event: Callable[[MediaEvent], None]) -> None:
        self.say = on_event
        self.connected: list[tuple[RemoteMedia, bool]] = []
        self.played: list[str] = []
        self.closed = False

    def connect(self, remote: RemoteMedia, *, answered: bool) -> None:
        self.connected.append((remote, answered))

    def play(self, prompt: Prompt) -> None:
        self.played.append(prompt.prompt_id)

    def stop_playing(self) -> None:
        self.played.clear()

    def close(self) -> None:
        self.closed = True


class FakeMediaPlane:
    def __init__(self, capacity: int = 100) -> None:
        self.sessions: list[FakeMediaSession] = []
        self.capacity = capacity

    async def start(self) -> None:
        self.sessions.clear()

    async def stop(self) -> None:
        return

    def open(
        self,
        _call_id: UUID,
        on_event: Callable[[MediaEvent], None],
        *,
        recording: Path | None,
        detector: AnswerDetector | None = None,
    ) -> FakeMediaSession:
        if len(self.sessions) >= self.capacity:
            raise MediaPortsExhaustedError
        self.sessions.append(FakeMediaSession(on_event))
        return self.sessions[-1]
