"""What complaints contribute to an evidence pack: those about its calls, of its persons, and of its days."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.complaints.models import Complaint, ComplaintCall, ComplaintEntry, ComplaintMessage
from yunhu.foundation.evidence import Batch, Column, EvidencePart, Fact

_COLUMNS = (
    Column("reference", "投诉编号", "Reference"),
    Column("source", "来源", "Source"),
    Column("about", "类别", "About"),
    Column("text", "投诉内容", "Text"),
    Column("callee", "投诉人号码", "Who complains"),
    Column("state", "状态", "State"),
    Column("received_at", "收到时间", "Received"),
    Column("due_on", "答复期限", "Due"),
    Column("answered_at", "答复时间", "Answered"),
    Column("finished_at", "办结时间", "Finished"),
    Column("registered_by", "登记人", "Registered by"),
    Column("calls", "相关通话", "Calls"),
    Column("messages", "相关短信", "Messages"),
    Column("history", "处理过程", "History"),
)
_SAME = (
    "reference", "source", "about", "text", "state", "month", "script_id", "caller_number_id", "suspension_id",
    "received_at", "due_on", "answered_at", "finished_at", "registered_at", "registered_by", "registered_side",
)  # fmt: skip
_ENTRY = ("at", "step", "state", "side", "actor", "text")


async def _read(session: AsyncSession, batch: Batch) -> Sequence[Fact]:
    query = select(Complaint).where(
        Complaint.tenant_id == batch.tenant_id, Complaint.registered_at <= batch.until, _of(batch)
    )
    rows = (await session.scalars(query.order_by(Complaint.id))).all()
    ids = [row.id for row in rows]
    calls = await session.execute(
        select(ComplaintCall.complaint_id, ComplaintCall.call_id)
        .where(ComplaintCall.complaint_id.in_(ids))
        .order_by(ComplaintCall.call_id)
    )
    messages = await session.execute(
        select(ComplaintMessage.complaint_id, ComplaintMessage.message_id)
        .where(ComplaintMessage.complaint_id.in_(ids))
        .order_by(ComplaintMessage.message_id)
    )
    entries = await session.scalars(
        select(ComplaintEntry)
        .where(ComplaintEntry.complaint_id.in_(ids), ComplaintEntry.at <= batch.until)
        .order_by(ComplaintEntry.id)
    )
    calls_of, messages_of = _by_complaint(calls), _by_complaint(messages)
    history_of: dict[UUID, list[dict[str, Any]]] = {}
    for entry in entries:
        line = {name: getattr(entry, name) for name in _ENTRY}
        history_of.setdefault(entry.complaint_id, []).append(line)
    return [
        Fact(
            key=str(row.id),
            values={
                "complaint_id": row.id,
                **{name: getattr(row, name) for name in _SAME},
                "callee": batch.phone(row.callee_cipher) if row.callee_cipher else None,
                "calls": calls_of.get(row.id, []),
                "messages": messages_of.get(row.id, []),
                "history": history_of.get(row.id, []),
            },
        )
        for row in rows
    ]


def _by_complaint(rows: Iterable[Any]) -> dict[UUID, list[UUID]]:
    ids: dict[UUID, list[UUID]] = {}
    for complaint_id, linked in rows:
        ids.setdefault(complaint_id, []).append(linked)
    return ids


def _of(batch: Batch) -> ColumnElement[bool]:
    about_calls = select(ComplaintCall.complaint_id).where(ComplaintCall.call_id.in_(batch.calls))
    about_messages = select(ComplaintMessage.complaint_id).where(
        ComplaintMessage.message_id.in_(batch.messages)
    )
    conditions: list[ColumnElement[bool]] = [
        Complaint.id.in_(about_calls),
        Complaint.id.in_(about_messages),
        Complaint.callee_index.in_(batch.callees),
        Complaint.id.in_(batch.complaints),
    ]
    if batch.days is not None:
        first, last = batch.days
        conditions.append(
            Complaint.month.between(first.replace(day=1), last)
            & Complaint.received_at.between(*batch.moments)
        )
    return or_(*conditions)


async def attempts_of_complaint(
    session: AsyncSession, tenant_id: UUID, complaint_id: UUID
) -> tuple[tuple[UUID, ...], tuple[UUID, ...]] | None:
    """The calls and the messages that a tenant's complaint is about; None: there is no such complaint."""
    of_tenant = (Complaint.id == complaint_id) & (Complaint.tenant_id == tenant_id)
    if await session.scalar(select(Complaint.id).where(of_tenant)) is None:
        return None
    calls = select(ComplaintCall.call_id).where(ComplaintCall.complaint_id == complaint_id)
    messages = select(ComplaintMessage.message_id).where(ComplaintMessage.complaint_id == complaint_id)
    return (
        tuple(await session.scalars(calls.order_by(ComplaintCall.call_id))),
        tuple(await session.scalars(messages.order_by(ComplaintMessage.message_id))),
    )


EVIDENCE_PART = EvidencePart(
    name="complaints", zh="投诉", en="Complaints", columns=_COLUMNS, read=_read, shared=True
)
