"""What consent contributes to an evidence pack: every act of consent and every refusal of the persons in it.

Refusals of the whole platform are no tenant's rows and not in a tenant's pack; a call's verdict says what was asked.
"""

from collections.abc import Sequence

from sqlalchemy import select
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
    Column("source", "来源", "Source"),
    Column("call_id", "所在通话", "In the call"),
    Column("at", "拒绝时间", "Refused"),
    Column("recorded_by", "登记人", "Recorded by"),
    Column("lifted_at", "解除时间", "Lifted"),
    Column("lifted_by", "解除人", "Lifted by"),
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
    rows = await session.scalars(query.order_by(Refusal.id)) if batch.callees else ()
    return [
        Fact(
            key=str(row.id),
            values={
                "refusal_id": row.id,
                **{one.name: getattr(row, one.name) for one in _REFUSAL[1:]},
                "callee": batch.phone(row.callee_cipher),
            },
        )
        for row in rows
    ]


CONSENTS_PART = EvidencePart(
    name="consents", zh="同意凭证", en="Evidence of consent", columns=_CONSENT, read=_consents
)
REFUSALS_PART = EvidencePart(name="refusals", zh="拒绝来电", en="Refusals", columns=_REFUSAL, read=_refusals)
