"""Every scenario again while 10% of the signalling is lost and another 10% overtaken."""

import asyncio
import zlib
from pathlib import Path

import pytest
from tests.e2e.telephony.dialing import credentials, judge, lead, peer_content
from tests.support.peers.dialogues import DIALOGUES, Dialogue
from tests.support.peers.embedded import embedded_engine, trunk
from tests.support.peers.lossy_proxy import LossScript, LossyProxy
from tests.support.peers.sipp import Sipp

CALLS = 3
"""At once: enough datagrams for several losses in every scenario."""
TRIES = 3
GAVE_UP = "Aborting call on unexpected message"
"""A SIPp scenario is a line of steps: a repeated ACK that overtakes a later request, while SIPp is about to send,
ends its call. That says nothing of the product, so the dialogue is played again with other losses."""


class PeerGaveUpError(Exception):
    """SIPp left its own scenario."""


ROWS = [
    pytest.param(dialogue, id=dialogue.name, marks=pytest.mark.peer(*dialogue.marks))
    for dialogue in DIALOGUES
    if dialogue.scenario != "digits"  # nothing new is signalled there
]


@pytest.mark.parametrize("dialogue", ROWS)
async def test_given_a_lossy_line_when_the_peer_plays_its_scenario_then_both_sides_still_agree(
    dialogue: Dialogue, tmp_path: Path
) -> None:
    for seed in range(TRIES):
        try:
            await play(
                dialogue, tmp_path / str(seed), LossScript(seed=zlib.crc32(dialogue.name.encode()) + seed)
            )
        except PeerGaveUpError:
            continue
        else:
            return
    pytest.fail(f"SIPp gave up in each of {TRIES} tries: the scenario needs another optional step")


async def play(dialogue: Dialogue, directory: Path, script: LossScript) -> None:
    values = {**dialogue.values, "linger": "4000"}
    async with (
        LossyProxy(script) as line,
        Sipp(dialogue.scenario, directory, values=values, advertise=line.address) as peer,
        embedded_engine(trunk(line.address, credentials=credentials(dialogue))) as engine,
    ):
        line.target = peer.address
        try:
            talks = await asyncio.gather(*(lead(engine, dialogue, peer) for _ in range(CALLS)))
            for talk in talks:
                judge(dialogue, talk)
            await peer_content(peer, CALLS, acknowledged=False)
        except (AssertionError, TimeoutError) as error:
            if GAVE_UP in peer.errors:
                raise PeerGaveUpError from error
            raise
        assert line.lost >= 1
        assert line.late >= 1
