"""What audit does by itself: the heads of all chains into the log and a file, once a day."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.anchors import anchors_now, append_anchors
from yunhu.foundation.http import Services
from yunhu.foundation.jobs import Job

log = structlog.get_logger()

ANCHOR_FILE = "audit/anchors.jsonl"
"""Below the data directory."""


def jobs(services: Services) -> Sequence[Job]:
    """The slice's jobs."""
    path = services.settings.data_dir / ANCHOR_FILE

    async def anchor(session: AsyncSession, now: datetime) -> bool:
        anchors = await anchors_now(session, now)
        for found in anchors:
            log.info("audit.anchor", chain=str(found.chain), sequence=found.sequence, hash=found.hash.hex())
        await asyncio.to_thread(append_anchors, path, anchors)
        return False

    return (Job("audit.anchor", timedelta(days=1), anchor),)
