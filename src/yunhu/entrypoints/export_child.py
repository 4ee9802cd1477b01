"""The process that writes one export: `python -m yunhu.entrypoints.export_child`, started by a node's task.

It is a process of its own, and a patient one, because a node's calls must not wait for a workbook.
"""

import asyncio
import os
import sys
from pathlib import Path

import msgspec

from yunhu.domains.exports.public import Job, Parts, Said, make_export
from yunhu.entrypoints.api import create_app, database_url_of
from yunhu.entrypoints.exports import all_offers
from yunhu.entrypoints.own_lists import OwnLists
from yunhu.foundation.clock import SystemClock
from yunhu.foundation.crypto import load_vault
from yunhu.foundation.db import open_database
from yunhu.foundation.logging import configure_logging
from yunhu.foundation.settings import load_settings

_NICENESS = 10


def _say(said: Said) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(said) + b"\n")
    sys.stdout.buffer.flush()


async def _progress(rows: int) -> None:
    _say(Said(rows))


async def write_export(job: Job) -> None:
    """Write the file that the job wants, telling the progress on standard output."""
    settings = load_settings()
    configure_logging(level="warning", format_=settings.log_format)
    database = open_database(database_url_of(settings), pool_size=2)
    vault, clock = load_vault(settings.keys_dir), SystemClock()
    try:
        lists = OwnLists(create_app(settings, database, vault, clock)) if job.order.caller else None
        rows = await make_export(
            Parts(database, vault, all_offers(), lists),
            job.order,
            job.tenant_id,
            Path(job.path),
            clock.now(),
            _progress,
        )
    finally:
        await database.close()
    _say(Said(rows, done=True))


def main() -> None:
    """The command."""
    os.nice(_NICENESS)
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    asyncio.run(write_export(job))


if __name__ == "__main__":
    main()
