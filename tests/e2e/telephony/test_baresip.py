"""baresip as the callee's phone: what it hears, and that we hear it."""

from pathlib import Path

import numpy as np
import pytest
from tests.support.peers.audio import likeness, read_stereo_alaw, read_wav, sweep, sweep_prompt, write_wav
from tests.support.peers.baresip import Baresip
from tests.support.peers.conversation import Conversation
from tests.support.peers.embedded import CALLEE, embedded_engine, ending_of, recording_path, request, trunk

from yunhu.telephony.port import Answered, EndedBy, PlaybackEnded, ResultClass, Ringing

pytestmark = pytest.mark.peer("baresip")


async def test_given_a_real_phone_when_a_prompt_is_played_then_it_hears_it(tmp_path: Path) -> None:
    async with Baresip(CALLEE.dialled, tmp_path) as phone, embedded_engine(trunk(phone.address)) as engine:
        talk = Conversation(await engine.originate(request()))
        await talk.until(Answered)
        talk.call.play(sweep_prompt("sweep", 1.2))
        await talk.until(PlaybackEnded)
        talk.call.hang_up("done")
        await talk.to_the_end()
        await phone.wait_for("CALL_CLOSED")
        heard = read_wav(await phone.heard())
    assert talk.kinds == ["Ringing", "Answered", "PlaybackEnded", "Ended"]
    assert likeness(heard, sweep(1.2)) > 0.95
    assert likeness(heard, sweep(1.2, 2800, 400)) < 0.3


async def test_given_a_speaking_phone_when_recorded_then_the_right_channel_holds_its_words(
    tmp_path: Path,
) -> None:
    path = recording_path(tmp_path)
    words = write_wav(tmp_path / "words.wav", np.pad(sweep(1.0), (0, 24_000)))
    async with (
        Baresip(CALLEE.dialled, tmp_path, speaks=words) as phone,
        embedded_engine(trunk(phone.address)) as engine,
    ):
        talk = Conversation(await engine.originate(request(recording=path)))
        await talk.until(Answered)
        talk.call.play(sweep_prompt("tone", 1.6, 1000, 1000))
        await talk.until(PlaybackEnded)
        talk.call.hang_up("done")
        await talk.to_the_end()
    ours, theirs = read_stereo_alaw(path)
    assert likeness(theirs, sweep(1.0)) > 0.9
    assert likeness(ours, sweep(1.0)) < 0.5


async def test_given_a_ringing_phone_when_the_callee_declines_then_nobody_is_bothered_again(
    tmp_path: Path,
) -> None:
    async with (
        Baresip(CALLEE.dialled, tmp_path, answers=False) as phone,
        embedded_engine(trunk(phone.address)) as engine,
    ):
        talk = Conversation(await engine.originate(request()))
        await talk.until(Ringing)
        phone.command("hangup")
        ending = ending_of(await talk.to_the_end())
    assert ending.ended_by is EndedBy.CALLEE
    assert ending.result in {ResultClass.BUSY, ResultClass.REJECTED}


async def test_given_a_talking_phone_when_the_callee_hangs_up_then_the_call_ends_answered(
    tmp_path: Path,
) -> None:
    async with Baresip(CALLEE.dialled, tmp_path) as phone, embedded_engine(trunk(phone.address)) as engine:
        talk = Conversation(await engine.originate(request()))
        await phone.wait_for("CALL_ESTABLISHED")
        phone.command("hangup")
        ending = ending_of(await talk.to_the_end())
    assert (ending.result, ending.ended_by) == (ResultClass.ANSWERED, EndedBy.CALLEE)
