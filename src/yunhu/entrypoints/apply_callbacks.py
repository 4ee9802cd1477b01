"""Bring a tenant's callback endpoints in line with its file."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.callbacks.models import CallbackEndpoint, EndpointState
from yunhu.entrypoints.apply_file import CallbackPart
from yunhu.foundation.changes import Change, ChangeKind, compared
from yunhu.foundation.crypto import Vault
from yunhu.foundation.ids import new_id

LEFT_FILE = "left the tenant's file"
"""`paused_reason` of an endpoint that apply took away: deliveries name it, so its row stays."""
_OBJECT = "callback"


async def provision_callbacks(
    session: AsyncSession,
    tenant_id: UUID,
    wishes: Sequence[tuple[CallbackPart, str]],
    vault: Vault,
    now: datetime,
) -> list[Change]:
    """Add, change and pause; each wish comes with its signing secret.

    An endpoint that was paused because it is dead stays paused: only its owner can say that it lives again.
    """
    query = (
        select(CallbackEndpoint)
        .where(CallbackEndpoint.tenant_id == tenant_id)
        .order_by(CallbackEndpoint.url)
        .with_for_update()
    )
    rows = {row.url: row for row in await session.scalars(query)}
    changes = []
    for wish, secret in wishes:
        row = rows.get(wish.url)
        if row is None:
            session.add(_added(tenant_id, wish, vault.seal_secret(secret), now))
            changes.append(Change(ChangeKind.ADD, _OBJECT, wish.url, note=_told(wish.event_types)))
        else:
            changes.append(_change(row, wish, secret, vault))
    wanted = {wish.url for wish, _ in wishes}
    for url, row in rows.items():
        if url not in wanted and row.paused_reason != LEFT_FILE:
            row.state, row.paused_reason = EndpointState.PAUSED, LEFT_FILE
            changes.append(Change(ChangeKind.REMOVE, _OBJECT, url, note="paused"))
    await session.flush()
    return changes


def _added(tenant_id: UUID, wish: CallbackPart, cipher: bytes, now: datetime) -> CallbackEndpoint:
    return CallbackEndpoint(
        id=new_id(),
        tenant_id=tenant_id,
        url=wish.url,
        secret_cipher=cipher,
        event_types=list(wish.event_types),
        state=EndpointState.ACTIVE,
        created_at=now,
    )


def _change(row: CallbackEndpoint, wish: CallbackPart, secret: str, vault: Vault) -> Change:
    away = row.paused_reason == LEFT_FILE
    same_secret = vault.open_secret(row.secret_cipher) == secret
    before: Mapping[str, object] = {
        "event_types": _told(row.event_types),
        "secret": "the same" if same_secret else "the former one",
        "in_file": not away,
    }
    after = {
        "event_types": _told(wish.event_types),
        "secret": "the same" if same_secret else f"another one, from {wish.secret}",
        "in_file": True,
    }
    row.event_types = list(wish.event_types)
    if not same_secret:
        row.secret_cipher = vault.seal_secret(secret)
    if away:
        row.state, row.paused_reason, row.failing_since = EndpointState.ACTIVE, None, None
    return compared(_OBJECT, wish.url, before, after)


def _told(event_types: Sequence[str]) -> str:
    return ", ".join(sorted(event_types)) or "every event"
