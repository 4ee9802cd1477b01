"""Use cases of mailed reports: keeping them, making mails due, sending one."""

import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import structlog
from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import record
from yunhu.domains.exports.public import MEDIA_TYPE, Offer, Order, Parts, make_export
from yunhu.domains.reports.errors import (
    ScheduleInvalidError,
    ScheduleNameTakenError,
    ScheduleNotFoundError,
)
from yunhu.domains.reports.exports import REPORTS, ReportQuery
from yunhu.domains.reports.models_mail import ReportSchedule, ReportSend
from yunhu.domains.reports.rules import Span
from yunhu.domains.reports.schedules import (
    MOST_TRIES,
    Every,
    SendState,
    next_due,
    pause_after,
    period_of,
)
from yunhu.domains.reports.schemas_mail import ScheduleRequest
from yunhu.domains.tasks.public import TaskContext, enqueue_task
from yunhu.foundation.actor import Actor, system
from yunhu.foundation.errors import YunhuError
from yunhu.foundation.http import Services
from yunhu.foundation.ids import new_id
from yunhu.foundation.mail import Mailer, MailRefusedError

log = structlog.get_logger()

SEND = "reports.send_mail"
_OFFERS: Mapping[str, Offer] = {offer.name: offer for offer in REPORTS}
_OPEN = (SendState.WAITING.value, SendState.QUEUED.value)
_TAKEN_UP_WITHIN = timedelta(hours=1)
"""After this a queued mail whose task came to nothing is queued again."""
_A_STEP = 20


async def save_schedule(
    session: AsyncSession,
    tenant_id: UUID,
    wish: ScheduleRequest,
    actor: Actor,
    now: datetime,
    *,
    schedule_id: UUID | None = None,
) -> ReportSchedule:
    """Add one, or change it. Raises `ScheduleInvalidError`, `ScheduleNameTakenError`, `ScheduleNotFoundError`."""
    _check(wish, now)
    taken = select(ReportSchedule.id).where(
        ReportSchedule.tenant_id == tenant_id, ReportSchedule.name == wish.name
    )
    if await session.scalar(taken) not in {None, schedule_id}:
        raise ScheduleNameTakenError(name=wish.name)
    if schedule_id is None:
        row = ReportSchedule(id=new_id(), tenant_id=tenant_id, created_at=now, created_by=actor.name)
        before: dict[str, Any] | None = None
        session.add(row)
    else:
        row = await schedule_of(session, tenant_id, schedule_id, lock=True)
        before = _recorded(row)
    row.name, row.offer, row.query = wish.name, wish.report, msgspec.to_builtins(wish.query)
    row.every, row.on_day, row.hour = wish.every.value, wish.on_day, wish.hour
    row.recipients, row.english, row.enabled = list(wish.recipients), wish.language == "en", wish.enabled
    row.next_due_at, row.updated_at = next_due(wish.every, wish.on_day, wish.hour, now), now
    await session.flush()
    action = "report_schedule.create" if before is None else "report_schedule.change"
    await _put_on_record(session, actor, action, row, before, _recorded(row), now)
    return row


async def delete_schedule(
    session: AsyncSession, tenant_id: UUID, schedule_id: UUID, actor: Actor, now: datetime
) -> None:
    """With its log. Raises `ScheduleNotFoundError`."""
    row = await schedule_of(session, tenant_id, schedule_id, lock=True)
    await session.execute(delete(ReportSchedule).where(ReportSchedule.id == row.id))
    await _put_on_record(session, actor, "report_schedule.delete", row, _recorded(row), None, now)


async def send_now(
    session: AsyncSession, tenant_id: UUID, schedule_id: UUID, actor: Actor, now: datetime
) -> ReportSend:
    """The mail about the period that ended last, once more. Raises `ScheduleNotFoundError`."""
    row = await schedule_of(session, tenant_id, schedule_id, lock=True)
    send = _send_of(row, period_of(Every(row.every), now), f"now {new_id()}", now)
    session.add(send)
    await session.flush()
    await _enqueue(session, send, actor, now)
    await _put_on_record(
        session, actor, "report_schedule.send_now", row, None, {"first_day": send.first_day}, now
    )
    return send


async def schedule_of(
    session: AsyncSession, tenant_id: UUID, schedule_id: UUID, *, lock: bool = False
) -> ReportSchedule:
    """A tenant's. Raises `ScheduleNotFoundError`."""
    query = select(ReportSchedule).where(
        ReportSchedule.id == schedule_id, ReportSchedule.tenant_id == tenant_id
    )
    row = await session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise ScheduleNotFoundError
    return row


async def make_due(session: AsyncSession, now: datetime) -> bool:
    """Job: one mail for each period that has ended, and another try for those that failed; True when more may be due.

    Schedule, mail and task change in one transaction: a crash leaves all of them or none.
    """
    schedules = await session.scalars(
        select(ReportSchedule)
        .where(ReportSchedule.enabled, ReportSchedule.next_due_at <= now)
        .order_by(ReportSchedule.next_due_at)
        .limit(_A_STEP)
        .with_for_update(skip_locked=True)
    )
    due = schedules.all()
    for row in due:
        every = Every(row.every)
        span = period_of(every, row.next_due_at)
        occasion = f"{span.first.isoformat()}/{span.last.isoformat()}"
        known = select(ReportSend.id).where(ReportSend.schedule_id == row.id, ReportSend.occasion == occasion)
        if await session.scalar(known) is None:
            session.add(_send_of(row, span, occasion, now, state=SendState.WAITING))
        row.next_due_at = next_due(every, row.on_day, row.hour, row.next_due_at)
    await session.flush()
    waiting = await session.scalars(
        select(ReportSend)
        .where(ReportSend.state.in_(_OPEN), ReportSend.next_try_at <= now)
        .order_by(ReportSend.next_try_at)
        .limit(_A_STEP)
        .with_for_update(skip_locked=True)
    )
    found = waiting.all()
    for send in found:
        send.state, send.next_try_at = SendState.QUEUED.value, now + _TAKEN_UP_WITHIN
        await _enqueue(session, send, system("reports.mail"), now)
    await session.flush()
    return len(due) == _A_STEP or len(found) == _A_STEP


class MailSender:
    """Does one task of the kind `SEND`."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._mailer = Mailer.from_settings(services.settings)

    async def run(self, context: TaskContext) -> None:
        """Whoever takes it up after a crash sends it under the same Message-ID; what was sent is not sent again."""
        send_id = UUID(context.parameters["send_id"])
        async with self._services.database.transaction() as session:
            send = await session.scalar(select(ReportSend).where(ReportSend.id == send_id).with_for_update())
            if send is None or send.state != SendState.QUEUED:
                return
            send.tries += 1
            schedule = await session.scalar(
                select(ReportSchedule).where(ReportSchedule.id == send.schedule_id)
            )
            assert schedule is not None  # noqa: S101 the foreign key's
        try:
            await self._send(schedule, send)
        except (MailRefusedError, YunhuError, OSError) as error:
            await self._failed(send, error)
            context.report = {"error": str(error)[:300]}
            return
        await self._note(send.id, SendState.SENT)
        context.report = {"recipients": len(send.recipients)}

    async def _send(self, schedule: ReportSchedule, send: ReportSend) -> None:
        if self._mailer is None:
            raise MailRefusedError("no mail server is set up (YUNHU_SMTP_URL, YUNHU_SMTP_FROM)")
        await self._mailer.send(await self._message(schedule, send))

    async def _failed(self, send: ReportSend, error: Exception) -> None:
        final = not isinstance(error, OSError) or send.tries >= MOST_TRIES
        log.warning("report_mail.failed", send_id=str(send.id), final=final, error=str(error)[:200])
        await self._note(send.id, SendState.FAILED if final else SendState.WAITING, error=str(error))

    async def _note(self, send_id: UUID, state: SendState, *, error: str = "") -> None:
        now = self._services.clock.now()
        async with self._services.database.transaction() as session:
            row = await session.scalar(select(ReportSend).where(ReportSend.id == send_id).with_for_update())
            if row is None:
                return
            row.state, row.error = state.value, error[:500]
            row.sent_at = now if state is SendState.SENT else None
            row.next_try_at = now + pause_after(max(1, row.tries))

    async def _message(self, schedule: ReportSchedule, send: ReportSend) -> EmailMessage:
        services = self._services
        span = Span(send.first_day, send.last_day)
        query = msgspec.convert({**schedule.query, "from": span.first, "to": span.last}, ReportQuery)
        order = Order(
            offer=schedule.offer,
            filters=msgspec.to_builtins(query),
            english=schedule.english,
            asked_by=schedule.created_by,
        )
        with tempfile.TemporaryDirectory(prefix="yunhu-mail-") as folder:
            path = Path(folder) / "report.xlsx"
            parts = Parts(services.database, services.vault, _OFFERS)
            await make_export(parts, order, schedule.tenant_id, path, services.clock.now(), _no_progress)
            content = path.read_bytes()
        return await self._written(schedule, send, span, content)

    async def _written(
        self, schedule: ReportSchedule, send: ReportSend, span: Span, content: bytes
    ) -> EmailMessage:
        async with self._services.database.transaction() as session:
            tenant = await session.scalar(
                text("SELECT name FROM tenants WHERE id = :id"), {"id": schedule.tenant_id}
            )
        days = span.first.isoformat() + (f" – {span.last.isoformat()}" if span.days > 1 else "")
        message = EmailMessage()
        message["Subject"] = f"{schedule.name} {days}"
        message["To"] = ", ".join(send.recipients)
        message["Message-ID"] = f"<report-{send.id}@yunhu.invalid>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(_words(schedule, str(tenant), days))
        maintype, subtype = MEDIA_TYPE.split("/")
        name = f"{schedule.name} {span.first.isoformat()}.xlsx".replace("/", "-")
        message.add_attachment(content, maintype=maintype, subtype=subtype, filename=name)
        return message


def _words(schedule: ReportSchedule, tenant: str, days: str) -> str:
    if schedule.english:
        return (
            f"{tenant}\n{schedule.name}\nDays (China time): {days}\n\nThe figures are in the attached workbook.\n"
            f"Mailed on the schedule of {schedule.created_by}. To end it, change it under Reports.\n"
        )
    return (
        f"{tenant}\n{schedule.name}\n统计日期（北京时间）：{days}\n\n数据见附件。\n"
        f"本邮件由 {schedule.created_by} 设置的定时任务发送，如需停止请在“数据报表”中修改。\n"
    )


async def _no_progress(_rows: int) -> None:
    """Nobody watches a mail."""


def _check(wish: ScheduleRequest, now: datetime) -> None:
    lowest, highest = {Every.DAY: (0, 0), Every.WEEK: (1, 7), Every.MONTH: (1, 28)}[wish.every]
    if not lowest <= wish.on_day <= highest:
        raise ScheduleInvalidError(f"on_day must lie between {lowest} and {highest}", parameter="on_day")
    offer = _OFFERS.get(wish.report)
    if offer is None:
        raise ScheduleInvalidError("there is no such report", parameter="report")
    span = period_of(wish.every, now)
    values = {**msgspec.to_builtins(wish.query), "from": span.first, "to": span.last}
    offer.prepare(msgspec.convert(values, ReportQuery), None)  # type: ignore[arg-type]


def _send_of(
    row: ReportSchedule,
    span: Span,
    occasion: str,
    now: datetime,
    *,
    state: SendState = SendState.QUEUED,
) -> ReportSend:
    return ReportSend(
        id=new_id(),
        schedule_id=row.id,
        tenant_id=row.tenant_id,
        occasion=occasion,
        first_day=span.first,
        last_day=span.last,
        recipients=list(row.recipients),
        state=state.value,
        tries=0,
        next_try_at=now if state is SendState.WAITING else now + _TAKEN_UP_WITHIN,
        error="",
        created_at=now,
    )


async def _enqueue(session: AsyncSession, send: ReportSend, actor: Actor, now: datetime) -> None:
    await enqueue_task(
        session,
        tenant_id=send.tenant_id,
        kind=SEND,
        parameters={"send_id": str(send.id)},
        actor=actor,
        now=now,
    )


def _recorded(row: ReportSchedule) -> dict[str, Any]:
    names: Sequence[str] = ("name", "offer", "query", "every", "on_day", "hour", "recipients", "enabled")
    return {name: getattr(row, name) for name in names}


async def _put_on_record(
    session: AsyncSession,
    actor: Actor,
    action: str,
    row: ReportSchedule,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    now: datetime,
) -> None:
    await record(
        session,
        actor,
        action=action,
        subject=("report_schedule", row.id),
        tenant_id=row.tenant_id,
        before=before,
        after=after,
        now=now,
    )
