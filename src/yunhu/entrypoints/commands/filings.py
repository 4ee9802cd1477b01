"""`yunhu filings`."""

from uuid import UUID

import click
from sqlalchemy import text

from yunhu.entrypoints.commands.workplace import json_option, open_workplace, runs_async, show_rows

_LIST = text(
    """
    SELECT v.id, t.slug AS tenant, f.slug AS filing, v.number, v.state, lower(v.in_force) AS holds_from,
        upper(v.in_force) AS holds_until, v.submitted_by ->> 'name' AS submitted_by,
        v.reviewed_by ->> 'name' AS reviewed_by, v.decided_by ->> 'name' AS decided_by
    FROM filing_versions AS v JOIN filings AS f ON f.id = v.filing_id JOIN tenants AS t ON t.id = v.tenant_id
    WHERE (CAST(:tenant AS text) IS NULL OR t.slug = :tenant) AND (CAST(:state AS text) IS NULL OR v.state = :state)
    ORDER BY v.id DESC LIMIT :limit
    """
)
_ONE = text(
    """
    SELECT v.id, f.slug AS filing, v.number, v.state, lower(v.in_force) AS holds_from, upper(v.in_force) AS holds_until,
        v.remarks, v.content_hash, v.content
    FROM filing_versions AS v JOIN filings AS f ON f.id = v.filing_id WHERE v.id = :id
    """
)
_SCRIPTS = text(
    """
    SELECT s.slug AS script, s.channel, w.number AS version, w.state, w.text
    FROM filing_scripts AS x JOIN script_versions AS w ON w.id = x.script_version_id JOIN scripts AS s ON s.id = w.script_id
    WHERE x.filing_version_id = :id ORDER BY s.slug
    """
)


@click.group()
def filings() -> None:
    """What tenants have filed (备案): list, show. Decisions are taken by persons, through the API."""


@filings.command("list")
@click.option("--tenant", help="Slug of the tenant (甲方).")
@click.option("--state", help="Only in that state: submitted, reviewed, approved, effective, …")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@json_option
@runs_async
async def list_(tenant: str | None, state: str | None, limit: int, as_json: bool) -> None:
    """The latest versions, newest first."""
    async with open_workplace() as place, place.database.transaction() as session:
        parameters = {"tenant": tenant, "state": state, "limit": limit}
        show_rows((await session.execute(_LIST, parameters)).mappings().all(), as_json=as_json)


@filings.command()
@click.argument("version_id", type=click.UUID)
@json_option
@runs_async
async def show(version_id: UUID, as_json: bool) -> None:
    """One version: the package, when it holds, its scripts word for word."""
    async with open_workplace() as place, place.database.transaction() as session:
        row = (await session.execute(_ONE, {"id": version_id})).mappings().one_or_none()
        if row is None:
            raise click.ClickException("there is no such filing")
        show_rows([row], as_json=as_json)
        scripts = (await session.execute(_SCRIPTS, {"id": version_id})).mappings().all()
        show_rows(scripts, as_json=as_json)
