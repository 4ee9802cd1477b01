"""Real phones side by side: each is called, hears one prompt, and gives its own recording of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from tests.support.peers.audio import frames
from tests.support.peers.baresip import Baresip
from tests.support.peers.conversation import Conversation
from tests.support.peers.embedded import CALLEE, embedded_engine, ending_of, request, trunk
from tests.support.peers.waiting import wait_until

from yunhu.telephony.embedded import EmbeddedEngine
from yunhu.telephony.port import Answered, PlaybackEnded, Prompt, ResultClass


class Listener:
    """One phone on a trunk of its own."""

    def __init__(self, engine: EmbeddedEngine, trunk_name: str, phone: Baresip) -> None:
        self._engine = engine
        self._trunk = trunk_name
        self._phone = phone
        self._taken: set[Path] = set()

    async def hear(self, prompt: Prompt) -> Path:
        """Call the phone, play the prompt, hang up; the WAV that the phone recorded."""
        talk = Conversation(await self._engine.originate(request(trunks=(self._trunk,))))
        await talk.until(Answered)
        talk.call.play(prompt)
        await talk.until(PlaybackEnded, limit=30)
        talk.call.hang_up("done")
        ending = ending_of(await talk.to_the_end())
        assert ending.result is ResultClass.ANSWERED, ending
        path = await wait_until(self._next, "the phone wrote what it heard")
        assert path is not None
        self._taken.add(path)
        return path

    def _next(self) -> Path | None:
        found = set(self._phone.heard_directory.glob("*-dec.wav")) - self._taken
        return next((path for path in found if frames(path)), None)


class Switchboard:
    """Free phones; whoever wants one waits for it."""

    def __init__(self, listeners: list[Listener]) -> None:
        self._free: asyncio.Queue[Listener] = asyncio.Queue()
        for listener in listeners:
            self._free.put_nowait(listener)

    async def hear(self, prompt: Prompt) -> Path:
        """Through the next free phone."""
        listener = await self._free.get()
        try:
            return await listener.hear(prompt)
        finally:
            self._free.put_nowait(listener)


@asynccontextmanager
async def switchboard(directory: Path, phones: int) -> AsyncIterator[Switchboard]:
    """So many phones, and an engine that reaches them."""
    async with AsyncExitStack() as stack:
        running = [await stack.enter_async_context(Baresip(CALLEE.dialled, directory)) for _ in range(phones)]
        trunks = [trunk(phone.address, name=f"phone-{at}") for at, phone in enumerate(running)]
        engine = await stack.enter_async_context(embedded_engine(*trunks))
        yield Switchboard([Listener(engine, f"phone-{at}", phone) for at, phone in enumerate(running)])
