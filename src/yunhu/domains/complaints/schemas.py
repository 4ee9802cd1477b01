"""Complaints over the wire. Numbers are masked."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from yunhu.domains.complaints.models import Complaint, ComplaintEntry
from yunhu.domains.complaints.rules import (
    LEAST_TERM,
    MOST_LINKED,
    MOST_TERM,
    About,
    ComplaintSource,
    Pause,
    Standing,
    is_late,
)
from yunhu.domains.complaints.states import UNANSWERED, ComplaintState, Side
from yunhu.domains.sms.public import MessageState
from yunhu.foundation.crypto import Vault
from yunhu.foundation.phone import Phone

Line = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$(?!\n)")]
Prose = Annotated[str, Meta(min_length=1, max_length=4000, pattern=r"^[^\x00]+$")]
Moment = Annotated[datetime, Meta(tz=True)]
Slug = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\x00]+$")]
PhoneText = Annotated[str, Meta(min_length=3, max_length=24, description="13812345678, 029-88886666, +86…")]


class TenantAction(StrEnum):
    """What a tenant does with a complaint."""

    INVESTIGATE = "investigate"
    ANSWER = "answer"
    COMMENT = "comment"


class OperatorAction(StrEnum):
    """What the operator does with a complaint."""

    INVESTIGATE = "investigate"
    ANSWER = "answer"
    CLOSE = "close"
    DISMISS = "dismiss"
    REOPEN = "reopen"
    COMMENT = "comment"


class NewComplaint(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A complaint as it came in."""

    reference: Line
    """The number that its source gave it; the same one is refused a second time."""
    source: ComplaintSource
    about: About
    text: Prose
    received_at: Moment
    phone: PhoneText | None = None
    """Of the person who complains."""
    call_ids: Annotated[list[UUID], Meta(max_length=MOST_LINKED)] = []
    message_ids: Annotated[list[UUID], Meta(max_length=MOST_LINKED)] = []
    """Both left out: the calls and messages to that person in the 30 days before."""
    refuse: bool = True
    """Whether the person gets no further calls and texts of the tenant."""


class NewOperatorComplaint(NewComplaint, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A complaint that reached the operator."""

    tenant: Slug
    """Whose calls are complained of."""


class TextRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The answer, the reason, the comment."""

    text: Prose


class PauseRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be held back, and why."""

    what: Pause
    text: Prose


class TermRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Working days until the answer."""

    working_days: Annotated[int, Meta(ge=LEAST_TERM, le=MOST_TERM)]


class TermView(msgspec.Struct, frozen=True, kw_only=True):
    """Until when complaints of a source are answered."""

    source: ComplaintSource
    working_days: int


class ComplaintView(msgspec.Struct, frozen=True, kw_only=True):
    """A complaint as lists show it."""

    id: UUID
    tenant_id: UUID
    tenant: str
    """Slug of the tenant."""
    tenant_name: str
    reference: str
    source: ComplaintSource
    about: About
    text: str
    state: ComplaintState
    month: date
    """First day of the month that it counts in."""
    phone: str | None
    """Masked."""
    received_at: datetime
    due_on: date
    """Last natural day for the answer."""
    late: bool
    answered_at: datetime | None
    finished_at: datetime | None
    script_id: UUID | None
    caller_number_id: UUID | None
    script_paused_at: datetime | None
    number_paused_at: datetime | None
    suspension_id: UUID | None
    """Of the contract; a person confirms or declines it."""
    registered_at: datetime
    registered_by: str
    registered_side: Side


class LinkedFiling(msgspec.Struct, frozen=True, kw_only=True):
    """The approved filing that a call or a message rested on (row C3)."""

    version_id: UUID
    name: str
    number: int
    """Of the version."""


class LinkedCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call that the complaint is about, with what proves it; all null when its term is over and it was removed."""

    call_id: UUID
    at: datetime | None
    answered_at: datetime | None
    result: str | None
    caller_number: str | None
    """Masked."""
    script: str | None
    text_hash: str | None
    """SHA-256 of the filed wording."""
    filing_version_id: UUID | None
    filing: LinkedFiling | None
    consent_id: UUID | None
    """Of the evidence that the gate rested on."""
    recording_sha256: str | None


class LinkedMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message that the complaint is about, with what proves it; all null when its term is over.

    On the operator's desk without what was said and to whom (row D8).
    """

    message_id: UUID
    at: datetime | None
    final_at: datetime | None
    state: MessageState | None
    callee: str | None
    """Masked."""
    text: str | None
    script: str | None
    text_hash: str | None
    """SHA-256 of the filed wording."""
    filing_version_id: UUID | None
    filing: LinkedFiling | None
    consent_id: UUID | None
    """Of the evidence that the gate rested on."""


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A call or a message that a complaint could be linked to.

    On the operator's desk without whom it reached and for which visit (row D8).
    """

    id: UUID
    at: datetime
    result: str | None
    """Of a call; of a message its state."""
    caller_number: str | None
    """Masked; of a call."""
    script: str | None
    queue_number: str | None
    callee: str | None
    """Masked."""
    linked: bool
    """To this complaint, already."""


class EntryView(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the history."""

    at: datetime
    step: str
    state: ComplaintState
    side: Side
    actor: str
    text: str


class ProposalView(msgspec.Struct, frozen=True, kw_only=True):
    """The suspension that the month's complaints propose; a person with the contracts confirms or declines it."""

    contract_id: UUID
    state: str
    """proposed, standing, lifted or declined."""
    asked_at: datetime


class ComplaintDetail(ComplaintView, frozen=True, kw_only=True):
    """A complaint with its calls, its messages and its history, oldest first."""

    calls: list[LinkedCall]
    messages: list[LinkedMessage]
    history: list[EntryView]
    proposal: ProposalView | None


class Linked(msgspec.Struct, frozen=True):
    """Rows of what a complaint is about."""

    calls: Sequence[Any] = ()
    messages: Sequence[Any] = ()
    side: Side = Side.OPERATOR
    """Who reads: the operator sees nothing of a text."""


class MonthView(msgspec.Struct, frozen=True, kw_only=True):
    """How many complaints count in a month."""

    month: date
    counted: int
    threshold: int
    """Of the contract as it is today."""
    reached: bool


def complaint_fields(
    row: Complaint, tenants: Mapping[UUID, Any], vault: Vault, now: datetime
) -> dict[str, Any]:
    """What lists and details have in common."""
    return {
        "id": row.id,
        "tenant_id": row.tenant_id,
        "tenant": tenants[row.tenant_id].slug,
        "tenant_name": tenants[row.tenant_id].name,
        "reference": row.reference,
        "source": ComplaintSource(row.source),
        "about": About(row.about),
        "text": row.text,
        "state": ComplaintState(row.state),
        "month": row.month,
        "phone": vault.open_phone(row.callee_cipher).masked if row.callee_cipher else None,
        "received_at": row.received_at,
        "due_on": row.due_on,
        "late": row.state in UNANSWERED and is_late(row.due_on, now),
        "answered_at": row.answered_at,
        "finished_at": row.finished_at,
        "script_id": row.script_id,
        "caller_number_id": row.caller_number_id,
        "script_paused_at": row.script_paused_at,
        "number_paused_at": row.number_paused_at,
        "suspension_id": row.suspension_id,
        "registered_at": row.registered_at,
        "registered_by": row.registered_by,
        "registered_side": Side(row.registered_side),
    }


def complaint_view(row: Complaint, tenants: Mapping[UUID, Any], vault: Vault, now: datetime) -> ComplaintView:
    """The wire form of a complaint."""
    return ComplaintView(**complaint_fields(row, tenants, vault, now))


def linked_filing(row: Any) -> LinkedFiling | None:
    """The wire form of the filing of a linked call or message."""
    if row.filing is None:
        return None
    return LinkedFiling(version_id=row.filing_version_id, name=row.filing, number=row.filing_number)


def linked_call(row: Any) -> LinkedCall:
    """The wire form of a linked call."""
    return LinkedCall(
        call_id=row.call_id,
        at=row.reserved_at,
        answered_at=row.answered_at,
        result=row.result,
        caller_number=Phone(row.caller_number).masked if row.caller_number else None,
        script=row.script,
        text_hash=row.text_hash,
        filing_version_id=row.filing_version_id,
        filing=linked_filing(row),
        consent_id=UUID(row.consent_id) if row.consent_id else None,
        recording_sha256=row.recording_sha256.hex() if row.recording_sha256 else None,
    )


def linked_message(row: Any, vault: Vault, side: Side) -> LinkedMessage:
    """The wire form of a linked message, as that side may see it."""
    open_ = side is Side.TENANT
    return LinkedMessage(
        message_id=row.message_id,
        at=row.created_at,
        final_at=row.final_at,
        state=MessageState(row.state) if row.state else None,
        callee=vault.open_phone(row.callee_cipher).masked if open_ and row.callee_cipher else None,
        text=row.text if open_ else None,
        script=row.script,
        text_hash=row.text_hash,
        filing_version_id=row.filing_version_id,
        filing=linked_filing(row),
        consent_id=UUID(row.consent_id) if row.consent_id else None,
    )


def candidate(
    row: Any, vault: Vault, side: Side, *, queue_number: str | None, script: str | None, linked: bool
) -> Candidate:
    """The wire form of a row of `calls` or of `sms_messages`, as that side may see it."""
    open_, of_call = side is Side.TENANT, hasattr(row, "caller_number")
    return Candidate(
        id=row.id,
        at=row.reserved_at if of_call else row.created_at,
        result=row.result if of_call else row.state,
        caller_number=Phone(row.caller_number).masked if of_call and row.caller_number else None,
        script=script,
        queue_number=queue_number if open_ else None,
        callee=vault.open_phone(row.callee_cipher).masked if open_ and row.callee_cipher else None,
        linked=linked,
    )


def complaint_detail(
    row: Complaint,
    tenants: Mapping[UUID, Any],
    linked: Linked,
    entries: Sequence[ComplaintEntry],
    proposal: Any | None,
    vault: Vault,
    now: datetime,
) -> ComplaintDetail:
    """The wire form of a complaint with everything about it."""
    return ComplaintDetail(
        **complaint_fields(row, tenants, vault, now),
        proposal=ProposalView(
            contract_id=proposal.contract_id, state=proposal.state, asked_at=proposal.asked_at
        )
        if proposal is not None
        else None,
        calls=[linked_call(call) for call in linked.calls],
        messages=[linked_message(message, vault, linked.side) for message in linked.messages],
        history=[
            EntryView(
                at=entry.at,
                step=entry.step,
                state=ComplaintState(entry.state),
                side=Side(entry.side),
                actor=entry.actor,
                text=entry.text,
            )
            for entry in entries
        ],
    )


def month_view(month: date, counted: int, threshold: int) -> MonthView:
    """The wire form of a month."""
    return MonthView(
        month=month, counted=counted, threshold=threshold, reached=Standing(counted, threshold).reached
    )
