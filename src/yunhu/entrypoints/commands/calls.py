"""`yunhu calls`."""

from uuid import UUID

import click
from sqlalchemy import text

from yunhu.entrypoints.commands.workplace import (
    json_option,
    open_workplace,
    runs_async,
    show_rows,
    tenant_id_of,
    tenant_option,
)

_LIST = text(
    """
    SELECT c.id, c.reserved_at, c.caller_number, t.name AS trunk, c.state, c.result, c.reason, c.sip_code,
        round(extract(epoch FROM c.ended_at - c.answered_at)::numeric, 1) AS seconds, c.digits
    FROM calls AS c JOIN trunks AS t ON t.id = c.trunk_id
    WHERE c.tenant_id = :tenant_id ORDER BY c.id DESC LIMIT :limit
    """
)
_ONE = text(
    """
    SELECT id, notification_id, attempt, day, caller_number, text, state, reserved_at, ringing_at, early_media_at,
        answered_at, ended_at, result, reason, ended_by, sip_code, q850, answered_by, digits, heard, verdict,
        recording
    FROM calls WHERE id = :id
    """
)


@click.group()
def calls() -> None:
    """Call attempts as facts (通话): list, show."""


@calls.command("list")
@tenant_option
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@json_option
@runs_async
async def list_(tenant: str | None, limit: int, as_json: bool) -> None:
    """The latest calls, newest first."""
    async with open_workplace() as place, place.database.transaction() as session:
        parameters = {"tenant_id": await tenant_id_of(session, tenant), "limit": limit}
        show_rows((await session.execute(_LIST, parameters)).mappings().all(), as_json=as_json)


@calls.command()
@click.argument("call_id", type=click.UUID)
@runs_async
async def show(call_id: UUID) -> None:
    """Everything about one call: the verdict, the times, what was heard, how it ended, the recording."""
    async with open_workplace() as place, place.database.transaction() as session:
        row = (await session.execute(_ONE, {"id": call_id})).mappings().one_or_none()
    if row is None:
        raise click.ClickException("there is no such call")
    for name, value in row.items():
        if value is not None:
            click.echo(f"{name:16} {value}")
    if row["recording"]:
        click.echo(f"{'file':16} {place.settings.recordings_dir / row['recording']}")
