"""HTTP endpoints of the audit log: a tenant's own chain, and the operator's look at every chain."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter
from msgspec import Meta
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit import repository
from yunhu.domains.audit.errors import TenantUnknownError
from yunhu.domains.audit.models import OPERATOR_CHAIN, AuditHead
from yunhu.domains.audit.repository import EntryFilters
from yunhu.domains.audit.schemas import ChainView, EntryView, entry_view
from yunhu.domains.audit.service import look_once
from yunhu.domains.audit.verification import check_newest
from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.foundation.http import Page, Services, decode_cursor, encode_cursor, problem_responses
from yunhu.foundation.http.filters import Order, aware

Word = Annotated[str, QueryParameter(min_length=1, max_length=128)]
OptionalWord = Annotated[str | None, QueryParameter(min_length=1, max_length=128)]
Most = Annotated[int, QueryParameter(ge=1, le=200)]
Slug = Annotated[str | None, QueryParameter(max_length=64)]

CHECKED_AT_MOST = 5000
"""Entries read again while somebody waits: a fraction of a second."""


class Position(msgspec.Struct, frozen=True):
    """Where a page of entries begins."""

    sequence: Annotated[int, Meta(ge=0, le=1 << 62)]


class AuditController(Controller):
    """What was done and seen in the caller's own tenant, the operator's doings there included."""

    tags = ("Audit",)
    guards = (requires(Scope.AUDIT_READ),)

    @get("/history", summary="Show the history of one object", responses=problem_responses())
    async def history(
        self,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        subject_kind: Word,
        subject_id: Word,
        cursor: FromQuery[str | None] = None,
        limit: Most = 50,
    ) -> Page[EntryView]:
        """Newest first: who, when, from what to what."""
        filters = EntryFilters(subject_kind=subject_kind, subject_id=subject_id)
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            return await entries_page(session, caller.tenant_id, filters, cursor, limit)

    @get("/audit", summary="Search the audit log", responses=problem_responses(422))
    async def search(
        self,
        *,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        actor: OptionalWord = None,
        action: OptionalWord = None,
        subject: OptionalWord = None,
        since: FromQuery[datetime | None] = None,
        until: FromQuery[datetime | None] = None,
        order: FromQuery[Order] = Order.NEWEST,
        cursor: FromQuery[str | None] = None,
        limit: Most = 50,
    ) -> Page[EntryView]:
        """Newest first. `action` also takes the part before the dot; `subject` is a kind, or `<kind>:<id>`."""
        filters = _filters(
            subject,
            actor_name=actor,
            action=action,
            since=since,
            until=until,
            oldest_first=order is Order.OLDEST,
        )
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            return await entries_page(session, caller.tenant_id, filters, cursor, limit)

    @get("/audit/chain", summary="Check the audit log", responses=problem_responses())
    async def chain(self, caller: NamedDependency[Caller], services: NamedDependency[Services]) -> ChainView:
        """Reads the newest entries again and compares every hash."""
        return await chain_view(services, caller.tenant_id)


class OperatorAuditController(Controller):
    """The operator's own chain, or with `tenant` that tenant's; a look at a tenant's is itself put on record there."""

    path = "/operator"
    tags = ("Audit",)
    guards = (requires(Scope.OPERATOR_AUDIT),)

    @get("/history", summary="Show the history of one object", responses=problem_responses(404))
    async def history(
        self,
        *,
        services: NamedDependency[Services],
        subject_kind: Word,
        subject_id: Word,
        tenant: Slug = None,
        cursor: FromQuery[str | None] = None,
        limit: Most = 50,
    ) -> Page[EntryView]:
        """Newest first: who, when, from what to what."""
        filters = EntryFilters(subject_kind=subject_kind, subject_id=subject_id)
        async with services.database.transaction() as session:
            chain = await _chain_of(session, tenant)
            return await entries_page(session, chain, filters, cursor, limit)

    @get("/audit", summary="Search the audit log", responses=problem_responses(404, 422))
    async def search(  # noqa: PLR0913 one parameter a filter of the API
        self,
        *,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        tenant: Slug = None,
        actor: OptionalWord = None,
        action: OptionalWord = None,
        subject: OptionalWord = None,
        since: FromQuery[datetime | None] = None,
        until: FromQuery[datetime | None] = None,
        order: FromQuery[Order] = Order.NEWEST,
        cursor: FromQuery[str | None] = None,
        limit: Most = 50,
    ) -> Page[EntryView]:
        """Newest first. `action` also takes the part before the dot; `subject` is a kind, or `<kind>:<id>`."""
        filters = _filters(
            subject,
            actor_name=actor,
            action=action,
            since=since,
            until=until,
            oldest_first=order is Order.OLDEST,
        )
        async with services.database.transaction() as session:
            chain = await _chain_of(session, tenant)
            page = await entries_page(session, chain, filters, cursor, limit)
            if chain != OPERATOR_CHAIN:
                now = services.clock.now()
                await look_once(
                    session,
                    caller.actor,
                    kind="audit",
                    subject=("audit_chain", chain),
                    tenant_id=chain,
                    now=now,
                )
            return page

    @get("/audit/chain", summary="Check the audit log", responses=problem_responses(404))
    async def chain(self, services: NamedDependency[Services], tenant: Slug = None) -> ChainView:
        """The operator's own chain, or a tenant's. Shows no entry, so a look at a tenant's is not put on record."""
        async with services.database.transaction() as session:
            chain = await _chain_of(session, tenant)
        return await chain_view(services, chain)


async def chain_view(services: Services, chain: UUID) -> ChainView:
    """Head and entries as of one moment, whatever is written meanwhile."""
    async with services.database.transaction() as session:
        await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        head = await session.get(AuditHead, chain)
        if head is None:
            return ChainView(entries=0, cut=0, head="", checked=0, broken_at=None)
        checked, broken_at = await check_newest(session, head, CHECKED_AT_MOST)
        return ChainView(
            entries=head.sequence - head.cut_sequence,
            cut=head.cut_sequence,
            head=head.hash.hex(),
            checked=checked,
            broken_at=broken_at,
        )


async def entries_page(
    session: AsyncSession, chain: UUID, filters: EntryFilters, cursor: str | None, limit: int
) -> Page[EntryView]:
    """One page of a chain."""
    before = decode_cursor(cursor, Position).sequence if cursor is not None else None
    rows = await repository.entries_of(session, chain, filters, before=before, limit=limit + 1)
    more = encode_cursor(Position(rows[limit - 1].sequence)) if len(rows) > limit else None
    return Page([entry_view(row) for row in rows[:limit]], more)


def _filters(
    subject: str | None, *, since: datetime | None, until: datetime | None, **narrowed: Any
) -> EntryFilters:
    kind, _, id_ = (subject or "").partition(":")
    return EntryFilters(
        subject_kind=kind or None,
        subject_id=id_ or None,
        since=aware(since, "since"),
        until=aware(until, "until"),
        **narrowed,
    )


async def _chain_of(session: AsyncSession, tenant: str | None) -> UUID:
    if tenant is None:
        return OPERATOR_CHAIN
    found = await repository.tenant_by_slug(session, tenant)
    if found is None:
        raise TenantUnknownError
    return found
