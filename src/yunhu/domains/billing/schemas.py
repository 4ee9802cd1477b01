"""What billing says over HTTP. Amounts are fen."""

from datetime import date, datetime
from typing import Self
from uuid import UUID

import msgspec

from yunhu.domains.billing.models_ledger import Reconciliation, ReconciliationDifference, Statement
from yunhu.domains.billing.reconciliation import ReconciliationWish
from yunhu.domains.billing.statements import StatementContent
from yunhu.domains.billing.words import CAUSES_ZH, Cause, RunKind


class QuotaView(msgspec.Struct, frozen=True, kw_only=True):
    """One period of one metered item."""

    id: UUID
    kind: str
    first_day: date
    last_day: date
    quota: int
    used: int
    held: int
    """By calls in the air."""
    left: int
    amount: int
    """Price of what was used, with tax."""
    alarms: list[int]
    """Percentages that were reached."""


class BalanceView(msgspec.Struct, frozen=True, kw_only=True):
    """The money of one contract."""

    contract_id: UUID
    granted: int | None
    used: int
    held: int
    open_from: date


class UsageView(msgspec.Struct, frozen=True, kw_only=True):
    """Usage against quota, and the balance."""

    quotas: list[QuotaView]
    balances: list[BalanceView]


class MeterDay(msgspec.Struct, frozen=True):
    """What was charged on a natural day."""

    day: date
    kind: str
    pieces: int
    amount: int


class StatementView(msgspec.Struct, frozen=True, kw_only=True):
    """A closed month."""

    id: UUID
    contract_id: UUID
    number: str
    month: date
    gross: int
    net: int
    vat: int
    pdf_document_id: UUID
    xlsx_document_id: UUID
    closed_at: datetime
    closed_by: str


class StatementWhole(msgspec.Struct, frozen=True):
    """A closed month with its lines."""

    statement: StatementView
    content: StatementContent


class CloseRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which month to close: any of its days."""

    contract_id: UUID
    month: date


class LineView(msgspec.Struct, frozen=True):
    """One side of an entry: debit positive, credit negative."""

    account: str
    amount: int
    item_id: UUID | None


class EntryView(msgspec.Struct, frozen=True, kw_only=True):
    """One fact in the ledger."""

    id: UUID
    contract_id: UUID
    kind: str
    source: str
    day: date
    lines: list[LineView]


class AccountView(msgspec.Struct, frozen=True):
    """The balance of an account: debit positive."""

    account: str
    item_id: UUID | None
    item: str | None
    """Name of the contract's item, where the account is kept by item."""
    balance: int


class AlarmView(msgspec.Struct, frozen=True, kw_only=True):
    """A period, or a contract's money, that reached a level."""

    kind: str
    """`voice_notification` or `call_card`, counted in pieces; `balance`, counted in fen."""
    subject_id: UUID
    """The quota period; of `balance`, the contract."""
    contract_id: UUID
    tenant: str
    percent: int
    used: int
    granted: int
    at: datetime


class AlarmPosition(msgspec.Struct, frozen=True):
    """Where a page of alarms begins."""

    at: datetime
    subject_id: UUID
    percent: int

    @classmethod
    def of(cls, alarm: AlarmView) -> Self:
        """After this one."""
        return cls(alarm.at, alarm.subject_id, alarm.percent)


class RunRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to compare."""

    document_id: UUID | None = None
    """A carrier's CSV file that was uploaded to the operator's documents; left out, what was metered is compared with
    our own call records."""
    wish: ReconciliationWish


class RunAccepted(msgspec.Struct, frozen=True):
    """The task that does it: see `/operator/tasks`."""

    task_id: UUID


class RunView(msgspec.Struct, frozen=True, kw_only=True):
    """A comparison with a carrier's file, or with our own call records."""

    id: UUID
    kind: RunKind
    document_id: UUID | None
    offset_seconds: int | None
    """By how much the carrier's clock was ahead."""
    first_day: date
    last_day: date
    theirs: int
    ours: int
    matched: int
    counts: dict[str, int]
    at: datetime
    created_by: str


class DifferenceView(msgspec.Struct, frozen=True, kw_only=True):
    """One difference with its cause."""

    position: int
    cause: str
    cause_zh: str
    row: int | None
    call_id: UUID | None
    ours: str | None
    theirs: str | None


def statement_view(row: Statement) -> StatementView:
    """Without its lines."""
    return StatementView(**{name: getattr(row, name) for name in StatementView.__struct_fields__})


def statement_whole(row: Statement) -> StatementWhole:
    """With its lines."""
    return StatementWhole(statement_view(row), msgspec.convert(row.content, StatementContent))


def run_view(row: Reconciliation) -> RunView:
    """A run."""
    return msgspec.convert(row, RunView, from_attributes=True)


def difference_view(row: ReconciliationDifference) -> DifferenceView:
    """A difference."""
    return DifferenceView(
        position=row.position,
        cause=row.cause,
        cause_zh=CAUSES_ZH[Cause(row.cause)],
        row=row.row,
        call_id=row.call_id,
        ours=row.ours,
        theirs=row.theirs,
    )
