"""A recording after SIGKILL: a valid file that misses at most the last second."""

import asyncio
import itertools
import sys
from pathlib import Path

import pytest
from tests.support.media.peer import LIMIT_SECONDS, RtpPeer, peer, until
from tests.support.media.wav import read_stereo_alaw

SILENCE = b"\xd5"
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
        sent = on_a_line_of_time(callee)
    wav = read_stereo_alaw(path)
    assert len(wav.left) == len(wav.right)
    assert wav.left == sent[: len(wav.left)]
    assert len(sent) - len(wav.left) <= 8000
    # What the callee said comes back through this process: what it sends too late was silence in the call.
    heard, said = spoken(wav.right), iter(spoken(sent))
    assert heard
    assert all(frame in said for frame in heard), "in the order in which it was said, and nothing else"


def on_a_line_of_time(callee: RtpPeer) -> bytes:
    """What came, with silence where the sender had no time to send: its time stamps go on all the same."""
    stamps = [header[3] for header in callee.headers]
    line = bytearray(SILENCE * (stamps[-1] - stamps[0] + 160))
    for stamp, packet in zip(stamps, callee.packets, strict=True):
        line[stamp - stamps[0] : stamp - stamps[0] + 160] = packet[12:]
    return bytes(line)


def spoken(alaw: bytes) -> list[int]:
    """The octets of which the frames are made that are not silence: no two that follow each other are the same."""
    return [octet for octet, _ in itertools.groupby(alaw) if octet != SILENCE[0]]
