"""Use cases of endpoints: add, change, rotate, pause, resume, remove."""

from collections.abc import Collection, Sequence
from uuid import UUID

import msgspec
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.callbacks.address import check_url
from yunhu.domains.callbacks.catalogue import OFFERED
from yunhu.domains.callbacks.errors import (
    EndpointExistsError,
    EventTypeNotAllowedError,
    EventTypeUnknownError,
    TooManyEndpointsError,
)
from yunhu.domains.callbacks.models import CallbackEndpoint, EndpointState
from yunhu.domains.callbacks.repository import CHANNEL, release_waiting
from yunhu.domains.callbacks.rules import ROTATION_GRACE
from yunhu.domains.callbacks.signing import check_secret, fresh_secret
from yunhu.domains.identity.public import Scope
from yunhu.foundation.clock import Clock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import notify
from yunhu.foundation.errors import NotFoundError
from yunhu.foundation.ids import new_id

MOST_ENDPOINTS = 20
"""Of one tenant: each fact is copied for each endpoint that wants it."""
PAUSED_BY_HAND = "paused on request"


class EndpointWish(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint as it should be."""

    url: str
    event_types: Sequence[str] = ()
    """Empty means all but those that have to be named."""


class Endpoints:
    """What can be done with a tenant's endpoints, inside the caller's transaction."""

    def __init__(self, vault: Vault, clock: Clock, *, allow_private: bool) -> None:
        self._vault = vault
        self._clock = clock
        self._allow_private = allow_private

    async def add(
        self, session: AsyncSession, tenant_id: UUID, wish: EndpointWish, secret: str | None = None
    ) -> tuple[CallbackEndpoint, str]:
        """Make an endpoint; returns it with its secret, which is not shown again.

        Raises `CallbackUrlRefusedError`, `EventTypeUnknownError`, `CallbackSecretInvalidError`,
        `EndpointExistsError`, `TooManyEndpointsError`.
        """
        self._check(wish)
        secret = secret or fresh_secret()
        check_secret(secret)
        await self._refuse_taken(session, tenant_id, wish.url)
        row = CallbackEndpoint(
            id=new_id(),
            tenant_id=tenant_id,
            url=wish.url,
            secret_cipher=self._vault.seal_secret(secret),
            event_types=sorted(set(wish.event_types)),
            state=EndpointState.ACTIVE,
            created_at=self._clock.now(),
        )
        session.add(row)
        await session.flush()
        return row, secret

    async def change(
        self, session: AsyncSession, row: CallbackEndpoint, wish: EndpointWish
    ) -> CallbackEndpoint:
        """Give an endpoint another URL or other event types. Raises like `add`."""
        self._check(wish)
        if wish.url != row.url:
            await self._refuse_taken(session, row.tenant_id, wish.url)
        row.url, row.event_types = wish.url, sorted(set(wish.event_types))
        await session.flush()
        return row

    async def rotate(self, session: AsyncSession, row: CallbackEndpoint, secret: str | None = None) -> str:
        """Sign with another secret from now on; for 24 hours requests carry the old one's signature as well."""
        secret = secret or fresh_secret()
        check_secret(secret)
        row.previous_secret_cipher = row.secret_cipher
        row.previous_secret_until = self._clock.now() + ROTATION_GRACE
        row.secret_cipher = self._vault.seal_secret(secret)
        await session.flush()
        return secret

    async def pause(self, session: AsyncSession, row: CallbackEndpoint) -> CallbackEndpoint:
        """Send nothing more; what is published meanwhile waits."""
        if row.state == EndpointState.ACTIVE:
            row.state, row.paused_reason = EndpointState.PAUSED, PAUSED_BY_HAND
            await session.flush()
        return row

    async def resume(self, session: AsyncSession, row: CallbackEndpoint) -> CallbackEndpoint:
        """Send what waits, and whatever comes."""
        if row.state == EndpointState.PAUSED:
            row.state, row.paused_reason, row.failing_since = EndpointState.ACTIVE, None, None
            await session.flush()
            await release_waiting(session, row.id, self._clock.now())
            await notify(session, CHANNEL)
        return row

    async def remove(self, session: AsyncSession, row: CallbackEndpoint) -> None:
        """Forget the endpoint with its deliveries and their log."""
        await session.execute(delete(CallbackEndpoint).where(CallbackEndpoint.id == row.id))

    async def ensure(
        self, session: AsyncSession, tenant_id: UUID, wish: EndpointWish, secret: str
    ) -> CallbackEndpoint:
        """Bring the endpoint with this URL in line with the wish, or make it. A paused one stays paused."""
        query = select(CallbackEndpoint).where(
            CallbackEndpoint.tenant_id == tenant_id, CallbackEndpoint.url == wish.url
        )
        row = await session.scalar(query.with_for_update(key_share=True))
        if row is None:
            row, _ = await self.add(session, tenant_id, wish, secret)
            return row
        await self.change(session, row, wish)
        if self._vault.open_secret(row.secret_cipher) != secret:
            await self.rotate(session, row, secret)
        return row

    def _check(self, wish: EndpointWish) -> None:
        check_url(wish.url, allow_private=self._allow_private)
        check_event_types(wish.event_types)

    async def _refuse_taken(self, session: AsyncSession, tenant_id: UUID, url: str) -> None:
        # Two additions at the same moment wait for each other here.
        await session.execute(
            select(func.pg_advisory_xact_lock(func.hashtext(f"callback_endpoints:{tenant_id}")))
        )
        urls = (
            await session.scalars(select(CallbackEndpoint.url).where(CallbackEndpoint.tenant_id == tenant_id))
        ).all()
        if url in urls:
            raise EndpointExistsError(url=url)
        if len(urls) >= MOST_ENDPOINTS:
            raise TooManyEndpointsError(most=MOST_ENDPOINTS)


def check_event_types(event_types: Collection[str]) -> None:
    """Raise `EventTypeUnknownError` when one of them is never published."""
    unknown = sorted(set(event_types) - OFFERED.keys())
    if unknown:
        raise EventTypeUnknownError(", ".join(unknown), unknown=unknown, known=list(OFFERED))


def check_may_ask(scopes: Collection[Scope], event_types: Collection[str]) -> None:
    """Raise `EventTypeNotAllowedError` when one of them tells what the caller may not read."""
    needed = {offer.scope for type_ in event_types if (offer := OFFERED.get(type_)) and offer.scope}
    missing = sorted(needed.difference(scopes))
    if missing:
        raise EventTypeNotAllowedError(", ".join(missing), needed=missing)


async def find_endpoint(session: AsyncSession, tenant_id: UUID, endpoint_id: UUID) -> CallbackEndpoint:
    """A tenant's endpoint, locked. Raises `NotFoundError`."""
    query = select(CallbackEndpoint).where(
        CallbackEndpoint.id == endpoint_id, CallbackEndpoint.tenant_id == tenant_id
    )
    row = await session.scalar(query.with_for_update(key_share=True))
    if row is None:
        raise NotFoundError("there is no such callback endpoint")
    return row


async def endpoints_of(
    session: AsyncSession, tenant_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[CallbackEndpoint]:
    """A tenant's endpoints, newest first."""
    query = select(CallbackEndpoint).where(CallbackEndpoint.tenant_id == tenant_id)
    if before is not None:
        query = query.where(CallbackEndpoint.id < before)
    return (await session.scalars(query.order_by(CallbackEndpoint.id.desc()).limit(limit))).all()
