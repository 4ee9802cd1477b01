"""The embedded engine in a process of its own, told over its standard input how many calls to place."""

import argparse
import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import msgspec
import structlog
import uvloop

from yunhu.foundation.clock import SystemClock
from yunhu.foundation.phone import Phone
from yunhu.foundation.warmup import settle
from yunhu.telephony.embedded import EmbeddedEngine, EngineConfig, TrunkConfig
from yunhu.telephony.media import MediaConfig, MediaPlane
from yunhu.telephony.port import Answered, Ended, OriginateRequest, PlaybackEnded, Prompt
from yunhu.telephony.sip.transport import TransportConfig

CALLER = Phone("+862988886666")
CALLEE = Phone("+8613812345678")


class Order(msgspec.Struct, frozen=True):
    """What to do next."""

    calls: int
    per_second: float
    prompt_seconds: float


class Volley(msgspec.Struct):
    """What became of an order."""

    reasons: dict[str, int] = {}
    """How calls ended that should not have."""
    packets_received: int = 0


class EmbeddedCaller:
    """The parent's end of the process."""

    def __init__(self, process: asyncio.subprocess.Process, prompt_seconds: float) -> None:
        self._process = process
        self._prompt_seconds = prompt_seconds
        self.last = Volley()

    @property
    def pid(self) -> int:
        """The engine's process."""
        return self._process.pid

    async def place(self, calls: int, per_second: float) -> int:
        """Place the calls; how many did not play their prompt to the end."""
        order = msgspec.json.encode(Order(calls, per_second, self._prompt_seconds))
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(order + b"\n")
        answer = await self._process.stdout.readline()
        if not answer:
            raise RuntimeError("the engine's process ended")
        self.last = msgspec.json.decode(answer, type=Volley)
        return sum(self.last.reasons.values())

    async def close(self) -> None:
        """Let the process end, or make it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            async with asyncio.timeout(15):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()


@asynccontextmanager
async def embedded_caller(
    port: int, recordings: Path | None, *, prompt_seconds: float
) -> AsyncIterator[EmbeddedCaller]:
    """A started process that calls the SIP port given."""
    command = [sys.executable, "-m", "bench.embedded_caller", str(port)]
    command += ["--recordings", str(recordings)] if recordings else []
    process = await asyncio.create_subprocess_exec(
        *command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, limit=1 << 20
    )
    assert process.stdout is not None
    caller = EmbeddedCaller(process, prompt_seconds)
    try:
        if await process.stdout.readline() != b"ready\n":
            raise RuntimeError("the engine did not start")
        yield caller
    finally:
        await caller.close()


# ── the child ──


async def _call(engine: EmbeddedEngine, prompt: Prompt, recordings: Path | None) -> tuple[str, int]:
    """One call to its end: what was wrong with it (empty for nothing), and the packets that came back."""
    call_id = uuid4()
    recording = recordings / f"{call_id}.wav" if recordings else None
    request = OriginateRequest(
        call_id=call_id, callee=CALLEE, caller_number=CALLER, trunks=("peer",), recording=recording
    )
    call = await engine.originate(request)
    media = call._media
    assert media is not None
    spoken = False
    async for event in call.events():
        if isinstance(event, Answered):
            call.play(prompt)
        elif isinstance(event, PlaybackEnded):
            spoken = event.completed
            call.hang_up("done")
        elif isinstance(event, Ended):
            reason = event.termination.reason
            wrong = "" if spoken and reason == "done" else f"{event.termination.result.value}/{reason}"
            return wrong, media.stats.packets_received
    return "no_end", 0


async def _volley(engine: EmbeddedEngine, order: Order, recordings: Path | None) -> Volley:
    prompt = Prompt("bench", bytes(range(256)) * int(order.prompt_seconds * 8000 / 256))
    loop = asyncio.get_running_loop()
    begun = loop.time()
    tasks = []
    for index in range(order.calls):
        await asyncio.sleep(max(0.0, begun + index / order.per_second - loop.time()))
        tasks.append(asyncio.create_task(_call(engine, prompt, recordings)))
    told = Volley(reasons={})
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        wrong, packets = outcome if isinstance(outcome, tuple) else (repr(outcome), 0)
        told.packets_received += packets
        if wrong:
            told.reasons[wrong] = told.reasons.get(wrong, 0) + 1
    return told


async def _serve(port: int, recordings: Path | None) -> None:
    trunk = TrunkConfig(
        name="peer",
        proxy_host="127.0.0.1",
        proxy_port=port,
        domain="example.cn",
        caller_numbers=frozenset({CALLER}),
        options_interval=0.0,
        max_concurrent=2000,
    )
    config = EngineConfig(trunks=(trunk,), sip=TransportConfig(bind_host="127.0.0.1", port=0))
    engine = EmbeddedEngine(config, MediaPlane(MediaConfig(bind_host="127.0.0.1")), SystemClock())
    await engine.start()
    settle()  # as a call node does
    print("ready", flush=True)
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        told = await _volley(engine, msgspec.json.decode(line, type=Order), recordings)
        print(msgspec.json.encode(told).decode(), flush=True)
    await engine.stop(timedelta(0))


def main() -> None:
    """The child process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int, help="SIP port of the callee on 127.0.0.1")
    parser.add_argument("--recordings", type=Path, help="record every call into this directory")
    arguments = parser.parse_args()
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(30),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    uvloop.run(_serve(arguments.port, arguments.recordings))


if __name__ == "__main__":
    main()
