"""A contract's line of time: what happened to it, what stands against it, and what its clocks say is to come."""

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.contracts import repository_parts
from yunhu.domains.contracts.clocks import ClockEntry, TickState, entries
from yunhu.domains.contracts.models import Contract
from yunhu.domains.contracts.models_money import Claim, Payment
from yunhu.domains.contracts.models_service import Suspension
from yunhu.foundation.clock import natural_day


class Happening(StrEnum):
    """What has happened, beside what the clocks tell (`Tick`)."""

    DRAFTED = "drafted"
    INVOICED = "invoiced"
    PAID = "paid"
    ACTIVATED = "activated"
    PROPOSED = "suspension_proposed"
    SUSPENDED = "suspended"
    """A cause began to stand."""
    LIFTED = "suspension_lifted"
    DECLINED = "suspension_declined"
    ENDED_EARLY = "ended_early"


class TimelinePoint(msgspec.Struct, frozen=True, kw_only=True):
    """One point: a fact of the past, or a clock."""

    day: date
    kind: str
    """A `Happening` or a `Tick`."""
    state: TickState
    at: datetime | None = None
    """The moment, where it is known."""
    by: str | None = None
    saw: dict[str, Any] = {}


async def timeline_of(session: AsyncSession, row: Contract, day: date) -> list[TimelinePoint]:
    """Everything dated about a contract, in order."""
    clocks = entries(await repository_parts.clock_of(session, row), day)
    claims = await repository_parts.claims_of(session, row.id)
    payments = await repository_parts.payments_of(session, row.id)
    suspensions = await repository_parts.suspensions_of(session, row.id)
    points = [
        *_own(row),
        *(point for claim in claims for point in _of_claim(claim)),
        *map(_of_payment, payments),
        *(point for suspension in suspensions for point in _of_suspension(suspension)),
        *map(_of_clock, clocks),
    ]
    return sorted(points, key=lambda point: (point.day, point.state is not TickState.DONE))


def _own(row: Contract) -> Iterator[TimelinePoint]:
    yield _point(Happening.DRAFTED, at=row.created_at)
    if row.activated_on is not None:
        yield TimelinePoint(day=row.activated_on, kind=Happening.ACTIVATED, state=TickState.DONE)
    if row.ended_on is not None and row.ended_on < row.last_day:
        saw = {"ended_by": row.ended_by, "reason": row.end_reason}
        yield TimelinePoint(day=row.ended_on, kind=Happening.ENDED_EARLY, state=TickState.DONE, saw=saw)


def _of_claim(claim: Claim) -> Iterator[TimelinePoint]:
    if claim.invoiced_on is not None:
        saw = {"claim": claim.kind, "amount": claim.amount, "invoice_number": claim.invoice_number}
        yield TimelinePoint(day=claim.invoiced_on, kind=Happening.INVOICED, state=TickState.DONE, saw=saw)


def _of_payment(payment: Payment) -> TimelinePoint:
    saw = {"amount": payment.amount, "reference": payment.reference}
    return TimelinePoint(
        day=payment.paid_on, kind=Happening.PAID, state=TickState.DONE, by=payment.recorded_by, saw=saw
    )


def _of_suspension(part: Suspension) -> Iterator[TimelinePoint]:
    saw = {"cause": part.cause, "subject": part.subject, "suspension_id": str(part.id)}
    why = {**saw, "reason": part.reason}
    if part.since is None or part.since != part.asked_at:
        yield _point(Happening.PROPOSED, at=part.asked_at, by=part.asked_by, saw=why)
    if part.since is not None:
        yield _point(Happening.SUSPENDED, at=part.since, by=part.confirmed_by, saw=why)
    if part.ended_at is not None:
        kind = Happening.DECLINED if part.since is None else Happening.LIFTED
        yield _point(kind, at=part.ended_at, by=part.ended_by, saw={**saw, "reason": part.end_reason})


def _of_clock(entry: ClockEntry) -> TimelinePoint:
    return TimelinePoint(day=entry.day, kind=entry.kind, state=entry.state, saw=entry.saw)


def _point(
    kind: Happening, *, at: datetime, by: str | None = None, saw: dict[str, Any] | None = None
) -> TimelinePoint:
    return TimelinePoint(day=natural_day(at), kind=kind, state=TickState.DONE, at=at, by=by, saw=saw or {})
