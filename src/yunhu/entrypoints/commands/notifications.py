"""`yunhu notifications`."""

from pathlib import Path
from uuid import UUID

import click
from sqlalchemy import text

from yunhu.entrypoints.commands.api_client import api_options, ask, open_api
from yunhu.entrypoints.commands.workplace import (
    json_option,
    open_workplace,
    read_settings,
    runs_async,
    show_rows,
    tenant_id_of,
    tenant_option,
)

_LIST = text(
    """
    SELECT n.id, n.created_at, n.purpose, n.channel, j.queue_number AS queue_number, n.state, n.result, n.attempts
    FROM notifications AS n LEFT JOIN journeys AS j ON j.id = n.journey_id
    WHERE n.tenant_id = :tenant_id AND (CAST(:state AS text) IS NULL OR n.state = :state)
    ORDER BY n.id DESC LIMIT :limit
    """
)
_ONE = text(
    """
    SELECT n.id, n.purpose, n.channel, n.state, n.result, n.attempts, n.deadline, n.callee_cipher, v.text AS filed
    FROM notifications AS n JOIN script_versions AS v ON v.id = n.script_version_id WHERE n.id = :id
    """
)
_TIMELINE = text("SELECT at, kind, detail FROM timeline_entries WHERE notification_id = :id ORDER BY id")


@click.group()
def notifications() -> None:
    """What is owed to visitors (通知): list, show, cancel."""


@notifications.command("list")
@tenant_option
@click.option("--state", help="Only in that state: pending, active, delivered, failed, expired, …")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@json_option
@runs_async
async def list_(tenant: str | None, state: str | None, limit: int, as_json: bool) -> None:
    """The latest notifications, newest first.

    \b
    Examples:
      yunhu notifications list
      yunhu notifications list --state pending --json
    """
    async with open_workplace() as place, place.database.transaction() as session:
        parameters = {"tenant_id": await tenant_id_of(session, tenant), "state": state, "limit": limit}
        show_rows((await session.execute(_LIST, parameters)).mappings().all(), as_json=as_json)


@notifications.command()
@click.argument("notification_id", type=click.UUID)
@json_option
@runs_async
async def show(notification_id: UUID, as_json: bool) -> None:
    """One notification and every line of its timeline (时间线). The phone number is masked."""
    async with open_workplace() as place, place.database.transaction() as session:
        row = (await session.execute(_ONE, {"id": notification_id})).mappings().one_or_none()
        if row is None:
            raise click.ClickException("there is no such notification")
        facts = dict(row)
        facts["callee"] = str(place.vault.open_phone(facts.pop("callee_cipher")))
        show_rows([facts], as_json=as_json)
        lines = (await session.execute(_TIMELINE, {"id": notification_id})).mappings().all()
        show_rows(lines, as_json=as_json)


@notifications.command()
@click.argument("notification_id", type=click.UUID)
@api_options
@runs_async
async def cancel(notification_id: UUID, url: str | None, key_file: Path | None) -> None:
    """Cancel through the running API; a phone that rings stops ringing."""
    async with open_api(read_settings(), url, key_file) as api:
        answer = await ask(api, "POST", f"/api/v1/notifications/{notification_id}/cancel")
    click.echo(f"{notification_id} is {answer['state'] if answer else 'cancelled'}")
