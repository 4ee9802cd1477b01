"""`yunhu complaints`."""

from uuid import UUID

import click
from sqlalchemy import text

from yunhu.domains.complaints import repository
from yunhu.domains.complaints.errors import ComplaintNotFoundError
from yunhu.domains.complaints.states import ComplaintState
from yunhu.entrypoints.commands.workplace import (
    json_option,
    open_workplace,
    runs_async,
    show_rows,
    tenant_option,
)
from yunhu.foundation.clock import natural_day

_LIST = text(
    """
    SELECT c.id, t.slug AS tenant, c.reference, c.source, c.about, c.state, c.received_at, c.due_on,
        c.state IN ('registered', 'investigating') AND c.due_on < :today AS late,
        c.script_paused_at IS NOT NULL OR c.number_paused_at IS NOT NULL AS pauses
    FROM complaints AS c JOIN tenants AS t ON t.id = c.tenant_id
    WHERE (CAST(:tenant AS text) IS NULL OR t.slug = :tenant) AND (CAST(:state AS text) IS NULL OR c.state = :state)
      AND (NOT :overdue OR (c.state IN ('registered', 'investigating') AND c.due_on < :today))
    ORDER BY c.id DESC LIMIT :limit
    """
)
_MONTHS = text(
    """
    SELECT t.slug AS tenant, to_char(m.month, 'YYYY-MM') AS month, m.counted
    FROM complaint_months AS m JOIN tenants AS t ON t.id = m.tenant_id
    WHERE CAST(:tenant AS text) IS NULL OR t.slug = :tenant ORDER BY m.month DESC, t.slug LIMIT 100
    """
)


@click.group()
def complaints() -> None:
    """Complaints (投诉): what came in, what is late, what it pauses."""


@complaints.command("list")
@tenant_option
@click.option("--state", type=click.Choice([state.value for state in ComplaintState]))
@click.option("--overdue", is_flag=True, help="Only those whose answer is late.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@json_option
@runs_async
async def list_(tenant: str | None, state: str | None, overdue: bool, limit: int, as_json: bool) -> None:
    """Complaints about one tenant or all, newest first."""
    async with open_workplace() as place, place.database.transaction() as session:
        values = {
            "tenant": tenant,
            "state": state,
            "overdue": overdue,
            "limit": limit,
            "today": natural_day(place.clock.now()),
        }
        rows = (await session.execute(_LIST, values)).mappings().all()
    show_rows(rows, as_json=as_json)


@complaints.command()
@tenant_option
@json_option
@runs_async
async def months(tenant: str | None, as_json: bool) -> None:
    """How many complaints count in each month."""
    async with open_workplace() as place, place.database.transaction() as session:
        rows = (await session.execute(_MONTHS, {"tenant": tenant})).mappings().all()
    show_rows(rows, as_json=as_json)


@complaints.command()
@click.argument("complaint_id", type=click.UUID)
@json_option
@runs_async
async def show(complaint_id: UUID, as_json: bool) -> None:
    """The history of one complaint, oldest first."""
    async with open_workplace() as place, place.database.transaction() as session:
        row = await repository.find(session, complaint_id, None)
        if row is None:
            raise ComplaintNotFoundError
        entries = await repository.entries_of(session, complaint_id)
    show_rows(
        [
            {
                "at": one.at,
                "step": one.step,
                "state": one.state,
                "side": one.side,
                "by": one.actor,
                "text": one.text,
            }
            for one in entries
        ],
        as_json=as_json,
    )
