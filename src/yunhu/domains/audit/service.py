"""Use cases: giving and taking back grants, looks that repeat."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit import repository
from yunhu.domains.audit.chain import Subject, look, record
from yunhu.domains.audit.errors import GranteeUnknownError, GrantNotFoundError, GrantTermError
from yunhu.domains.audit.models import OPERATOR_CHAIN, ContentGrant
from yunhu.domains.audit.schemas import GrantRequest
from yunhu.foundation.actor import Actor
from yunhu.foundation.ids import new_id

LONGEST_GRANT = timedelta(days=366)
ONE_LOOK = timedelta(minutes=30)
"""A player asks for one recording in many parts: within this time they are one look."""


async def give_grant(
    session: AsyncSession, actor: Actor, tenant_id: UUID, wish: GrantRequest, now: datetime
) -> ContentGrant:
    """Open kinds of content to the operator. Raises `GrantTermError`, `GranteeUnknownError`."""
    if not now < wish.expires_at <= now + LONGEST_GRANT:
        raise GrantTermError(expires_at=wish.expires_at.isoformat())
    if wish.user_id is not None and not await repository.is_operator_user(session, wish.user_id):
        raise GranteeUnknownError
    row = ContentGrant(
        id=new_id(),
        tenant_id=tenant_id,
        user_id=wish.user_id,
        kinds=sorted(set(wish.kinds)),
        purpose=wish.purpose,
        granted_by=actor.name,
        granted_at=now,
        expires_at=wish.expires_at,
    )
    session.add(row)
    await session.flush()
    after = {"kinds": row.kinds, "user_id": row.user_id, "expires_at": row.expires_at}
    await record(
        session,
        actor,
        action="grant.give",
        subject=("grant", row.id),
        tenant_id=tenant_id,
        after=after,
        reason=row.purpose,
        now=now,
    )
    return row


async def revoke_grant(
    session: AsyncSession, actor: Actor, tenant_id: UUID, grant_id: UUID, now: datetime
) -> ContentGrant:
    """End a grant at once; a second time changes nothing. Raises `GrantNotFoundError`."""
    row = await repository.locked_grant(session, tenant_id, grant_id)
    if row is None:
        raise GrantNotFoundError
    if row.revoked_at is None:
        row.revoked_at, row.revoked_by = now, actor.name
        await session.flush()
        await record(
            session,
            actor,
            action="grant.revoke",
            subject=("grant", row.id),
            tenant_id=tenant_id,
            before={"revoked_at": None},
            after={"revoked_at": now},
            now=now,
        )
    return row


async def look_once(
    session: AsyncSession,
    actor: Actor,
    *,
    kind: str,
    subject: Subject,
    tenant_id: UUID,
    now: datetime,
    reason: str = "",
) -> None:
    """`look`, unless the same actor's look at the same thing is on record within `ONE_LOOK`."""
    values = {
        "chain": tenant_id or OPERATOR_CHAIN,
        "subject_kind": subject[0],
        "subject_id": str(subject[1]),
        "action": f"look.{kind}",
        "actor_kind": actor.kind.value,
        "actor_name": actor.name,
        "since": now - ONE_LOOK,
    }
    if not await repository.seen_since(session, values):
        await look(session, actor, kind=kind, subject=subject, tenant_id=tenant_id, reason=reason, now=now)
