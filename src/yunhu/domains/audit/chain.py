"""Putting entries into a chain."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.canonical import NO_HASH, EntryForm, entry_hash
from yunhu.domains.audit.cleaning import changed_fields, clean
from yunhu.domains.audit.models import OPERATOR_CHAIN, EntryKind
from yunhu.foundation.actor import Actor

# The present moment comes along, so that all processes write by one clock.
_LOCK_HEAD = text(
    "SELECT sequence, hash, clock_timestamp() AS now FROM audit_heads WHERE chain = :chain FOR UPDATE"
)

_BEGIN_CHAIN = text(
    """
    INSERT INTO audit_heads (chain, tenant_id, sequence, hash, cut_hash)
    VALUES (:chain, :tenant_id, 0, :no_hash, :no_hash) ON CONFLICT (chain) DO NOTHING
    """
)

# The trigger `audit_chained` checks number and previous hash, and moves the head.
_APPEND = text(
    """
    INSERT INTO audit_entries (chain, sequence, tenant_id, kind, at, actor_kind, actor_name, actor_id, action,
                               subject_kind, subject_id, changes, reason, address, previous, hash)
    VALUES (:chain, :sequence, :tenant_id, :kind, :at, :actor_kind, :actor_name, :actor_id, :action,
            :subject_kind, :subject_id, CAST(:changes AS jsonb), :reason, :address, :previous, :hash)
    """
)

_CUT_HEAD = text("UPDATE audit_heads SET cut_sequence = :sequence, cut_hash = :hash WHERE chain = :chain")

Subject = tuple[str, UUID | str]
"""Kind and id of what it is about: `("contract", id)`."""


async def record(
    session: AsyncSession,
    actor: Actor,
    *,
    action: str,
    subject: Subject,
    tenant_id: UUID | None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
    address: str | None = None,
    now: datetime | None = None,
) -> None:
    """Write down that somebody changed something, in the transaction that changes it.

    Locks the head of the tenant's chain (of the operator's, without a tenant) until the transaction ends: call it
    last. Only the fields that differ are kept; no whole phone number and no secret may be among them. `action` is
    `<thing>.<verb>`. The moment is the database server's, unless `now` says otherwise.
    """
    changes = changed_fields(before, after)
    entry = _Wish(EntryKind.CHANGE, action, subject, changes, reason, address)
    await _append(session, actor, tenant_id, entry, now)


async def look(
    session: AsyncSession,
    actor: Actor,
    *,
    kind: str,
    subject: Subject,
    tenant_id: UUID | None,
    reason: str = "",
    address: str | None = None,
    now: datetime | None = None,
) -> None:
    """Write down that somebody sees a whole phone number or a content (rows D2, D5); commit before it is shown.

    `kind` says what is seen: `phone`, `recording`, `document`, `evidence`; the entry's action is `look.<kind>`.
    Locks like `record`.
    """
    entry = _Wish(EntryKind.LOOK, f"look.{kind}", subject, [], reason, address)
    await _append(session, actor, tenant_id, entry, now)


async def record_cut(
    session: AsyncSession,
    actor: Actor,
    tenant_id: UUID | None,
    *,
    sequence: int,
    hash_: bytes,
    now: datetime | None = None,
) -> None:
    """Write down that entries up to `sequence` are removed, and let the head say so."""
    chain = tenant_id or OPERATOR_CHAIN
    after = {"cut_sequence": sequence, "cut_hash": hash_.hex()}
    entry = _Wish(EntryKind.CUT, "audit.cut", ("audit_chain", chain), changed_fields(None, after))
    await _append(session, actor, tenant_id, entry, now)
    await session.execute(_CUT_HEAD, {"chain": chain, "sequence": sequence, "hash": hash_})


class _Wish(msgspec.Struct, frozen=True):
    kind: EntryKind
    action: str
    subject: Subject
    changes: list[dict[str, str | None]]
    reason: str = ""
    address: str | None = None


async def _append(
    session: AsyncSession, actor: Actor, tenant_id: UUID | None, wish: _Wish, now: datetime | None
) -> None:
    """Lock the head, hash, insert: two statements."""
    chain = tenant_id or OPERATOR_CHAIN
    head = await _locked_head(session, chain, tenant_id)
    form = EntryForm(
        chain=chain,
        sequence=head.sequence + 1,
        previous=head.hash,
        kind=wish.kind.value,
        at=now or head.now,
        actor_kind=actor.kind.value,
        actor_name=clean(actor.name),
        actor_id=actor.id,
        action=wish.action,
        subject_kind=wish.subject[0],
        subject_id=str(wish.subject[1]),
        changes=wish.changes,
        reason=clean(wish.reason),
        address=wish.address,
    )
    values = msgspec.structs.asdict(form)
    values["changes"] = msgspec.json.encode(wish.changes).decode()
    await session.execute(_APPEND, {**values, "tenant_id": tenant_id, "hash": entry_hash(form)})


async def _locked_head(session: AsyncSession, chain: UUID, tenant_id: UUID | None) -> Any:
    found = (await session.execute(_LOCK_HEAD, {"chain": chain})).one_or_none()
    if found is not None:
        return found
    await session.execute(_BEGIN_CHAIN, {"chain": chain, "tenant_id": tenant_id, "no_hash": NO_HASH})
    return (await session.execute(_LOCK_HEAD, {"chain": chain})).one()
