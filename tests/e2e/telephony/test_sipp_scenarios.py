"""The embedded engine against every scripted answer of SIPp, on a good line."""

from pathlib import Path

import pytest
from tests.e2e.telephony.dialing import credentials, judge, lead, peer_content
from tests.support.peers.dialogues import DIALOGUES, Dialogue
from tests.support.peers.embedded import embedded_engine, trunk
from tests.support.peers.sipp import Sipp

from yunhu.telephony.port import DigitReceived

ROWS = [
    pytest.param(dialogue, id=dialogue.name, marks=pytest.mark.peer(*dialogue.marks))
    for dialogue in DIALOGUES
]


@pytest.mark.parametrize("dialogue", ROWS)
async def test_given_a_good_line_when_the_peer_plays_its_scenario_then_both_sides_agree(
    dialogue: Dialogue, tmp_path: Path
) -> None:
    async with (
        Sipp(dialogue.scenario, tmp_path, values=dialogue.values) as peer,
        embedded_engine(trunk(peer.address, credentials=credentials(dialogue))) as engine,
    ):
        talk = await lead(engine, dialogue, peer)
        await peer_content(peer)
        judge(dialogue, talk)
        if dialogue.scenario == "digits":
            assert [event.digit for event in talk.events if isinstance(event, DigitReceived)] == [
                "1",
                "2",
                "9",
            ]


@pytest.mark.peer("sipp")
async def test_given_a_tcp_trunk_when_called_then_the_call_is_carried_over_tcp(tmp_path: Path) -> None:
    dialogue = DIALOGUES[0]
    async with (
        Sipp(dialogue.scenario, tmp_path, transport="tcp") as peer,
        embedded_engine(trunk(peer.address, transport="TCP")) as engine,
    ):
        talk = await lead(engine, dialogue, peer)
        await peer_content(peer)
        judge(dialogue, talk)
        assert "SIP/2.0/TCP" in peer.received("INVITE")[0].header("via")
