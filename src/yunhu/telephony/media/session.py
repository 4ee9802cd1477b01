"""One call's media as its owner sees it."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from yunhu.telephony.media.model import MediaEvent, MediaStats, PromptEnded, RemoteMedia
from yunhu.telephony.media.stream import Stream
from yunhu.telephony.port import Prompt


class MediaSession:
    """Used on the event loop's thread; the work is done by the clock's. After `close` nothing does harm."""

    def __init__(
        self,
        call_id: UUID,
        on_event: Callable[[MediaEvent], None],
        command: Callable[[Callable[[], None]], None],
        close: Callable[["MediaSession"], None],
    ) -> None:
        self.call_id = call_id
        self._on_event = on_event
        self._command = command
        self._close = close
        self._stream: Stream | None = None
        self._closed = False
        self._complete = asyncio.Event()

    def attach(self, stream: Stream) -> None:
        """Bind the session to its stream; done once, by the plane."""
        self._stream = stream

    @property
    def stream(self) -> Stream:
        """The clock's side of this session."""
        if self._stream is None:
            raise RuntimeError("the session was not opened by a media plane")
        return self._stream

    @property
    def local_port(self) -> int:
        """Our RTP port, even; RTCP is on the next one."""
        return self.stream.ports.port

    @property
    def stats(self) -> MediaStats:
        """The account so far; final once the session is complete."""
        return self.stream.stats

    def connect(self, remote: RemoteMedia, *, answered: bool) -> None:
        """Send to and receive from `remote` from the next tick on.

        Called for the SDP of a 183 (`answered` false), of the 2xx and of every re-INVITE. Until a prompt plays,
        silence is sent. Packets of an unannounced source are considered only after the answer.
        """
        if not self._closed:
            self._command(partial(self.stream.connect, remote, answered=answered))

    def play(self, prompt: Prompt) -> None:
        """Queue a prompt; exactly one `PromptEnded` follows, also when the session is closed."""
        if self._closed:
            ended = PromptEnded(datetime.now(UTC), prompt.prompt_id, False)
            asyncio.get_running_loop().call_soon(self._on_event, ended)
        else:
            self._command(partial(self.stream.play, prompt))

    def stop_playing(self) -> None:
        """Silence from the next packet on; every queued prompt ends with `completed` false."""
        if not self._closed:
            self._command(self.stream.stop_playing)

    def close(self) -> None:
        """RTCP goodbye, ports back, recording finished. Twice does no harm."""
        if not self._closed:
            self._closed = True
            self._close(self)

    async def wait_complete(self) -> MediaStats:
        """Wait, after `close`, until the recording lies complete on the disk."""
        await self._complete.wait()
        return self.stats

    def deliver(self, event: MediaEvent) -> None:
        """Pass an event on; after `close` only the ends of prompts still count."""
        if not self._closed or isinstance(event, PromptEnded):
            self._on_event(event)

    def complete(self) -> None:
        """The clock's side is gone and the recording is written."""
        self._complete.set()
