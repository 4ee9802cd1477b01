"""Bring a tenant's SMSC account in line with its file."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.sms.accounts import SandboxSmscConfig, SmscConfig
from yunhu.domains.sms.models import SmscAccount
from yunhu.foundation.changes import Change, ChangeKind, compared, json_form
from yunhu.foundation.errors import ConflictError
from yunhu.foundation.ids import new_id

_OBJECT = "SMSC account"


class AccountTakenError(ConflictError):
    """Another tenant has an account of that name. Details: `account`."""

    id = "sms.account_taken"
    title = "The name of the SMSC account is another tenant's"
    title_zh = "该短信账号名称已被其他租户使用"


class AccountWish(msgspec.Struct, frozen=True):
    """An account as the file wants it."""

    name: str
    kind: str
    config: SmscConfig | SandboxSmscConfig

    @property
    def stored(self) -> dict[str, Any]:
        """As the row keeps it."""
        return json_form(self.config)


async def provision_account(
    session: AsyncSession, tenant_id: UUID, wish: AccountWish | None, now: datetime
) -> list[Change]:
    """Add, change or disable the tenant's one account. Raises `AccountTakenError`.

    Messages name the account by id, so a row that was used stays for good.
    """
    row = await session.scalar(
        select(SmscAccount).where(SmscAccount.tenant_id == tenant_id).with_for_update()
    )
    if wish is None:
        return [_disable(row, now)] if row is not None and row.enabled else []
    await _refuse_taken(session, tenant_id, wish.name)
    if row is None:
        row = SmscAccount(id=new_id(), tenant_id=tenant_id, created_at=now)
        session.add(row)
        change = Change(ChangeKind.ADD, _OBJECT, wish.name, note=f"kind {wish.kind}")
    else:
        before = {"name": row.name, "kind": row.kind, "enabled": row.enabled, **row.config}
        after = {"name": wish.name, "kind": wish.kind, "enabled": True, **wish.stored}
        change = compared(_OBJECT, wish.name, before, after)
    if change.kind is not ChangeKind.UNCHANGED:
        row.name, row.kind, row.config = wish.name, wish.kind, wish.stored
        row.enabled, row.updated_at = True, now
    await session.flush()
    return [change]


async def _refuse_taken(session: AsyncSession, tenant_id: UUID, name: str) -> None:
    query = select(SmscAccount.id).where(SmscAccount.name == name, SmscAccount.tenant_id != tenant_id)
    if await session.scalar(query) is not None:
        raise AccountTakenError(f"SMSC account {name!r}", account=name)


def _disable(row: SmscAccount, now: datetime) -> Change:
    row.enabled, row.updated_at = False, now
    return Change(ChangeKind.REMOVE, _OBJECT, row.name, note="disabled")
