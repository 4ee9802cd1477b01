"""Group commit: what one event or a broken connection spoils stays with whom it concerns."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunhu.domains.notifications.intake import Outcome
from yunhu.domains.notifications.intake_events import Incoming, Refused, make_incoming
from yunhu.domains.notifications.intake_lanes import Lanes, Written
from yunhu.domains.notifications.schemas import AnswerStatus, EventAnswer, QueueEventIn
from yunhu.domains.notifications.states import QueueEventKind
from yunhu.foundation.crypto import Vault

_NOW = datetime(2026, 2, 9, 2, 0, tzinfo=UTC)
_VAULT = Vault(bytes(32))
_TENANT = UUID(int=1)


def _event(event_id: str) -> Incoming:
    said = QueueEventIn(event_id=event_id, event=QueueEventKind.TAKEN, queue_number="A001", occurred_at=_NOW)
    made = make_incoming(said, _VAULT, _NOW)
    assert not isinstance(made, Refused)
    return made


class _Store:
    """Commits all of a group or nothing, as a transaction does."""

    def __init__(self) -> None:
        self.kept: list[str] = []
        self.groups: list[int] = []
        self.poison: str | None = None
        self.broken = 0
        """So many commits from now on find no connection."""

    async def commit(self, _tenant_id: UUID, events: Sequence[Incoming], _written: Written) -> list[Outcome]:
        await asyncio.sleep(0)
        ids = [event.said.event_id for event in events]
        self.groups.append(len(ids))
        if self.broken:
            self.broken -= 1
            raise ConnectionResetError
        if self.poison in ids:
            raise ValueError(self.poison)
        self.kept += ids
        return [Outcome(EventAnswer(event_id=id_, status=AnswerStatus.ACCEPTED)) for id_ in ids]


async def _submit(store: _Store, ids: Sequence[str]) -> list[Outcome | BaseException]:
    lanes = Lanes(store.commit)
    events = (lanes.submit(_TENANT, _event(id_)) for id_ in ids)
    return await asyncio.wait_for(asyncio.gather(*events, return_exceptions=True), 10)


@pytest.mark.parametrize("poison", ["e0", "e7", "e19"])
async def test_given_one_event_that_cannot_be_kept_when_grouped_then_only_its_caller_is_told_of_a_failure(
    poison: str,
) -> None:
    store, ids = _Store(), [f"e{index}" for index in range(20)]
    store.poison = poison
    answers = await _submit(store, ids)

    for id_, answer in zip(ids, answers, strict=True):
        if id_ == poison:
            assert isinstance(answer, ValueError)
        else:
            assert isinstance(answer, Outcome)
            assert isinstance(answer.result, EventAnswer)
            assert answer.result.event_id == id_
    assert sorted(store.kept) == sorted(set(ids) - {poison})


async def test_given_a_connection_that_breaks_under_a_group_when_it_is_back_then_each_event_is_kept_once() -> (
    None
):
    store, ids = _Store(), [f"e{index}" for index in range(20)]
    store.broken = 1
    answers = await _submit(store, ids)

    assert all(isinstance(answer, Outcome) for answer in answers)
    assert sorted(store.kept) == sorted(ids)
    assert max(store.groups) > 1


async def test_given_no_connection_at_all_when_submitted_then_every_caller_is_told_and_the_lane_works_again() -> (
    None
):
    store, lanes_ids = _Store(), ["a", "b", "c"]
    store.broken = 1000
    answers = await _submit(store, lanes_ids)
    store.broken = 0
    again = await _submit(store, lanes_ids)

    assert [type(answer) for answer in answers] == [ConnectionResetError] * 3
    assert all(isinstance(answer, Outcome) for answer in again)
    assert sorted(store.kept) == lanes_ids


class _Disk:
    """A store whose commits wait until they are let through, one after the other."""

    def __init__(self) -> None:
        self.working = 0
        self.most_working = 0
        self.committing = 0
        self.groups: list[list[str]] = []
        self.done = asyncio.Semaphore(0)

    async def commit(self, _tenant_id: UUID, events: Sequence[Incoming], written: Written) -> list[Outcome]:
        ids = [event.said.event_id for event in events]
        self.groups.append(ids)
        self.working += 1
        self.most_working = max(self.most_working, self.working)
        await asyncio.sleep(0)
        self.working -= 1
        self.committing += 1
        written()
        await self.done.acquire()
        self.committing -= 1
        return [Outcome(EventAnswer(event_id=id_, status=AnswerStatus.ACCEPTED)) for id_ in ids]


async def _turns(times: int = 20) -> None:
    for _ in range(times):
        await asyncio.sleep(0)


async def test_given_a_transaction_that_waits_for_the_disk_when_events_come_then_the_next_one_works_meanwhile() -> (
    None
):
    disk = _Disk()
    lanes = Lanes(disk.commit)
    first = asyncio.create_task(lanes.submit(_TENANT, _event("a")))
    await _turns()
    later = [asyncio.create_task(lanes.submit(_TENANT, _event(id_))) for id_ in ("b", "c")]
    await _turns()

    assert disk.groups == [["a"], ["b", "c"]]
    assert disk.committing == 2
    assert not first.done()
    for _ in disk.groups:
        disk.done.release()
    outcomes = await asyncio.wait_for(asyncio.gather(first, *later), 10)
    assert [outcome.result.event_id for outcome in outcomes if isinstance(outcome.result, EventAnswer)] == [
        "a",
        "b",
        "c",
    ]


@given(st.lists(st.sampled_from(["event", "commit", "turn"]), max_size=60))
async def test_given_any_course_of_arrivals_and_commits_when_submitted_then_each_is_answered_once_and_one_works(
    course: list[str],
) -> None:
    disk = _Disk()
    lanes = Lanes(disk.commit)
    waiting: list[asyncio.Task[Outcome]] = []
    for step in course:
        if step == "event":
            waiting.append(asyncio.create_task(lanes.submit(_TENANT, _event(f"e{len(waiting)}"))))
        elif step == "commit":
            disk.done.release()
        else:
            await _turns(3)
    while not all(task.done() for task in waiting):
        disk.done.release()
        await _turns(3)

    answered = [task.result().result for task in waiting]
    assert [answer.event_id for answer in answered if isinstance(answer, EventAnswer)] == [
        f"e{index}" for index in range(len(waiting))
    ]
    assert [id_ for group in disk.groups for id_ in group] == [f"e{index}" for index in range(len(waiting))]
    assert disk.most_working <= 1
