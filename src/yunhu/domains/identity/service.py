"""Use cases of API keys: create, rotate, revoke."""

import ipaddress
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.identity import repository
from yunhu.domains.identity.errors import (
    ExpiryPastError,
    KeyEndedError,
    KeyNotFoundError,
    NetworkInvalidError,
    ScopeSideError,
)
from yunhu.domains.identity.models import ApiKey
from yunhu.domains.identity.scopes import OPERATOR_SCOPES, TENANT_SCOPES, Scope
from yunhu.domains.identity.tokens import make_token
from yunhu.foundation.crypto import Vault
from yunhu.foundation.ids import new_id

DEFAULT_RATE_PER_MINUTE = 6000


class KeyWish(msgspec.Struct, frozen=True, kw_only=True):
    """What a new key should be."""

    name: str
    scopes: Sequence[Scope]
    expires_at: datetime | None = None
    allowed_networks: Sequence[str] = ()
    rate_per_minute: int = DEFAULT_RATE_PER_MINUTE


async def create_api_key(
    session: AsyncSession, vault: Vault, tenant_id: UUID | None, wish: KeyWish, now: datetime
) -> tuple[str, ApiKey]:
    """Make a key of a tenant or, without one, of the operator. The token is returned once and never again.

    Raises `NetworkInvalidError`, `ExpiryPastError`, `ScopeSideError`.
    """
    check_side(tenant_id, wish.scopes)
    if wish.expires_at is not None and wish.expires_at <= now:
        raise ExpiryPastError
    token = make_token()
    row = ApiKey(
        id=new_id(),
        tenant_id=tenant_id,
        name=wish.name,
        prefix=token.prefix,
        digest=vault.digest_token(token.text),
        scopes=sorted(set(wish.scopes)),
        allowed_networks=[_network(text) for text in wish.allowed_networks],
        rate_per_minute=wish.rate_per_minute,
        created_at=now,
        expires_at=wish.expires_at,
    )
    session.add(row)
    await session.flush()
    return token.text, row


async def rotate_api_key(
    session: AsyncSession, vault: Vault, old: ApiKey, grace: timedelta, now: datetime
) -> tuple[str, ApiKey]:
    """Make a successor with the same rights; the old key goes on for `grace`. Raises `KeyEndedError`."""
    if has_ended(old, now) or old.rotated_to is not None:
        raise KeyEndedError
    wish = KeyWish(
        name=old.name,
        scopes=[Scope(scope) for scope in old.scopes],
        expires_at=old.expires_at,
        allowed_networks=old.allowed_networks,
        rate_per_minute=old.rate_per_minute,
    )
    token, row = await create_api_key(session, vault, old.tenant_id, wish, now)
    end = now + grace
    old.rotated_to = row.id
    old.expires_at = end if old.expires_at is None else min(end, old.expires_at)
    await session.flush()
    return token, row


async def revoke_api_key(session: AsyncSession, key: ApiKey, now: datetime) -> None:
    """End a key at once; a second time changes nothing."""
    if key.revoked_at is None:
        key.revoked_at = now
        await session.flush()


async def find_api_key(session: AsyncSession, tenant_id: UUID | None, key_id: UUID) -> ApiKey:
    """A key of a tenant or of the operator, locked for a change, or `KeyNotFoundError`."""
    row = await repository.key_by_id(session, tenant_id, key_id)
    if row is None:
        raise KeyNotFoundError
    return row


def check_side(tenant_id: UUID | None, scopes: Iterable[Scope]) -> None:
    """`ScopeSideError` where a tenant would hold the operator's permissions, or the operator a tenant's."""
    wrong = sorted(set(scopes) - (OPERATOR_SCOPES if tenant_id is None else TENANT_SCOPES))
    if wrong:
        raise ScopeSideError(scopes=wrong)


def has_ended(key: ApiKey, now: datetime) -> bool:
    """Whether the key is revoked or expired."""
    return key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= now)


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text, strict=False))
    except ValueError as error:
        raise NetworkInvalidError(network=text) from error
