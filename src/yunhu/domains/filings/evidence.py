"""What filings contribute to an evidence pack: the approved package that each attempt rests on."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.filings.models import Filing, FilingVersion
from yunhu.foundation.evidence import Batch, Column, EvidencePart, Fact

_COLUMNS = (
    Column("name", "备案名称", "Filing"),
    Column("number", "版本", "Version"),
    Column("state", "状态", "State"),
    Column("content", "备案内容", "What was filed"),
    Column("content_hash", "内容哈希 SHA-256", "SHA-256 of the content"),
    Column("submitted_by", "提交人", "Submitted by"),
    Column("submitted_at", "提交时间", "Submitted"),
    Column("decided_by", "审核人", "Decided by"),
    Column("decided_at", "审核时间", "Decided"),
    Column("remarks", "审核意见", "Remarks"),
    Column("valid_from", "有效期起", "Valid from"),
    Column("valid_until", "有效期止", "Valid until"),
    Column("in_force_from", "生效时间", "In force from"),
    Column("in_force_until", "失效时间", "In force until"),
)
_SAME = (
    "number", "state", "content", "content_hash", "submitted_by", "submitted_at", "decided_by", "decided_at", "remarks",
    "valid_from", "valid_until", "screening_version", "drafted_by",
)  # fmt: skip


async def _read(session: AsyncSession, batch: Batch) -> Sequence[Fact]:
    ids = {attempt.filing_version_id for attempt in batch.attempts if attempt.filing_version_id}
    if not ids:
        return ()
    query = (
        select(FilingVersion, Filing)
        .join(Filing, Filing.id == FilingVersion.filing_id)
        .where(FilingVersion.tenant_id == batch.tenant_id, FilingVersion.id.in_(ids))
        .order_by(FilingVersion.id)
    )
    return [
        Fact(
            key=str(version.id),
            values={
                "filing_version_id": version.id,
                "slug": filing.slug,
                "name": filing.name,
                **{name: getattr(version, name) for name in _SAME},
                "in_force_from": version.in_force.lower if version.in_force else None,
                "in_force_until": version.in_force.upper if version.in_force else None,
            },
        )
        for version, filing in await session.execute(query)
    ]


EVIDENCE_PART = EvidencePart(
    name="filings", zh="备案", en="Filings", columns=_COLUMNS, read=_read, shared=True
)
