"""The sandbox's phones behave as their table says."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.support.peers.audio import likeness, read_stereo_alaw, sweep, sweep_prompt
from tests.support.peers.conversation import Conversation
from tests.support.peers.embedded import CALLER, ending_of, request
from tests.support.peers.waiting import wait_until

from yunhu.foundation.clock import SystemClock
from yunhu.foundation.phone import Phone
from yunhu.telephony.port import AnswerClassified, AnsweredBy, EndedBy, ResultClass
from yunhu.telephony.simulator import SimulatedEngine, SimulatorConfig


def _sandbox(directory: Path) -> SimulatedEngine:
    config = SimulatorConfig(trunks={"peer": frozenset({CALLER})}, directory=directory, speed=20.0)
    return SimulatedEngine(config, SystemClock())


async def _call(engine: SimulatedEngine, last: str, **changes: object) -> Conversation:
    return Conversation(await engine.originate(request(callee=Phone(f"+861381234{last}"), **changes)))


@pytest.mark.parametrize(
    ("last", "result", "by"),
    [
        ("1001", ResultClass.BUSY, EndedBy.CALLEE),
        ("1003", ResultClass.POWERED_OFF, EndedBy.NETWORK),
        ("1004", ResultClass.REJECTED, EndedBy.CALLEE),
        ("1005", ResultClass.NO_SUCH_NUMBER, EndedBy.NETWORK),
        ("1008", ResultClass.CONGESTION, EndedBy.NETWORK),
        ("1009", ResultClass.ANSWERED, EndedBy.CALLEE),
        ("1010", ResultClass.UNREACHABLE, EndedBy.NETWORK),
    ],
)
async def test_given_a_number_of_the_table_when_called_then_it_ends_as_written(
    last: str, result: ResultClass, by: EndedBy, tmp_path: Path
) -> None:
    talk = await _call(_sandbox(tmp_path), last)
    ending = ending_of(await talk.to_the_end())
    assert (ending.result, ending.ended_by) == (result, by)


@pytest.mark.parametrize(
    ("last", "by"),
    [("1006", AnsweredBy.MACHINE), ("1007", AnsweredBy.ASSISTANT), ("5555", AnsweredBy.HUMAN)],
)
async def test_given_who_answers_when_detection_is_asked_for_then_it_is_told_once(
    last: str, by: AnsweredBy, tmp_path: Path
) -> None:
    talk = await _call(_sandbox(tmp_path), last, detect_answer=True, max_duration=timedelta(seconds=4))
    events = await talk.to_the_end()
    assert [event.answered_by for event in events if isinstance(event, AnswerClassified)] == [by]


async def test_given_a_phone_that_listens_when_it_is_over_then_what_it_heard_lies_there(
    tmp_path: Path,
) -> None:
    talk = await _call(_sandbox(tmp_path), "5555", max_duration=timedelta(seconds=4))
    talk.call.play(sweep_prompt("sweep", 0.5))
    await talk.to_the_end()
    path = tmp_path / "heard" / f"{talk.call.call_id}.wav"
    await wait_until(path.exists, "the sandbox wrote what the phone heard")
    heard, said = read_stereo_alaw(path)
    assert likeness(heard, sweep(0.5)) > 0.95
    assert abs(said).max() < 0.001
