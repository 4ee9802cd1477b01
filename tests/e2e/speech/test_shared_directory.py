"""Processes that share a directory of prompts, rendering the same at once, and killed while they write."""

import asyncio
import hashlib
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.support.speech.voices import TonalVoice

from yunhu.speech.prompts import PromptCache
from yunhu.speech.tts.telephony import Loudness, to_telephone

ROOT = Path(__file__).parents[3]
LIMIT_SECONDS = 60
SENTENCES = [f"请您到{window}号窗口办理业务，谢谢" * 12 for window in "一二三四五六"]

_RENDERER = """
import asyncio, hashlib, sys
from pathlib import Path
from tests.support.speech.voices import TonalVoice
from yunhu.speech.prompts import PromptCache

class Waits(TonalVoice):
    async def synthesize(self, words, *, voice, speed):
        print("SPEAKING", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        return await super().synthesize(words, voice=voice, speed=speed)

async def main():
    cache = PromptCache(Path(sys.argv[1]), Waits())
    for words in sys.argv[2:]:
        prompt = await cache.ensure(words)
        print("PROMPT", prompt.prompt_id, hashlib.sha256(prompt.alaw).hexdigest(), flush=True)

asyncio.run(main())
"""

_WRITER = """
import sys
from pathlib import Path
from yunhu.speech.whole_files import replacing

with replacing(Path(sys.argv[1])) as file:
    file.write(b"half, ")
    file.flush()
    print("HALF", flush=True)
    sys.stdin.readline()
    file.write(b"whole")
print("DONE", flush=True)
"""


@asynccontextmanager
async def running(program: str, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-W",
        "ignore",
        "-c",
        program,
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def told(process: asyncio.subprocess.Process, word: str) -> list[str]:
    """The rest of the next line that begins with the word."""
    assert process.stdout is not None
    async with asyncio.timeout(LIMIT_SECONDS):
        while line := (await process.stdout.readline()).decode():
            first, *rest = line.split()
            if first == word:
                return rest
    pytest.fail(f"the process ended without {word}")


def tell(process: asyncio.subprocess.Process) -> None:
    assert process.stdin is not None
    process.stdin.write(b"\n")


def temporary_files(directory: Path) -> list[Path]:
    return [path for path in directory.iterdir() if path.suffix != ".alaw"]


async def test_given_two_processes_when_they_render_the_same_at_once_then_both_get_whole_files(
    tmp_path: Path,
) -> None:
    mine = PromptCache(tmp_path, TonalVoice())
    async with (
        running(_RENDERER, str(tmp_path), *SENTENCES) as one,
        running(_RENDERER, str(tmp_path), *SENTENCES) as two,
    ):
        for words in SENTENCES:
            whole = await expected(words)
            for process in (one, two):
                await told(process, "SPEAKING")
            assert mine.cached(words) is None
            for process in (one, two):
                tell(process)
            asking = asyncio.gather(told(one, "PROMPT"), told(two, "PROMPT"))
            while not asking.done():
                seen = mine.cached(words)
                assert seen is None or seen.alaw == whole
                await asyncio.sleep(0.001)
            key = mine.prompt_id(words)
            assert await asking == [[key, hashlib.sha256(whole).hexdigest()]] * 2
            found = mine.cached(words)
            assert found is not None
            assert found.alaw == whole
    assert temporary_files(tmp_path) == []
    assert len(list(tmp_path.iterdir())) == len(SENTENCES)


async def expected(words: str) -> bytes:
    audio = await TonalVoice().synthesize(words, voice="zf_xiaobei", speed=0.9)
    return to_telephone(audio, Loudness(), synthetic=True)


async def test_given_a_killed_writer_when_a_cache_is_opened_then_its_file_goes_and_a_living_ones_stays(
    tmp_path: Path,
) -> None:
    async with running(_WRITER, str(tmp_path / "killed.alaw")) as victim:
        await told(victim, "HALF")
        victim.kill()
        assert await victim.wait() == -signal.SIGKILL
    (left,) = temporary_files(tmp_path)
    async with running(_WRITER, str(tmp_path / "living.alaw")) as survivor:
        await told(survivor, "HALF")
        PromptCache(tmp_path, TonalVoice())
        (kept,) = temporary_files(tmp_path)
        assert kept != left
        tell(survivor)
        await told(survivor, "DONE")
    assert {path.name for path in tmp_path.iterdir()} == {"living.alaw"}
    assert (tmp_path / "living.alaw").read_bytes() == b"half, whole"
