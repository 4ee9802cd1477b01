"""A recording after SIGKILL: a valid file that misses at most the last second."""

import asyncio
import sys
from pathlib import Path

import pytest
from tests.support.media.peer import LIMIT_SECONDS, peer, until
from tests.support.media.wav import read_stereo_alaw

CHILD = Path(__file__).with_name("recording_child.py")


@pytest.mark.parametrize("packets", [60, 97, 131, 173])
async def test_given_a_process_killed_while_it_records_when_read_then_at_most_a_second_is_missing(
    packets: int, tmp_path: Path
) -> None:
    path = tmp_path / "call.wav"
    async with peer(echo=True) as callee:
        child = await asyncio.create_subprocess_exec(sys.executable, str(CHILD), str(callee.port), str(path))
        try:
            await until(lambda: len(callee.packets) >= packets, limit=2 * LIMIT_SECONDS)
        finally:
            child.kill()
            await child.wait()
        sent = callee.audio
    wav = read_stereo_alaw(path)
    assert len(wav.left) == len(wav.right)
    assert wav.left == sent[: len(wav.left)]
    assert len(sent) - len(wav.left) <= 8000
    heard = wav.right.lstrip(b"\xd5")
    assert heard == sent[: len(heard)]
    assert len(wav.right) - len(heard) <= 800
