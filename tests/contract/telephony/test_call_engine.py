"""What every call engine promises, checked on each of them alike."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from tests.contract.telephony.places import Open, embedded, simulated
from tests.support.peers.audio import likeness, read_stereo_alaw, sweep, sweep_prompt
from tests.support.peers.conversation import Conversation
from tests.support.peers.embedded import STRANGER, ending_of
from tests.support.peers.waiting import wait_until

from yunhu.telephony.port import (
    Answered,
    DigitReceived,
    EndedBy,
    OriginateRefusedError,
    PlaybackEnded,
    ResultClass,
    Ringing,
)

SHORT = sweep_prompt("short", 0.5)
LONG = sweep_prompt("long", 30)


@pytest.fixture(
    params=[
        pytest.param(simulated, id="simulator"),
        pytest.param(embedded, id="embedded", marks=pytest.mark.peer("sipp", "sipp-digits")),
    ]
)
def place(request: pytest.FixtureRequest) -> Open:
    """Each engine in turn."""
    opened: Open = request.param
    return opened


def _ended_prompts(talk: Conversation) -> list[tuple[str, bool]]:
    return [(e.prompt_id, e.completed) for e in talk.events if isinstance(e, PlaybackEnded)]


async def test_given_a_phone_that_answers_when_a_prompt_is_played_then_events_come_in_order(
    place: Open, tmp_path: Path
) -> None:
    async with place("answers", tmp_path) as there:
        talk = Conversation(await there.engine.originate(there.request()))
        await talk.until(Answered)
        talk.call.play(SHORT)
        await talk.until(PlaybackEnded)
        talk.call.hang_up("said")
        events = await talk.to_the_end()
    assert talk.kinds == ["Ringing", "Answered", "PlaybackEnded", "Ended"]
    ending = ending_of(events)
    assert (ending.result, ending.ended_by, ending.reason) == (ResultClass.ANSWERED, EndedBy.PLATFORM, "said")
    assert [event.at for event in events] == sorted(event.at for event in events)


async def test_given_a_ringing_phone_when_hung_up_then_cancelled_by_the_platform(
    place: Open, tmp_path: Path
) -> None:
    async with place("rings", tmp_path) as there:
        talk = Conversation(await there.engine.originate(there.request()))
        await talk.until(Ringing)
        talk.call.hang_up("superseded")
        talk.call.hang_up("again")
        ending = ending_of(await talk.to_the_end())
    assert (ending.result, ending.ended_by) == (ResultClass.CANCELLED, EndedBy.PLATFORM)
    assert ending.reason == "superseded"


async def test_given_a_busy_phone_when_called_then_busy_with_its_cause(place: Open, tmp_path: Path) -> None:
    async with place("busy", tmp_path) as there:
        talk = Conversation(await there.engine.originate(there.request()))
        ending = ending_of(await talk.to_the_end())
    assert (ending.result, ending.ended_by) == (ResultClass.BUSY, EndedBy.CALLEE)
    assert (ending.sip_code, ending.q850) == (486, 17)
    assert "Answered" not in talk.kinds


async def test_given_a_ringing_phone_when_the_limit_is_over_then_no_answer(
    place: Open, tmp_path: Path
) -> None:
    async with place("rings", tmp_path) as there:
        wish = there.request(ring_timeout=timedelta(seconds=1))
        talk = Conversation(await there.engine.originate(wish))
        ending = ending_of(await talk.to_the_end())
    assert (ending.result, ending.ended_by) == (ResultClass.NO_ANSWER, EndedBy.PLATFORM)
    assert ending.reason == "ring_timeout"
    assert talk.kinds == ["Ringing", "Ended"]


async def test_given_a_callee_who_hangs_up_when_playing_then_the_prompt_ends_before_the_call(
    place: Open, tmp_path: Path
) -> None:
    async with place("hangs_up", tmp_path) as there:
        talk = Conversation(await there.engine.originate(there.request()))
        await talk.until(Answered)
        talk.call.play(LONG)
        ending = ending_of(await talk.to_the_end())
    assert (ending.result, ending.ended_by) == (ResultClass.ANSWERED, EndedBy.CALLEE)
    assert talk.kinds == ["Ringing", "Answered", "PlaybackEnded", "Ended"]
    assert _ended_prompts(talk) == [("long", False)]


async def test_given_a_callee_who_presses_keys_when_heard_then_each_is_reported_once(
    place: Open, tmp_path: Path
) -> None:
    async with place("presses", tmp_path) as there:
        talk = Conversation(await there.engine.originate(there.request()))
        await talk.until(Answered)
        talk.call.play(SHORT)
        await talk.until(DigitReceived, len(there.keys))
        talk.call.hang_up("said")
        events = await talk.to_the_end()
        assert [event.digit for event in events if isinstance(event, DigitReceived)] == there.keys


async def test_given_queued_prompts_when_stopped_then_each_ends_once_and_new_ones_play(
    place: Open, tmp_path: Path
) -> None:
    async with place("answers", tmp_path) as there:
        talk = Conversation(await there.engine.originate(there.request()))
        await talk.until(Answered)
        talk.call.play(SHORT)
        talk.call.play(LONG)
        talk.call.play(sweep_prompt("never", 1))
        await talk.until(PlaybackEnded)
        talk.call.stop_playing()
        await talk.until(PlaybackEnded, 3)
        talk.call.play(SHORT)
        await talk.until(PlaybackEnded, 4)
        talk.call.hang_up("said")
        await talk.to_the_end()
    assert _ended_prompts(talk) == [("short", True), ("long", False), ("never", False), ("short", True)]


async def test_given_a_prompt_queued_before_the_answer_when_answered_then_it_is_played(
    place: Open, tmp_path: Path
) -> None:
    async with place("answers", tmp_path) as there:
        talk = Conversation(await there.engine.originate(there.request()))
        talk.call.play(SHORT)
        await talk.until(PlaybackEnded)
        talk.call.hang_up("said")
        await talk.to_the_end()
    assert talk.kinds == ["Ringing", "Answered", "PlaybackEnded", "Ended"]
    assert _ended_prompts(talk) == [("short", True)]


async def test_given_an_ended_call_when_touched_then_nothing_happens(place: Open, tmp_path: Path) -> None:
    async with place("busy", tmp_path) as there:
        talk = Conversation(await there.engine.originate(there.request()))
        events = list(await talk.to_the_end())
        talk.call.play(SHORT)
        talk.call.stop_playing()
        talk.call.hang_up("late")
        assert [event async for event in talk.call.events()] == []
        assert talk.events == events


async def test_given_a_foreign_caller_number_when_shown_then_refused_and_nobody_is_called(
    place: Open, tmp_path: Path
) -> None:
    async with place("answers", tmp_path) as there:
        with pytest.raises(OriginateRefusedError) as refused:
            await there.engine.originate(there.request(caller_number=STRANGER))
        assert refused.value.reason == "caller_number_not_allowed"
        assert STRANGER.national not in str(refused.value)
        assert not there.anybody_called()


async def test_given_an_unknown_trunk_when_named_then_refused(place: Open, tmp_path: Path) -> None:
    async with place("answers", tmp_path) as there:
        with pytest.raises(OriginateRefusedError) as refused:
            await there.engine.originate(there.request(trunks=("nowhere",)))
        assert refused.value.reason == "no_trunk"
        assert not there.anybody_called()


async def test_given_a_draining_engine_when_asked_then_it_refuses_and_running_calls_end_by_themselves(
    place: Open, tmp_path: Path
) -> None:
    async with place("hangs_up", tmp_path) as there:
        talk = Conversation(await there.engine.originate(there.request()))
        await talk.until(Answered)
        stopping = asyncio.create_task(there.engine.stop(timedelta(seconds=20)))
        await asyncio.sleep(0)
        with pytest.raises(OriginateRefusedError) as refused:
            await there.engine.originate(there.request())
        ending = ending_of(await talk.to_the_end())
        await stopping
    assert refused.value.reason == "draining"
    assert ending.ended_by is EndedBy.CALLEE


async def test_given_a_running_call_when_stopped_without_grace_then_it_is_hung_up(
    place: Open, tmp_path: Path
) -> None:
    async with place("answers", tmp_path) as there:
        talk = Conversation(await there.engine.originate(there.request()))
        await talk.until(Answered)
        await there.engine.stop(timedelta(0))
        ending = ending_of(await talk.to_the_end())
    assert (ending.result, ending.ended_by, ending.reason) == (
        ResultClass.ANSWERED,
        EndedBy.PLATFORM,
        "draining",
    )


async def test_given_a_long_call_when_its_limit_is_over_then_it_is_hung_up(
    place: Open, tmp_path: Path
) -> None:
    async with place("answers", tmp_path) as there:
        wish = there.request(max_duration=timedelta(seconds=1))
        talk = Conversation(await there.engine.originate(wish))
        await talk.until(Answered)
        talk.call.play(LONG)
        ending = ending_of(await talk.to_the_end())
    assert (ending.result, ending.ended_by) == (ResultClass.ANSWERED, EndedBy.PLATFORM)
    assert ending.reason == "max_duration"
    assert _ended_prompts(talk) == [("long", False)]


async def test_given_a_recorded_call_when_it_is_over_then_the_left_channel_holds_what_we_said(
    place: Open, tmp_path: Path
) -> None:
    path = tmp_path / "calls" / "one.wav"
    async with place("answers", tmp_path) as there:
        talk = Conversation(await there.engine.originate(there.request(recording=path)))
        await talk.until(Answered)
        talk.call.play(SHORT)
        await talk.until(PlaybackEnded)
        talk.call.hang_up("said")
        await talk.to_the_end()
        await there.engine.stop(timedelta(0))
        await wait_until(path.exists, "the recording was written")
    ours, theirs = read_stereo_alaw(path)
    assert likeness(ours, sweep(0.5)) > 0.95
    assert ours.size == theirs.size
    assert path.stat().st_mode & 0o007 == 0, "a recording is nobody else's to read"


async def test_given_trunks_when_asked_for_their_health_then_each_is_named(
    place: Open, tmp_path: Path
) -> None:
    async with place("answers", tmp_path) as there:
        health = there.engine.health()
        assert list(health) == ["peer"]
        assert health["peer"].usable
