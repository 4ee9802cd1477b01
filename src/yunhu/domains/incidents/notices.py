"""Use cases of notices: publish, amend, withdraw, end, acknowledge."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import record
from yunhu.domains.incidents import repository
from yunhu.domains.incidents.errors import (
    AudienceUnknownError,
    NoticeExistsError,
    NoticeNotFoundError,
    NoticeRevisionError,
    NoticeStateError,
)
from yunhu.domains.incidents.events import notice_event
from yunhu.domains.incidents.models import Notice, NoticeRecipient
from yunhu.domains.incidents.rules import NoticeKind, Span, Urgency, check_amended_span, check_lead
from yunhu.domains.incidents.states import NoticeState, NoticeStep, notice_after
from yunhu.foundation.actor import Actor
from yunhu.foundation.ids import new_id
from yunhu.foundation.outbox import publish


class NoticeWish(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be announced."""

    reference: str
    kind: NoticeKind
    urgency: Urgency
    title: str
    body: str
    span: Span
    tenants: tuple[str, ...] | None
    """Slugs; None for all."""


class Amendment(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be different."""

    title: str
    body: str
    span: Span


async def publish_notice(session: AsyncSession, wish: NoticeWish, actor: Actor, now: datetime) -> Notice:
    """Announce.

    Raises `NoticeExistsError`, `AudienceUnknownError`, `NoticeTimesError`, `NoticeLeadTooShortError`.
    """
    known = await repository.notice_by_reference(session, wish.reference)
    if known is not None:
        raise NoticeExistsError(id=str(known))
    check_lead(wish.span, wish.urgency, await repository.load_terms(session), now)
    audience = await _audience(session, wish.tenants)
    row = Notice(
        id=new_id(),
        reference=wish.reference,
        kind=wish.kind,
        urgency=wish.urgency,
        title=wish.title,
        body=wish.body,
        starts_at=wish.span.starts_at,
        ends_at=wish.span.ends_at,
        to_all=wish.tenants is None,
        state=NoticeState.PUBLISHED,
        revision=1,
        published_at=now,
        published_by=actor.name,
        changed_at=now,
    )
    session.add(row)
    await session.flush()
    session.add_all(NoticeRecipient(notice_id=row.id, tenant_id=id_) for id_ in audience.values())
    await session.flush()
    await publish(session, [notice_event("notice.published", row, id_, now) for id_ in audience.values()])
    after = _shown(row) | {"audience": "all" if row.to_all else sorted(audience)}
    await _record(session, actor, "notice.publish", row, before={}, after=after, now=now)
    return row


async def amend_notice(
    session: AsyncSession, notice_id: UUID, amendment: Amendment, *, actor: Actor, now: datetime
) -> Notice:
    """Another text or other times: everybody is told and has to acknowledge again.

    Raises `NoticeNotFoundError`, `NoticeStateError`, `NoticeTimesError`, `NoticeLeadTooShortError`.
    """
    row = await _locked(session, notice_id)
    following = notice_after(NoticeState(row.state), NoticeStep.AMEND)
    _refuse_over(row, NoticeStep.AMEND, now)
    old = Span(row.starts_at, row.ends_at)
    terms = await repository.load_terms(session)
    check_amended_span(old, amendment.span, Urgency(row.urgency), terms, now)
    before = _shown(row)
    row.title, row.body = amendment.title, amendment.body
    row.starts_at, row.ends_at = amendment.span.starts_at, amendment.span.ends_at
    row.state, row.revision, row.changed_at = following, row.revision + 1, now
    await _tell_all(session, "notice.amended", row, now)
    await _record(session, actor, "notice.amend", row, before=before, after=_shown(row), now=now)
    return row


async def withdraw_notice(
    session: AsyncSession, notice_id: UUID, reason: str, *, actor: Actor, now: datetime
) -> Notice:
    """It will not happen. Raises `NoticeNotFoundError`, `NoticeStateError`."""
    return await _finish(session, notice_id, NoticeStep.WITHDRAW, reason=reason, actor=actor, now=now)


async def end_notice(
    session: AsyncSession, notice_id: UUID, reason: str, *, actor: Actor, now: datetime
) -> Notice:
    """It is over, at its time or before. Raises `NoticeNotFoundError`, `NoticeStateError`."""
    return await _finish(session, notice_id, NoticeStep.END, reason=reason, actor=actor, now=now)


async def acknowledge_notice(
    session: AsyncSession, tenant_id: UUID, notice_id: UUID, revision: int, *, actor: Actor, now: datetime
) -> tuple[Notice, NoticeRecipient]:
    """A tenant has read this revision; a second time changes nothing.

    Raises `NoticeNotFoundError`, `NoticeRevisionError`.
    """
    pair = await repository.notice_for(session, tenant_id, notice_id, lock=True)
    if pair is None:
        raise NoticeNotFoundError
    notice, recipient = pair
    if revision != notice.revision:
        raise NoticeRevisionError(revision=notice.revision)
    if recipient.acknowledged_revision != revision:
        before = {"acknowledged_revision": recipient.acknowledged_revision}
        recipient.acknowledged_revision = revision
        recipient.acknowledged_at, recipient.acknowledged_by = now, actor.name
        await session.flush()
        await record(
            session,
            actor,
            action="notice.acknowledge",
            subject=("notice", notice.id),
            tenant_id=tenant_id,
            before=before,
            after={"acknowledged_revision": revision},
            now=now,
        )
    return notice, recipient


async def reach_newcomer(session: AsyncSession, now: datetime) -> bool:
    """Address one standing notice to one tenant that came after it. True when there was one."""
    missing = await repository.missing_recipient(session, now)
    if missing is None:
        return False
    row = await _locked(session, missing.notice_id)
    if row.state in {NoticeState.PUBLISHED, NoticeState.AMENDED}:
        await repository.add_recipient(session, row.id, missing.tenant_id)
        await publish(session, [notice_event("notice.published", row, missing.tenant_id, now)])
    return True


async def _finish(
    session: AsyncSession, notice_id: UUID, step: NoticeStep, *, reason: str, actor: Actor, now: datetime
) -> Notice:
    row = await _locked(session, notice_id)
    before = _shown(row)
    following = notice_after(NoticeState(row.state), step)
    if step is NoticeStep.WITHDRAW:
        _refuse_over(row, step, now)
    row.state, row.changed_at = following, now
    await _tell_all(session, f"notice.{following}", row, now)
    await _record(
        session, actor, f"notice.{step}", row, before=before, after=_shown(row), reason=reason, now=now
    )
    return row


def _refuse_over(row: Notice, step: NoticeStep, now: datetime) -> None:
    """What lies behind us can only end, whether or not the clock has been round to say so."""
    if row.ends_at <= now:
        raise NoticeStateError("its time is over", state=NoticeState.ENDED, step=step)


async def _audience(session: AsyncSession, slugs: tuple[str, ...] | None) -> dict[str, UUID]:
    found = await repository.tenants(session, slugs)
    unknown = sorted(set(slugs or ()) - found.keys())
    if unknown:
        raise AudienceUnknownError(", ".join(unknown), unknown=unknown)
    return found


async def _locked(session: AsyncSession, notice_id: UUID) -> Notice:
    row = await repository.locked_notice(session, notice_id)
    if row is None:
        raise NoticeNotFoundError
    return row


async def _tell_all(session: AsyncSession, type_: str, row: Notice, now: datetime) -> None:
    await session.flush()
    told = await repository.recipients(session, row.id)
    await publish(session, [notice_event(type_, row, pair.NoticeRecipient.tenant_id, now) for pair in told])


def _shown(row: Notice) -> dict[str, Any]:
    return {
        "title": row.title,
        "body": row.body,
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "state": row.state,
        "revision": row.revision,
    }


async def _record(
    session: AsyncSession,
    actor: Actor,
    action: str,
    row: Notice,
    *,
    before: dict[str, Any],
    after: dict[str, Any],
    now: datetime,
    reason: str = "",
) -> None:
    await record(
        session,
        actor,
        action=action,
        subject=("notice", row.id),
        tenant_id=None,
        before=before,
        after=after,
        reason=reason,
        now=now,
    )
