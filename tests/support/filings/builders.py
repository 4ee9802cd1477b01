"""Approved filings, straight into the tables."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.filings import repository
from yunhu.domains.filings.models import Filing, FilingVersion
from yunhu.domains.filings.plan import CallPlan, FilingContent
from yunhu.domains.filings.rules import content_hash, moment_range
from yunhu.domains.notifications.public import Purpose, TimeWindow
from yunhu.domains.scripts.public import versions_by_id
from yunhu.foundation.ids import new_id

ALWAYS = TimeWindow(days=(1, 2, 3, 4, 5, 6, 7), start="00:00", end="24:00")
WIDE_PLAN = CallPlan(
    windows=(ALWAYS,), daily_calls=1_000_000, daily_messages=1_000_000, messages_per_callee=50
)


def content_for(versions: Collection[UUID], plan: CallPlan = WIDE_PLAN) -> FilingContent:
    """A package for every purpose."""
    return FilingContent(
        scope="取号办事的群众",
        purpose="排队叫号提醒",
        purposes=tuple(Purpose),
        script_versions=tuple(versions),
        plan=plan,
    )


async def file_versions(
    session: AsyncSession,
    tenant_id: UUID,
    versions: Collection[UUID],
    now: datetime,
    *,
    plan: CallPlan = WIDE_PLAN,
    slug: str = "main",
) -> UUID:
    """A filing over these script versions, in force for a year before and without end; its version's id."""
    content = content_for(versions, plan)
    filing = Filing(id=new_id(), tenant_id=tenant_id, slug=slug, name=slug, created_at=now)
    session.add(filing)
    await session.flush()
    reviewer = {"kind": "user", "name": "reviewer", "id": None}
    version = FilingVersion(
        id=new_id(),
        filing_id=filing.id,
        tenant_id=tenant_id,
        number=1,
        state="effective",
        content=msgspec.to_builtins(content),
        content_hash=content_hash(content),
        drafted_by=[{"kind": "user", "name": "drafter", "id": None}],
        remarks="",
        decided_at=now,
        decided_by=reviewer,
        created_at=now,
        updated_at=now,
    )
    session.add(version)
    await session.flush()
    scripts = await versions_by_id(session, list(versions))
    await repository.set_scripts(session, version, list(scripts.values()))
    await repository.set_force(session, version, moment_range(now - timedelta(days=365), None))
    return version.id
