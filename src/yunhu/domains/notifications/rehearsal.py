"""What would happen: imagined events of one visit, judged by the very code that judges real ones. Nothing is written."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from yunhu.domains.notifications.create import Draft
from yunhu.domains.notifications.intake_events import Incoming
from yunhu.domains.notifications.intake_parameters import SlotChecker
from yunhu.domains.notifications.intake_scenarios import LoadedScenario, prepare
from yunhu.domains.notifications.intake_visit import Tools, Visit
from yunhu.domains.notifications.lifecycle import Attempted, after_attempt
from yunhu.domains.notifications.plans import DeliveryPlan, ScenarioPlan, next_opening
from yunhu.domains.notifications.repository_intake import JourneyRow
from yunhu.domains.notifications.repository_record import Record
from yunhu.domains.notifications.schemas import EventAnswer, QueueEventIn
from yunhu.domains.notifications.states import NotificationState, Purpose
from yunhu.domains.scripts.public import ApprovedScript
from yunhu.foundation.clock import natural_day
from yunhu.foundation.crypto import Vault
from yunhu.foundation.ids import new_id
from yunhu.foundation.phone import Phone
from yunhu.speech.reading import render_text
from yunhu.telephony.port import ResultClass

MOST_ATTEMPTS = 3


class Retry(msgspec.Struct, frozen=True):
    """What would follow when every attempt ended in this result at once."""

    result: ResultClass
    attempts_at: list[datetime]
    """When attempts would leave, the first one included, each at the earliest."""
    then: NotificationState
    """Where the notification would end."""


class Owed(msgspec.Struct, frozen=True, kw_only=True):
    """A notification that would be owed."""

    id: UUID
    """Of this rehearsal only: `superseded` refers to it."""
    purpose: Purpose
    channel: str
    script: str
    text: str
    """As filed, slots filled."""
    owed_at: datetime
    earliest_at: datetime | None
    """The first moment inside the scenario's windows; null when that is not before the deadline: it would expire."""
    deadline: datetime
    retries: list[Retry]


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What one event would lead to."""

    at: datetime
    answer: EventAnswer
    owed: list[Owed]


def rehearse(
    vault: Vault,
    plan: ScenarioPlan,
    scripts: Mapping[str, ApprovedScript],
    events: Sequence[tuple[QueueEventIn, Phone | None]],
) -> list[Step]:
    """Judge the events in the order given, each at the moment at which it occurs."""
    record = Record(events[0][0].occurred_at)
    scenario = LoadedScenario(new_id(), plan, prepare(plan, dict(scripts)))
    tools = Tools(vault, SlotChecker(), record, new_id(), set())
    first = _incoming(vault, *events[0])
    hall, day, queue_number = first.journey_key
    row = JourneyRow(id=new_id(), hall=hall, day=day, queue_number=queue_number)
    visit = Visit(row, scenario, tools, is_new=True)
    by_version = {script.version_id: script for script in scripts.values()}
    steps = []
    for said, phone in events:
        record.now = said.occurred_at
        before = len(visit.drafts)
        answer = visit.judge(_incoming(vault, said, phone))
        owed = [_owed(draft, by_version[draft.script_version_id]) for draft in visit.drafts[before:]]
        steps.append(Step(at=said.occurred_at, answer=answer, owed=owed))
    return steps


def retries_of(plan: DeliveryPlan, first: datetime, deadline: datetime) -> list[Retry]:
    """For each result that the plan repeats: when, and where it ends."""
    return [_retry(plan, result, first, deadline) for result in plan.retries]


def _retry(plan: DeliveryPlan, result: ResultClass, first: datetime, deadline: datetime) -> Retry:
    attempts = [first]
    while True:
        ended = Attempted(attempts=len(attempts), deadline=deadline, stop_reason=None, plan=plan)
        following = after_attempt(ended, result, attempts[-1])
        if following.due_at is None:
            return Retry(result, attempts, following.state)
        opening = next_opening(plan.windows, following.due_at)
        if opening is None or opening >= deadline or len(attempts) >= MOST_ATTEMPTS:
            return Retry(result, attempts, NotificationState.EXPIRED)
        attempts.append(opening)


def _owed(draft: Draft, script: ApprovedScript) -> Owed:
    plan = msgspec.json.decode(draft.plan, type=DeliveryPlan)
    opening = next_opening(plan.windows, draft.due_at)
    in_time = opening if opening is not None and opening < draft.deadline else None
    return Owed(
        id=draft.id,
        purpose=draft.purpose,
        channel=draft.channel,
        script=script.slug,
        text=render_text(script.text, draft.parameters),
        owed_at=draft.due_at,
        earliest_at=in_time,
        deadline=draft.deadline,
        retries=retries_of(plan, in_time, draft.deadline) if in_time is not None else [],
    )


def _incoming(vault: Vault, said: QueueEventIn, phone: Phone | None) -> Incoming:
    return Incoming(
        said=said,
        occurred_at=said.occurred_at,
        day=natural_day(said.occurred_at),
        phone=phone,
        callee_index=vault.index_of(phone) if phone is not None else None,
        digest=b"",
        facts=b"",
    )
