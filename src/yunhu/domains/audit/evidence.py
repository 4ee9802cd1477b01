"""What audit contributes to an evidence pack: who looked at a call or a message, or changed something about it."""

from collections.abc import Sequence
from itertools import chain
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.models import AuditEntry
from yunhu.foundation.evidence import Attempt, Batch, Column, EvidencePart, Fact

_COLUMNS = (
    Column("at", "时间", "When"),
    Column("actor_kind", "身份类别", "Kind of actor"),
    Column("actor_name", "操作人", "Who"),
    Column("action", "动作", "What"),
    Column("reason", "事由", "Why"),
    Column("changes", "变更", "Changes"),
    Column("sequence", "审计链序号", "Number in the chain"),
    Column("hash", "条目哈希", "Hash of the entry"),
)
_SAME = (
    "sequence", "kind", "at", "actor_kind", "actor_name", "actor_id", "action", "subject_kind", "subject_id", "changes",
    "reason", "hash",
)  # fmt: skip
OWN_LOOK = "look.evidence"
"""Making a pack is a look, too; packs that were made before are listed apart, or no two packs would ever be alike."""


async def _read(session: AsyncSession, batch: Batch) -> Sequence[Fact]:
    subjects = dict(chain.from_iterable(_subjects(attempt) for attempt in batch.attempts[::-1]))
    if not subjects:
        return ()
    query = (
        select(AuditEntry)
        .where(
            AuditEntry.chain == batch.tenant_id,
            tuple_(AuditEntry.subject_kind, AuditEntry.subject_id).in_(list(subjects)),
            AuditEntry.at <= batch.until,
            AuditEntry.action != OWN_LOOK,
        )
        .order_by(AuditEntry.sequence)
    )
    return [
        Fact(
            key=str(row.sequence),
            attempt=subjects[row.subject_kind, row.subject_id],
            values={name: getattr(row, name) for name in _SAME},
        )
        for row in await session.scalars(query)
    ]


def _subjects(attempt: Attempt) -> list[tuple[tuple[str, str], UUID]]:
    own = "call" if attempt.channel == "voice" else "message"
    return [
        ((own, str(attempt.id)), attempt.id),
        (("notification", str(attempt.notification_id)), attempt.id),
    ]


EVIDENCE_PART = EvidencePart(name="audit", zh="查看与变更记录", en="Who looked", columns=_COLUMNS, read=_read)
