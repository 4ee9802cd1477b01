"""Bring trunks in line with a tenant's file."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.calls.models import Trunk
from yunhu.domains.calls.trunks import SandboxTrunkConfig, TrunkConfig
from yunhu.domains.numbers.public import trunks_in_use
from yunhu.foundation.changes import Change, ChangeKind, compared, json_form
from yunhu.foundation.errors import ConflictError
from yunhu.foundation.ids import new_id


class TrunkSharedError(ConflictError):
    """Another tenant's numbers leave by this trunk, so this tenant's file cannot change it. Details: `trunk`."""

    id = "calls.trunk_shared"
    title = "The trunk also carries another tenant's numbers"
    title_zh = "该中继还承载其他租户的外显号码"


class TrunkWish(msgspec.Struct, frozen=True):
    """A trunk as the file wants it."""

    name: str
    kind: str
    config: TrunkConfig | SandboxTrunkConfig

    @property
    def stored(self) -> dict[str, Any]:
        """As the row keeps it."""
        return json_form(self.config)


async def provision_trunks(
    session: AsyncSession, tenant_id: UUID, wishes: Sequence[TrunkWish], now: datetime
) -> tuple[list[Change], dict[str, UUID]]:
    """Add, change and disable; returns what was done, and the ids by name.

    A trunk belongs to the tenants whose numbers leave by it. One that left the file is disabled when nobody
    else uses it. Raises `TrunkSharedError`.
    """
    mine, others = await trunks_in_use(session, tenant_id)
    rows = {row.name: row for row in await _lock(session, Trunk.name.in_([wish.name for wish in wishes]))}
    changes = []
    for wish in wishes:
        row = rows.get(wish.name)
        if row is None:
            row = rows[wish.name] = _added(session, wish, now)
            changes.append(Change(ChangeKind.ADD, "trunk", wish.name, note=f"kind {wish.kind}"))
        else:
            changes.append(_changed(row, wish, shared=row.id in others, now=now))
    await session.flush()
    left = mine - others - {row.id for row in rows.values()}
    changes += await _disable(session, left, now)
    return changes, {name: row.id for name, row in rows.items()}


def _added(session: AsyncSession, wish: TrunkWish, now: datetime) -> Trunk:
    row = Trunk(id=new_id(), name=wish.name, kind=wish.kind, config=wish.stored, enabled=True)
    row.created_at = row.updated_at = now
    session.add(row)
    return row


def _changed(row: Trunk, wish: TrunkWish, *, shared: bool, now: datetime) -> Change:
    before = {"kind": row.kind, "enabled": row.enabled, **row.config}
    change = compared("trunk", row.name, before, {"kind": wish.kind, "enabled": True, **wish.stored})
    if change.kind is ChangeKind.CHANGE:
        if shared:
            raise TrunkSharedError(f"trunk {row.name!r}", trunk=row.name)
        row.kind, row.config, row.enabled, row.updated_at = wish.kind, wish.stored, True, now
    return change


async def _disable(session: AsyncSession, ids: Iterable[UUID], now: datetime) -> list[Change]:
    changes = []
    for row in await _lock(session, Trunk.id.in_(list(ids))):
        if row.enabled:
            row.enabled, row.updated_at = False, now
            changes.append(Change(ChangeKind.REMOVE, "trunk", row.name, note="disabled"))
    return changes


async def _lock(session: AsyncSession, condition: ColumnElement[bool]) -> Sequence[Trunk]:
    return (
        await session.scalars(select(Trunk).where(condition).order_by(Trunk.name).with_for_update())
    ).all()
