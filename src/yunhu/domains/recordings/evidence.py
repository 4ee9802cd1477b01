"""What recordings contribute to an evidence pack: the hash that was put on record when the call had ended."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.recordings.models import Recording
from yunhu.foundation.evidence import Batch, Column, EvidencePart, Fact

_COLUMNS = (
    Column("sha256", "录音哈希 SHA-256", "SHA-256 of the recording"),
    Column("bytes", "字节数", "Bytes"),
    Column("seconds", "时长（秒）", "Seconds"),
    Column("created_at", "登记时间", "Put on record"),
    Column("erased_at", "按期删除时间", "Erased after its term"),
)


async def _read(session: AsyncSession, batch: Batch) -> Sequence[Fact]:
    if not batch.calls:
        return ()
    query = (
        select(Recording)
        .where(Recording.tenant_id == batch.tenant_id, Recording.call_id.in_(batch.calls))
        .order_by(Recording.call_id)
    )
    return [
        Fact(
            key=str(row.call_id),
            attempt=row.call_id,
            values={
                "call_id": row.call_id,
                "path": row.path,
                "sha256": row.sha256,
                "bytes": row.bytes,
                "seconds": row.seconds,
                "created_at": row.created_at,
                "erased_at": row.erased_at,
            },
        )
        for row in await session.scalars(query)
    ]


EVIDENCE_PART = EvidencePart(name="recordings", zh="录音", en="Recordings", columns=_COLUMNS, read=_read)
