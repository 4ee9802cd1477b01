"""Posts facts in double entry. Every fact has a source; posted again, nothing happens."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.billing.words import Account, EntryKind
from yunhu.foundation.ids import new_id
from yunhu.foundation.money import Fen, vat_split

_ENTRY = text(
    """
    INSERT INTO ledger_entries (id, tenant_id, contract_id, kind, source, day, at)
    VALUES (:id, :tenant_id, :contract_id, :kind, :source, greatest(CAST(:day AS date), :open_from), :at)
    ON CONFLICT (contract_id, source) DO NOTHING RETURNING id
    """
)
_LINES = text(
    """
    INSERT INTO ledger_lines (entry_id, line, tenant_id, account, item_id, amount)
    SELECT :entry_id, given.line, :tenant_id, given.account, given.item_id, given.amount
    FROM unnest(CAST(:accounts AS text[]), CAST(:items AS uuid[]), CAST(:amounts AS bigint[]))
        WITH ORDINALITY AS given(account, item_id, amount, line)
    """
)
_LOCK = text(
    """
    SELECT a.contract_id, a.tenant_id, a.recognised, a.open_from, c.vat_basis_points
    FROM billing_accounts AS a JOIN contracts AS c ON c.id = a.contract_id
    WHERE a.contract_id = :contract_id FOR UPDATE OF a
    """
)
_RECOGNISE = text(
    "UPDATE billing_accounts SET recognised = recognised + :amount, used = used + :spent WHERE contract_id = :id"
)


class Line(msgspec.Struct, frozen=True):
    """One side of an entry: debit positive, credit negative."""

    account: Account
    amount: Fen
    item_id: UUID | None = None


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """Where an entry comes from."""

    kind: EntryKind
    source: str
    day: date
    at: datetime


class LockedAccount(msgspec.Struct, kw_only=True):
    """The money row of a contract while it is locked."""

    contract_id: UUID
    tenant_id: UUID
    recognised: Fen
    open_from: date
    vat_basis_points: int


async def lock_account(session: AsyncSession, contract_id: UUID) -> LockedAccount:
    """Lock the account of a contract; it must be there (`open_account`)."""
    row = (await session.execute(_LOCK, {"contract_id": contract_id})).one()
    return LockedAccount(**row._mapping)


async def post(
    session: AsyncSession, account: LockedAccount, fact: Fact, lines: Sequence[Line], id_: UUID | None = None
) -> bool:
    """Add an entry; False when its source was posted before. Lines of nothing are left out.

    A fact of a closed month goes to the first open day. Raises ValueError when the lines do not sum to zero.
    """
    told = [line for line in lines if line.amount]
    if sum(line.amount for line in told):
        raise ValueError(f"{fact.source} does not balance")
    entry_id = id_ or new_id()
    values = {
        "id": entry_id,
        "tenant_id": account.tenant_id,
        "contract_id": account.contract_id,
        "kind": fact.kind.value,
        "source": fact.source,
        "day": fact.day,
        "open_from": account.open_from,
        "at": fact.at,
    }
    if not told or (await session.execute(_ENTRY, values)).first() is None:
        return False
    await session.execute(
        _LINES,
        {
            "entry_id": entry_id,
            "tenant_id": account.tenant_id,
            "accounts": [line.account.value for line in told],
            "items": [line.item_id for line in told],
            "amounts": [line.amount for line in told],
        },
    )
    return True


async def recognise(
    session: AsyncSession,
    account: LockedAccount,
    fact: Fact,
    *,
    item_id: UUID,
    amount: Fen,
    spent: Fen,
    id_: UUID | None = None,
) -> bool:
    """Turn prepayment into revenue and tax; False when it was done before.

    The tax of all revenue of a contract is at any time the half-up split of its sum, so that no fen is lost by parts.
    `spent` is what of it the account does not yet count as used.
    """
    net_before, _ = vat_split(account.recognised, account.vat_basis_points)
    net_after, _ = vat_split(account.recognised + amount, account.vat_basis_points)
    net = net_after - net_before
    lines = (
        Line(Account.PREPAYMENT, amount),
        Line(Account.REVENUE, -net, item_id),
        Line(Account.VAT, net - amount),
    )
    if not await post(session, account, fact, lines, id_):
        return False
    await session.execute(_RECOGNISE, {"id": account.contract_id, "amount": amount, "spent": spent})
    account.recognised += amount
    return True
