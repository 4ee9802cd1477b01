"""Asterisk as the callee's exchange and as a registrar."""

from pathlib import Path

import pytest
from tests.support.peers.asterisk import Asterisk
from tests.support.peers.asterisk_config import AsteriskAccount
from tests.support.peers.audio import likeness, read_stereo_alaw, read_wav, sweep, sweep_prompt
from tests.support.peers.conversation import Conversation
from tests.support.peers.embedded import embedded_engine, ending_of, recording_path, request, trunk
from tests.support.peers.waiting import wait_until

from yunhu.telephony.embedded import EmbeddedEngine
from yunhu.telephony.port import Answered, DigitReceived, PlaybackEnded, ResultClass
from yunhu.telephony.sip.digest import Credentials

pytestmark = pytest.mark.peer("asterisk")
SECONDS = 1.2
PROMPT = sweep_prompt("sweep", SECONDS)


async def _speak(engine: EmbeddedEngine, recording: Path | None = None) -> Conversation:
    talk = Conversation(await engine.originate(request(recording=recording)))
    await talk.until(Answered)
    talk.call.play(PROMPT)
    talk.call.play(sweep_prompt("tail", 0.4, 1000, 1000))  # so that the echo of the first comes back whole
    await talk.until(PlaybackEnded, 2)
    talk.call.hang_up("done")
    await talk.to_the_end()
    return talk


async def test_given_asterisk_records_when_a_prompt_is_played_then_it_heard_it(tmp_path: Path) -> None:
    async with Asterisk(tmp_path, numbers="record") as peer, embedded_engine(trunk(peer.address)) as engine:
        talk = await _speak(engine)
        heard = read_wav(await peer.recording())
    assert ending_of(talk.events).result is ResultClass.ANSWERED
    assert likeness(heard, sweep(SECONDS)) > 0.95
    assert likeness(heard, sweep(SECONDS, 2800, 400)) < 0.3


async def test_given_asterisk_echoes_when_recorded_then_both_channels_hold_the_prompt(tmp_path: Path) -> None:
    path = recording_path(tmp_path)
    async with Asterisk(tmp_path, numbers="echo") as peer, embedded_engine(trunk(peer.address)) as engine:
        await _speak(engine, path)
    ours, theirs = read_stereo_alaw(path)
    assert likeness(ours, sweep(SECONDS)) > 0.95
    assert likeness(theirs, sweep(SECONDS)) > 0.9


async def test_given_asterisk_presses_keys_when_answered_then_each_is_reported_once(tmp_path: Path) -> None:
    async with Asterisk(tmp_path, numbers="keys") as peer, embedded_engine(trunk(peer.address)) as engine:
        talk = Conversation(await engine.originate(request()))
        await talk.until(DigitReceived, 4)
        talk.call.hang_up("done")
        events = await talk.to_the_end()
    assert [event.digit for event in events if isinstance(event, DigitReceived)] == ["1", "2", "9", "#"]


@pytest.mark.parametrize(
    ("extension", "result", "q850"),
    [
        ("busy", ResultClass.BUSY, 17),
        ("declined", ResultClass.REJECTED, 21),
        ("absent", ResultClass.UNREACHABLE, 20),
        ("unallocated", ResultClass.NO_SUCH_NUMBER, 1),
        ("congested", ResultClass.CONGESTION, 34),
    ],
)
async def test_given_asterisk_refuses_when_called_then_its_cause_is_understood(
    extension: str, result: ResultClass, q850: int, tmp_path: Path
) -> None:
    async with Asterisk(tmp_path, numbers=extension) as peer, embedded_engine(trunk(peer.address)) as engine:
        talk = Conversation(await engine.originate(request()))
        ending = ending_of(await talk.to_the_end())
    assert (ending.result, ending.q850) == (result, q850)


async def test_given_asterisk_hangs_up_when_talking_then_the_callee_ended_the_call(tmp_path: Path) -> None:
    async with Asterisk(tmp_path, numbers="brief") as peer, embedded_engine(trunk(peer.address)) as engine:
        talk = Conversation(await engine.originate(request()))
        await talk.until(Answered)
        talk.call.play(sweep_prompt("long", 20))
        ending = ending_of(await talk.to_the_end())
    assert (ending.result, ending.ended_by.value) == (ResultClass.ANSWERED, "callee")
    assert talk.kinds[-2:] == ["PlaybackEnded", "Ended"]


@pytest.mark.parametrize("algorithm", ["md5", "sha-256"])
@pytest.mark.parametrize("transport", ["UDP", "TCP"])
async def test_given_asterisk_wants_a_registration_when_started_then_it_has_one_and_takes_calls(
    algorithm: str, transport: str, tmp_path: Path
) -> None:
    account = AsteriskAccount("hall7", "s3cret:with colon", algorithm)
    async with Asterisk(tmp_path, accounts=(account,)) as peer:
        way = trunk(
            peer.address,
            transport=transport,
            register=True,
            credentials=Credentials(account.user, account.password),
        )
        async with embedded_engine(way) as engine:
            assert engine.health()["peer"].usable, engine.health()
            await wait_until(lambda: "Added contact" in peer.log, "Asterisk logged the registration")
            talk = await _speak(engine)
            assert ending_of(talk.events).result is ResultClass.ANSWERED
        await wait_until(lambda: "Removed contact" in peer.log, "the registration was taken back")


async def test_given_a_wrong_secret_when_started_then_the_trunk_is_not_usable(tmp_path: Path) -> None:
    async with Asterisk(tmp_path, accounts=(AsteriskAccount("hall7", "right"),)) as peer:
        way = trunk(peer.address, register=True, credentials=Credentials("hall7", "wrong"))
        async with embedded_engine(way) as engine:
            assert not engine.health()["peer"].usable
            assert "Added contact" not in peer.log


async def test_given_asterisk_answers_options_when_started_then_the_trunk_is_usable(tmp_path: Path) -> None:
    async with (
        Asterisk(tmp_path) as peer,
        embedded_engine(trunk(peer.address, options_interval=30.0)) as engine,
    ):
        assert engine.health()["peer"].usable, engine.health()
        assert "OPTIONS sip:" in peer.log
