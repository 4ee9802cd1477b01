"""Places the calls of the dialogue table and judges them from both sides."""

import asyncio
from datetime import timedelta

from tests.support.peers.audio import sweep_prompt
from tests.support.peers.conversation import Conversation
from tests.support.peers.dialogues import Dialogue
from tests.support.peers.embedded import ending_of, request
from tests.support.peers.sipp import Sipp
from tests.support.peers.sipp_log import SippStatistics

from yunhu.telephony.embedded import EmbeddedEngine
from yunhu.telephony.port import Answered, DigitReceived, PlaybackEnded, Termination
from yunhu.telephony.sip.digest import Credentials

PROMPT = sweep_prompt("sweep", 0.6)


def credentials(dialogue: Dialogue) -> Credentials | None:
    """What the trunk needs for this peer."""
    return Credentials("+862988886666", dialogue.secret) if dialogue.secret else None


async def lead(engine: EmbeddedEngine, dialogue: Dialogue, peer: Sipp) -> Conversation:
    """Call, speak the prompt, hang up when the peer has done its part; returns after the end."""
    wish = request(ring_timeout=timedelta(seconds=dialogue.ring_timeout))
    talk = Conversation(await engine.originate(wish))
    if dialogue.hang_up and dialogue.reason == "done":
        await talk.until(Answered)
        talk.call.play(PROMPT)
        await talk.until(PlaybackEnded)
        await peer_has_done_its_part(dialogue, peer, talk)
        talk.call.hang_up("done")
    await talk.to_the_end()
    return talk


async def peer_has_done_its_part(dialogue: Dialogue, peer: Sipp, talk: Conversation) -> None:
    """Wait for what the scenario does after the answer, so that the BYE does not cut it short."""
    wanted = {"reinvite_hold": ("INVITE", 2), "update": ("UPDATE", 1)}.get(dialogue.scenario)
    if wanted is not None:
        method, count = wanted
        await wait_for_answers(peer, method, count)
    if dialogue.scenario == "digits":
        await wait_for_digits(talk)


async def wait_for_answers(peer: Sipp, method: str, count: int, limit: float = 15.0) -> None:
    """Wait until we answered so many requests of the peer, each in every call that it has."""
    async with asyncio.timeout(limit):
        while True:
            answered = {
                (m.call_id, m.header("cseq"))
                for m in peer.messages
                if m.received and m.status == 200 and m.method == method
            }
            calls = {m.call_id for m in peer.received("INVITE")}
            if len(answered) >= count * len(calls):
                return
            await asyncio.sleep(0.05)


async def wait_for_digits(talk: Conversation, count: int = 3) -> None:
    """Wait until the keys were reported."""
    await talk.until(DigitReceived, count)


def judge(dialogue: Dialogue, talk: Conversation, *, q850: bool = True) -> Termination:
    """Compare the ending with the table."""
    ending = ending_of(talk.events)
    assert ending.result is dialogue.result, talk.events
    assert ending.ended_by is dialogue.ended_by, talk.events
    if dialogue.reason is not None:
        assert ending.reason == dialogue.reason
    if dialogue.sip_code is not None:
        assert ending.sip_code == dialogue.sip_code
    if dialogue.q850 is not None and q850:
        assert ending.q850 == dialogue.q850
    return ending


async def peer_content(peer: Sipp, calls: int = 1, *, acknowledged: bool = True) -> SippStatistics:
    """SIPp's own verdict: every call went through the scenario to its end.

    `acknowledged` also wants an ACK for every final response; on a lossy line a BYE may overtake the last one.
    """
    verdict = await peer.completed(calls, limit=20)
    assert verdict.failed == 0, peer.transcript()
    assert verdict.successful == calls, peer.transcript()
    assert not (acknowledged and peer.unacknowledged()), peer.transcript()
    return verdict
