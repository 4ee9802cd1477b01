"""Use cases of consents (row C5): keep evidence, withdraw, show the proof."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import record
from yunhu.domains.consent import repository, repository_consents
from yunhu.domains.consent.errors import ConsentNotFoundError, ConsentTimesError, ConsentWithdrawnError
from yunhu.domains.consent.models import Consent, Refusal
from yunhu.domains.consent.repository import RefusalFilter
from yunhu.domains.consent.repository_consents import ConsentFilter
from yunhu.domains.notifications.public import (
    COVERING,
    ConsentPurpose,
    ConsentSource,
    Evidence,
    Record,
    StopReason,
    keep_evidence,
    stop_for_callee,
)
from yunhu.foundation.actor import Actor
from yunhu.foundation.clock import natural_day
from yunhu.foundation.crypto import SealedPhone
from yunhu.foundation.outbox import Event, publish

CLOCK_SKEW = timedelta(minutes=5)
"""How far ahead of ours another machine's clock may be."""
MOST_SHOWN = 100
"""Acts of consent in one proof; the newest."""


class ConsentWish(msgspec.Struct, frozen=True, kw_only=True):
    """An act of consent as somebody tells it."""

    purpose: ConsentPurpose
    source: ConsentSource
    given_at: datetime
    valid_until: date | None
    reference: str
    document_id: UUID | None = None


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is known of one person's consent to one tenant."""

    callee_cipher: bytes
    made_at: datetime
    consents: Sequence[Consent]
    """Newest first."""
    refusals: Sequence[Refusal]

    def standing(self, purpose: ConsentPurpose) -> Consent | None:
        """The evidence that lasts longest."""
        fitting = [row for row in self.consents if row.purpose == purpose and stands(row, self.made_at)]
        return max(fitting, key=lambda row: row.valid_until or date.max, default=None)


def stands(row: Consent, now: datetime) -> bool:
    """Whether calls may rest on it; the same question as the gate's."""
    lasts = row.valid_until is None or row.valid_until >= natural_day(now)
    return row.withdrawn_at is None and row.given_at <= now and lasts


def check_times(given_at: datetime, valid_until: date | None, now: datetime) -> None:
    """Raises `ConsentTimesError`."""
    if given_at > now + CLOCK_SKEW:
        raise ConsentTimesError("it was given in the future", field="given_at")
    if valid_until is not None and valid_until < natural_day(given_at):
        raise ConsentTimesError("it ends before it was given", field="valid_until")


async def give_consent(
    session: AsyncSession, tenant_id: UUID, phone: SealedPhone, wish: ConsentWish, actor: Actor, now: datetime
) -> tuple[Consent, bool]:
    """Keep evidence; the row, and whether it is new. The same act told again is found again.

    Raises `ConsentTimesError`, `ConsentWithdrawnError`.
    """
    check_times(wish.given_at, wish.valid_until, now)
    evidence = Evidence(
        callee_cipher=phone.cipher,
        callee_index=phone.index,
        purpose=wish.purpose,
        source=wish.source,
        given_at=min(wish.given_at, now),
        valid_until=wish.valid_until,
        reference=wish.reference,
        document_id=wish.document_id,
        recorded_by=actor.name,
    )
    kept = await keep_evidence(session, tenant_id, [evidence], now)
    if not kept:
        return await _earlier(session, tenant_id, evidence), False
    row = await find(session, tenant_id, kept[0])
    await record(
        session,
        actor,
        action="consent.record",
        subject=("consent", row.id),
        tenant_id=tenant_id,
        after={
            "purpose": row.purpose,
            "source": row.source,
            "given_at": row.given_at,
            "reference": row.reference,
        },
        now=now,
    )
    return row, True


async def _earlier(session: AsyncSession, tenant_id: UUID, evidence: Evidence) -> Consent:
    purpose, given_at = evidence.purpose, evidence.given_at
    since = await repository_consents.withdrawn_since(
        session, tenant_id, evidence.callee_index, purpose, given_at
    )
    if since is not None:
        raise ConsentWithdrawnError(withdrawn_at=since.isoformat())
    like = Consent(
        tenant_id=tenant_id,
        callee_index=evidence.callee_index,
        purpose=purpose,
        source=evidence.source,
        given_at=given_at,
        reference=evidence.reference,
        valid_until=evidence.valid_until,
    )
    row = await repository_consents.same_act(session, like)
    if row is None:
        raise ConsentNotFoundError("it was withdrawn at this very moment")
    return row


async def withdraw_consent(
    session: AsyncSession,
    tenant_id: UUID,
    index: bytes,
    purpose: ConsentPurpose,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> int:
    """A person no longer agrees to a purpose: what is open for it is stopped. How many acts of consent stood."""
    ids = await repository_consents.withdraw(
        session, tenant_id, index, purpose, by=actor.name, reason=reason, now=now
    )
    told = Record(now)
    covered = [covering for covering, by in COVERING.items() if by is purpose]
    await stop_for_callee(session, tenant_id, index, StopReason.REFUSED, told, purposes=covered)
    await told.write(session)
    if not ids:
        return 0
    payload = {"consent_ids": [str(id_) for id_ in ids[:MOST_SHOWN]], "purpose": purpose.value}
    await publish(session, [Event(tenant_id, "consent.withdrawn", ids[0], payload, now)])
    await record(
        session,
        actor,
        action="consent.withdraw",
        subject=("consent", ids[0]),
        tenant_id=tenant_id,
        before={"standing": len(ids)},
        after={"standing": 0, "purpose": purpose.value},
        reason=reason,
        now=now,
    )
    return len(ids)


async def find(session: AsyncSession, tenant_id: UUID, consent_id: UUID) -> Consent:
    """A tenant's consent or `ConsentNotFoundError`."""
    row = await repository_consents.find(session, tenant_id, consent_id)
    if row is None:
        raise ConsentNotFoundError
    return row


async def prove(session: AsyncSession, tenant_id: UUID, consent_id: UUID, now: datetime) -> Proof:
    """Everything about the person whose consent it is. Raises `ConsentNotFoundError`."""
    row = await find(session, tenant_id, consent_id)
    index = row.callee_index
    consents = await repository_consents.consents_of(
        session, tenant_id, ConsentFilter(index=index), limit=MOST_SHOWN
    )
    refusals = await repository.refusals_of(session, tenant_id, RefusalFilter(index=index), limit=MOST_SHOWN)
    shown = list(consents) if row in consents else [*consents, row]
    return Proof(callee_cipher=row.callee_cipher, made_at=now, consents=shown, refusals=refusals)
