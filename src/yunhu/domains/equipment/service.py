"""Use cases of trunks and SMSC accounts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import record
from yunhu.domains.calls.public import Trunk, TrunkConfig
from yunhu.domains.equipment.errors import (
    AccountNotFoundError,
    EquipmentInvalidError,
    EquipmentTenantUnknownError,
    KindFixedError,
    NameTakenError,
    TenantHasAccountError,
    TrunkNotFoundError,
)
from yunhu.domains.equipment.schemas import AccountRequest, TrunkRequest, shown_settings
from yunhu.domains.sms.public import SandboxSmscConfig, SmscAccount, SmscConfig
from yunhu.foundation.actor import Actor
from yunhu.foundation.changes import CONFIG_CHANNEL, json_form
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import notify
from yunhu.foundation.http import FieldProblem
from yunhu.foundation.ids import new_id
from yunhu.foundation.secret_ref import seal

S = TypeVar("S", bound=msgspec.Struct)
Row = TypeVar("Row", Trunk, SmscAccount)

_TENANT = text("SELECT id FROM tenants WHERE slug = :slug")
MOST_SMPP_PASSWORD = 8
"""SMPP 3.4 §5.2.2."""


async def save_trunk(
    session: AsyncSession,
    vault: Vault,
    actor: Actor,
    trunk_id: UUID | None,
    wish: TrunkRequest,
    now: datetime,
) -> Trunk:
    """Create (without an id) or change; nodes take it over within a second.

    Raises `TrunkNotFoundError`, `KindFixedError`, `NameTakenError`, `EquipmentInvalidError`.
    """
    row = None
    if trunk_id is not None:
        row = await session.get(Trunk, trunk_id, with_for_update=True)
        if row is None:
            raise TrunkNotFoundError
        _check_kind(row.kind, wish.kind)
    config: dict[str, Any] = {}
    if wish.kind == "sip":
        if wish.settings is None:
            raise _invalid("/settings", "A SIP trunk needs settings")
        kept = row.config if row is not None else {}
        config = json_form(_whole(vault, wish.settings, wish.password, kept, TrunkConfig))
    if row is None:
        row = Trunk(id=new_id(), kind=wish.kind, created_at=now)
    before = _before(row)
    row.name, row.enabled, row.config, row.updated_at = wish.name, wish.enabled, config, now
    await _write(session, row, wish.name)
    await _told(session, actor, "trunk", row, before, secret=wish.password is not None, now=now)
    return row


async def save_account(
    session: AsyncSession,
    vault: Vault,
    actor: Actor,
    account_id: UUID | None,
    wish: AccountRequest,
    now: datetime,
) -> SmscAccount:
    """Create (without an id) or change; nodes take it over within a second.

    Raises `AccountNotFoundError`, `EquipmentTenantUnknownError`, `TenantHasAccountError`, `KindFixedError`,
    `NameTakenError`, `EquipmentInvalidError`.
    """
    tenant_id = await session.scalar(_TENANT, {"slug": wish.tenant})
    if tenant_id is None:
        raise EquipmentTenantUnknownError(tenant=wish.tenant)
    row = None
    if account_id is not None:
        row = await session.get(SmscAccount, account_id, with_for_update=True)
        if row is None or row.tenant_id != tenant_id:
            raise AccountNotFoundError
        _check_kind(row.kind, wish.kind)
    elif await session.scalar(select(SmscAccount.id).where(SmscAccount.tenant_id == tenant_id)) is not None:
        raise TenantHasAccountError(tenant=wish.tenant)
    config = _account_config(vault, wish, row.config if row is not None else {})
    if row is None:
        row = SmscAccount(id=new_id(), tenant_id=tenant_id, kind=wish.kind, created_at=now)
    before = _before(row)
    row.name, row.enabled, row.config, row.updated_at = wish.name, wish.enabled, config, now
    await _write(session, row, wish.name)
    await _told(session, actor, "smsc_account", row, before, secret=wish.password is not None, now=now)
    return row


def _account_config(vault: Vault, wish: AccountRequest, kept: Mapping[str, Any]) -> dict[str, Any]:
    if wish.kind == "sandbox":
        return json_form(wish.sandbox or SandboxSmscConfig())
    if wish.settings is None:
        raise _invalid("/settings", "An SMPP account needs settings")
    password = wish.password
    if password is not None and (len(password) > MOST_SMPP_PASSWORD or not password.isascii()):
        raise _invalid("/password", f"An SMPP password has at most {MOST_SMPP_PASSWORD} ASCII characters")
    return json_form(_whole(vault, wish.settings, password, kept, SmscConfig))


def _whole(
    vault: Vault, settings: msgspec.Struct, password: str | None, kept: Mapping[str, Any], type_: type[S]
) -> S:
    """The settings with their secret: a new one, one whose place is named, or the one that is kept."""
    values: dict[str, Any] = msgspec.to_builtins(settings)
    named = values.pop("secret", None)
    if named is not None and "sealed" in named:
        raise _invalid("/settings/secret", "Expected an environment variable or a file")
    if named is not None and password is not None:
        raise _invalid("/password", "Give the password or its place, not both")
    wants_secret = type_ is SmscConfig or values.get("auth_user") is not None
    if password is not None:
        values["secret"] = msgspec.to_builtins(seal(password, vault))
    elif named is not None:
        values["secret"] = named
    elif wants_secret and kept.get("secret") is not None:
        values["secret"] = kept["secret"]
    try:
        return msgspec.convert(values, type_)
    except msgspec.ValidationError as error:
        raise _invalid("/settings", str(error)) from error


def _check_kind(kind: str, wanted: str) -> None:
    if kind != wanted:
        raise KindFixedError


def _before(row: Row) -> dict[str, Any] | None:
    return _shown(row) if row.name is not None else None


def _shown(row: Row) -> dict[str, Any]:
    settings, place = shown_settings(row.config)
    return {"name": row.name, "kind": row.kind, "enabled": row.enabled, "secret": place, **settings}


async def _write(session: AsyncSession, row: Row, name: str) -> None:
    try:
        async with session.begin_nested():
            session.add(row)
            await session.flush()
    except IntegrityError:
        raise NameTakenError(name=name) from None


async def _told(
    session: AsyncSession,
    actor: Actor,
    subject: str,
    row: Row,
    before: dict[str, Any] | None,
    *,
    secret: bool,
    now: datetime,
) -> None:
    """Nodes look again; the operator's history says what changed, and that a secret did, but not to what."""
    await notify(session, CONFIG_CHANNEL, "")
    await record(
        session,
        actor,
        action=f"{subject}.create" if before is None else f"{subject}.change",
        subject=(subject, row.id),
        tenant_id=None,
        before=before,
        after={**_shown(row), **({"secret_changed": True} if secret else {})},
        now=now,
    )


def _invalid(pointer: str, message: str) -> EquipmentInvalidError:
    return EquipmentInvalidError(errors=[FieldProblem(pointer=pointer, message=message)])
