"""What really stands on the wire, read from the peer's own message log."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from tests.e2e.telephony.dialing import credentials, judge, lead, peer_content
from tests.support.peers.conversation import Conversation
from tests.support.peers.dialogues import DIALOGUES, Dialogue
from tests.support.peers.embedded import CALLER, STRANGER, embedded_engine, ending_of, request, trunk
from tests.support.peers.ports import LOOPBACK
from tests.support.peers.sip_message import SipMessage
from tests.support.peers.sipp import Sipp

from yunhu.telephony.port import Answered, EndedBy, OriginateRefusedError, ResultClass
from yunhu.telephony.sip.timers import Timing

ROWS = {dialogue.name: dialogue for dialogue in DIALOGUES}


def _tag(value: str) -> str | None:
    found = re.search(r";tag=([^;>\s]+)", value)
    return found[1] if found else None


def _check_essentials(message: SipMessage) -> None:
    """RFC 3261 §8.1.1, and §8.1.1.7 for the branch."""
    assert message.branch.startswith("z9hG4bK")
    assert len(message.branch) > 12
    assert message.has("max-forwards")
    assert _tag(message.header("from"))
    assert message.header("cseq").split()[1] == message.method
    assert int(message.header("content-length")) == len(message.body.rstrip("\n").replace("\n", "\r\n")) + (
        2 if message.body.strip() else 0
    )


@pytest.mark.peer("sipp")
async def test_given_an_answered_call_when_its_log_is_read_then_each_request_has_its_essential_fields(
    tmp_path: Path,
) -> None:
    async with Sipp("answer_echo", tmp_path) as peer, embedded_engine(trunk(peer.address)) as engine:
        await lead(engine, ROWS["answer_echo"], peer)
        await peer_content(peer)
        invite, ack, bye = (peer.received(method)[0] for method in ("INVITE", "ACK", "BYE"))
        answer = next(m for m in peer.messages if m.status == 200 and m.method == "INVITE")
    for message in (invite, ack, bye):
        _check_essentials(message)
        assert message.call_id == invite.call_id
        assert _tag(message.header("from")) == _tag(invite.header("from"))
    assert invite.request_uri == "sip:13812345678@example.cn"
    assert f"sip:{CALLER.e164}@example.cn" in invite.header("from")
    assert _tag(invite.header("to")) is None
    assert invite.has("contact")
    assert invite.header("content-type") == "application/sdp"
    assert {ack.header("to"), bye.header("to")} == {answer.header("to")}
    assert ack.request_uri == bye.request_uri == answer.header("contact").strip("<>")
    assert ack.header("cseq").split()[0] == invite.header("cseq").split()[0]
    assert int(bye.header("cseq").split()[0]) > int(invite.header("cseq").split()[0])
    assert len({invite.branch, ack.branch, bye.branch}) == 3
    assert re.search(r"^m=audio \d+ RTP/AVP 8 0 101$", invite.body, re.MULTILINE)
    assert "a=rtpmap:101 telephone-event/8000" in invite.body
    assert "a=ptime:20" in invite.body


@pytest.mark.peer("sipp")
async def test_given_a_ringing_phone_when_given_up_then_cancel_and_ack_belong_to_the_invite(
    tmp_path: Path,
) -> None:
    async with Sipp("no_answer", tmp_path) as peer, embedded_engine(trunk(peer.address)) as engine:
        await lead(engine, ROWS["no_answer"], peer)
        await peer_content(peer)
        invite, cancel, ack = (peer.received(method)[0] for method in ("INVITE", "CANCEL", "ACK"))
    assert invite.branch == cancel.branch == ack.branch
    assert len({m.header("cseq").split()[0] for m in (invite, cancel, ack)}) == 1
    assert cancel.request_uri == ack.request_uri == invite.request_uri
    assert _tag(cancel.header("to")) is None
    assert _tag(ack.header("to")) is not None
    assert len(cancel.headers("via")) == 1


def _digest(invite: SipMessage, dialogue: Dialogue) -> tuple[str, str]:
    """The response that the peer computes for itself, and the one that it got (RFC 7616 §3.4)."""
    text = invite.header(dialogue.values["answer_field"])
    found = {key: quoted or bare for key, quoted, bare in re.findall(r'(\w+)=(?:"([^"]*)"|([^,\s]+))', text)}
    algorithm = hashlib.sha256 if dialogue.values["algorithm"] == "SHA-256" else hashlib.md5

    def hashed(*parts: str) -> str:
        return algorithm(":".join(parts).encode()).hexdigest()

    assert found["nonce"] == dialogue.values["nonce"]
    ha1 = hashed(found["username"], "peer", dialogue.secret or "")
    ha2 = hashed("INVITE", found["uri"])
    mine = hashed(ha1, found["nonce"], found["nc"], found["cnonce"], found["qop"], ha2)
    return mine, found["response"]


@pytest.mark.peer("sipp")
@pytest.mark.parametrize("name", [name for name in ROWS if name.startswith("challenge")])
async def test_given_a_challenge_when_answered_then_the_peer_computes_the_same_digest(
    name: str, tmp_path: Path
) -> None:
    dialogue = ROWS[name]
    async with (
        Sipp("challenge", tmp_path, values=dialogue.values) as peer,
        embedded_engine(trunk(peer.address, credentials=credentials(dialogue))) as engine,
    ):
        judge(dialogue, await lead(engine, dialogue, peer))
        await peer_content(peer)
        first, second = peer.received("INVITE")[0], peer.received("INVITE")[-1]
    mine, theirs = _digest(second, dialogue)
    assert theirs == mine
    assert not first.has(dialogue.values["answer_field"])
    assert int(second.header("cseq").split()[0]) == int(first.header("cseq").split()[0]) + 1
    assert first.call_id == second.call_id


@pytest.mark.peer("sipp")
async def test_given_a_trunk_without_capacity_when_called_then_the_next_trunk_carries_the_call(
    tmp_path: Path,
) -> None:
    full = {"status": "503 Service Unavailable", "fields": "Retry-After: 1"}
    async with (
        Sipp("immediate_response", tmp_path, values=full) as first,
        Sipp("answer_echo", tmp_path) as second,
        embedded_engine(trunk(first.address, name="first"), trunk(second.address, name="second")) as engine,
    ):
        talk = Conversation(await engine.originate(request(trunks=("first", "second"))))
        await talk.until(Answered)
        talk.call.hang_up("done")
        await talk.to_the_end()
        await peer_content(first)
        await peer_content(second)
        assert len(first.calls()) == len(second.calls()) == 1
    assert ending_of(talk.events).result is ResultClass.ANSWERED


@pytest.mark.peer("sipp")
async def test_given_a_busy_callee_when_called_then_no_second_trunk_is_tried(tmp_path: Path) -> None:
    busy = ROWS["refused_486"].values
    async with (
        Sipp("final_response", tmp_path, values=busy) as first,
        Sipp("answer_echo", tmp_path) as second,
        embedded_engine(trunk(first.address, name="first"), trunk(second.address, name="second")) as engine,
    ):
        talk = Conversation(await engine.originate(request(trunks=("first", "second"))))
        await talk.to_the_end()
        assert ending_of(talk.events).result is ResultClass.BUSY
        assert second.messages == []


@pytest.mark.peer("sipp")
async def test_given_a_number_that_no_trunk_was_allocated_when_shown_then_nothing_leaves(
    tmp_path: Path,
) -> None:
    async with Sipp("answer_echo", tmp_path) as peer, embedded_engine(trunk(peer.address)) as engine:
        with pytest.raises(OriginateRefusedError, match="caller_number_not_allowed"):
            await engine.originate(request(caller_number=STRANGER))
        await lead(engine, ROWS["answer_echo"], peer)
        assert len(peer.calls()) == 1
        assert STRANGER.national not in peer.transcript()


class _Silent(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.heard: list[bytes] = []

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.heard.append(data)


@asynccontextmanager
async def silent_carrier() -> AsyncIterator[tuple[tuple[str, int], _Silent]]:
    """A host that takes everything and never answers."""
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(_Silent, local_addr=(LOOPBACK, 0))
    try:
        yield transport.get_extra_info("sockname")[:2], protocol
    finally:
        transport.close()


async def test_given_a_silent_carrier_when_called_then_the_invite_is_repeated_and_given_up() -> None:
    quick = Timing(t1=0.02, t2=0.16, t4=0.2)
    async with (
        silent_carrier() as (address, carrier),
        embedded_engine(trunk(address), timing=quick) as engine,
    ):
        talk = Conversation(await engine.originate(request(ring_timeout=timedelta(seconds=30))))
        await talk.to_the_end()
        ending = ending_of(talk.events)
        assert (ending.result, ending.ended_by) == (ResultClass.TRUNK_FAILURE, EndedBy.NETWORK)
        assert len(carrier.heard) == 7  # timer A doubles from T1 until timer B at 64 T1 (RFC 3261 §17.1.1.2)
        assert len(set(carrier.heard)) == 1
