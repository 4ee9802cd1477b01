"""What consent contributes to an evidence pack: every act of consent and every refusal of the persons in it.

Refusals of the whole platform are no tenant's rows: of the persons in the pack, whose numbers are known there, they are
told with what was refused when, and not by which of the operator's people.
"""

from collections.abc import Sequence

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.consent.models import Consent, Refusal
from yunhu.foundation.evidence import Batch, Column, EvidencePart, Fact

_CONSENT = (
    Column("callee", "号码", "Phone"),
    Column("purpose", "用途", "Purpose"),
    Column("source", "来源", "Source"),
    Column("given_at", "同意时间", "Given"),
    Column("valid_until", "有效期止", "Valid until"),
    Column("reference", "凭证编号", "Reference"),
    Column("document_id", "凭证文件", "Document"),
    Column("recorded_at", "登记时间", "Recorded"),
    Column("recorded_by", "登记人", "Recorded by"),
    Column("withdrawn_at", "撤回时间", "Withdrawn"),
    Column("withdrawn_by", "撤回人", "Withdrawn by"),
    Column("withdrawal_reason", "撤回原因", "Reason of the withdrawal"),
)
_REFUSAL = (
    Column("callee", "号码", "Phone"),
    Column("scope", "范围", "Scope"),
    Column("source", "来源", "Source"),
    Column("call_id", "所在通话", "In the call"),
    Column("at", "拒绝时间", "Refused"),
    Column("recorded_by", "登记人", "Recorded by"),
    Column("lifted_at", "解除时间", "Lifted"),
    Column("lifted_by", "解除人", "Lifted by"),
)


_EVERYWHERE = text(
    """
    SELECT id, callee_cipher, source, at, lifted_at
    FROM yunhu_refusals_of_all(CAST(:callees AS bytea[]), CAST(:until AS timestamptz)) ORDER BY id
    """
)


async def _consents(session: AsyncSession, batch: Batch) -> Sequence[Fact]:
    query = select(Consent).where(
        Consent.tenant_id == batch.tenant_id,
        Consent.callee_index.in_(batch.callees),
        Consent.recorded_at <= batch.until,
        Consent.erased_at.is_(None),
    )
    rows = await session.scalars(query.order_by(Consent.id)) if batch.callees else ()
    return [
        Fact(
            key=str(row.id),
            documents=(row.document_id,) if row.document_id else (),
            values={
                "consent_id": row.id,
                **{one.name: getattr(row, one.name) for one in _CONSENT[1:]},
                "callee": batch.phone(row.callee_cipher),
            },
        )
        for row in rows
    ]


async def _refusals(session: AsyncSession, batch: Batch) -> Sequence[Fact]:
    query = select(Refusal).where(
        Refusal.tenant_id == batch.tenant_id,
        Refusal.callee_index.in_(batch.callees),
        Refusal.at <= batch.until,
    )
    if not batch.callees:
        return []
    own = (await session.scalars(query.order_by(Refusal.id))).all()
    wanted = {"callees": sorted(batch.callees), "until": batch.until}
    of_all = (await session.execute(_EVERYWHERE, wanted)).all()
    return [
        Fact(
            key=str(row.id),
            values={
                "refusal_id": row.id,
                **{one.name: getattr(row, one.name, None) for one in _REFUSAL[2:]},
                "callee": batch.phone(row.callee_cipher),
                "scope": scope,
            },
        )
        for scope, rows in (("tenant", own), ("platform", of_all))
        for row in rows
    ]


CONSENTS_PART = EvidencePart(
    name="consents", zh="同意凭证", en="Evidence of consent", columns=_CONSENT, read=_consents
)
REFUSALS_PART = EvidencePart(name="refusals", zh="拒绝来电", en="Refusals", columns=_REFUSAL, read=_refusals)
