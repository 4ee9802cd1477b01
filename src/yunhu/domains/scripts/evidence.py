"""What scripts contribute to an evidence pack: the wordings, and whether each still has the hash it was filed with."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.scripts.models import Script, ScriptVersion
from yunhu.domains.scripts.rules import text_hash
from yunhu.foundation.evidence import Batch, Column, EvidencePart, Fact
from yunhu.speech.reading import Slot

_COLUMNS = (
    Column("name", "话术名称", "Script"),
    Column("slug", "标识", "Slug"),
    Column("number", "版本", "Version"),
    Column("channel", "渠道", "Channel"),
    Column("text", "备案文本", "Wording"),
    Column("slots", "变量定义", "Slots"),
    Column("text_hash", "文本哈希 SHA-256", "SHA-256 of the wording"),
    Column("hash_holds", "哈希复核一致", "Hash worked out anew agrees"),
    Column("created_at", "创建时间", "Created"),
    Column("approved_at", "批准时间", "Approved"),
    Column("approved_by", "批准人", "Approved by"),
)


async def _read(session: AsyncSession, batch: Batch) -> Sequence[Fact]:
    ids = {attempt.script_version_id for attempt in batch.attempts}
    if not ids:
        return ()
    query = (
        select(ScriptVersion, Script)
        .join(Script, Script.id == ScriptVersion.script_id)
        .where(ScriptVersion.tenant_id == batch.tenant_id, ScriptVersion.id.in_(ids))
        .order_by(ScriptVersion.id)
    )
    return [
        Fact(
            key=str(version.id),
            values={
                "script_version_id": version.id,
                "name": script.name,
                "slug": script.slug,
                "number": version.number,
                "channel": script.channel,
                "text": version.text,
                "slots": version.slots,
                "text_hash": version.text_hash,
                "hash_holds": text_hash(version.text, msgspec.convert(version.slots, tuple[Slot, ...]))
                == version.text_hash,
                "created_at": version.created_at,
                "approved_at": version.approved_at,
                "approved_by": version.approved_by,
            },
        )
        for version, script in await session.execute(query)
    ]


EVIDENCE_PART = EvidencePart(
    name="scripts", zh="话术", en="Scripts", columns=_COLUMNS, read=_read, shared=True
)
