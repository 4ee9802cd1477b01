"""Bring a tenant's callback endpoints in line with its file."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.callbacks.models import CallbackEndpoint
from yunhu.domains.callbacks.public import Endpoints, EndpointWish
from yunhu.entrypoints.apply_file import CallbackPart
from yunhu.foundation.changes import Change, ChangeKind, compared
from yunhu.foundation.crypto import Vault

_OBJECT = "callback"


class _Shown(msgspec.Struct):
    event_types: str
    secret: str


async def provision_callbacks(
    session: AsyncSession,
    tenant_id: UUID,
    wishes: Sequence[tuple[CallbackPart, str]],
    endpoints: Endpoints,
    vault: Vault,
) -> list[Change]:
    """Add, change and remove; each wish comes with its signing secret.

    An endpoint that was paused because it is dead stays paused: only its owner can say that it lives again.
    Raises what `Endpoints.add` raises.
    """
    query = select(CallbackEndpoint).where(CallbackEndpoint.tenant_id == tenant_id).with_for_update()
    rows = {row.url: row for row in await session.scalars(query)}
    changes = []
    wanted = {wish.url for wish, _ in wishes}
    for url in sorted(rows.keys() - wanted):
        await endpoints.remove(session, rows[url])
        changes.append(Change(ChangeKind.REMOVE, _OBJECT, url, note="with its delivery log"))
    for wish, secret in wishes:
        row = rows.get(wish.url)
        changes.append(_difference(row, wish, secret, vault))
        await endpoints.ensure(
            session, tenant_id, EndpointWish(url=wish.url, event_types=wish.event_types), secret
        )
    return changes


def _difference(row: CallbackEndpoint | None, wish: CallbackPart, secret: str, vault: Vault) -> Change:
    after = _Shown(_told(wish.event_types), "the same")
    if row is None:
        return Change(ChangeKind.ADD, _OBJECT, wish.url, note=after.event_types)
    before = _Shown(_told(row.event_types), "the same")
    if vault.open_secret(row.secret_cipher) != secret:
        before.secret, after.secret = "the former one", f"another one, from {wish.secret}"
    return compared(_OBJECT, wish.url, msgspec.structs.asdict(before), msgspec.structs.asdict(after))


def _told(event_types: Sequence[str]) -> str:
    return ", ".join(sorted(event_types)) or "every event"
