"""`yunhu numbers`."""

from typing import Any, BinaryIO

import click
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import record
from yunhu.domains.numbers.errors import NumberInvalidError, NumberNotFoundError
from yunhu.domains.numbers.models import CallerNumber
from yunhu.domains.numbers.repository import numbers_by_e164
from yunhu.domains.numbers.service import import_numbers, take_step
from yunhu.domains.numbers.states import Step
from yunhu.domains.numbers.stock import cards_of, phone_of, read_table
from yunhu.entrypoints.commands.workplace import json_option, open_workplace, runs_async, show_rows
from yunhu.foundation.actor import Actor, ActorKind

_ACTOR = Actor(ActorKind.COMMAND, "yunhu numbers")
_LIST = text(
    """
    SELECT n.e164 AS number, n.region, n.registered_to, t.slug AS tenant, n.state, n.state_reason, n.health,
        n.valid_until, n.cooling_until, n.live_calls, n.last_used_at
    FROM caller_numbers AS n LEFT JOIN tenants AS t ON t.id = n.tenant_id
    WHERE (CAST(:tenant AS text) IS NULL OR t.slug = :tenant) AND (CAST(:state AS text) IS NULL OR n.state = :state)
    ORDER BY n.e164 LIMIT :limit
    """
)


@click.group()
def numbers() -> None:
    """Caller numbers (外显号码): list, take into stock, put on hold at once."""


@numbers.command("list")
@click.option("--tenant", help="Slug of the tenant (甲方).")
@click.option("--state", help="Only in that state: available, allocated, held, quarantined, released.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
@json_option
@runs_async
async def list_(tenant: str | None, state: str | None, limit: int, as_json: bool) -> None:
    """Every number, in its order."""
    async with open_workplace() as place, place.database.transaction() as session:
        parameters = {"tenant": tenant, "state": state, "limit": limit}
        show_rows((await session.execute(_LIST, parameters)).mappings().all(), as_json=as_json)


@numbers.command("import")
@click.argument("file", type=click.File("rb"))
@runs_async
async def import_(file: BinaryIO) -> None:
    """Take a carrier's table (CSV, UTF-8) into stock: every row, or none when one is wrong.

    Columns: number, trunk, registered_to, valid_from; and, where wanted, valid_until, region, per_minute, per_hour,
    per_day, max_concurrent.
    """
    try:
        wanted = read_table(file.read().decode("utf-8"))
    except UnicodeDecodeError:
        raise NumberInvalidError("the table is not in UTF-8", row=0) from None
    async with open_workplace() as place, place.database.transaction() as session:
        cards = await cards_of(session, wanted)
        rows = await import_numbers(session, cards, _ACTOR, place.clock.now())
        for row in rows:
            await _record(session, "number.import", row, {"registered_to": row.registered_to})
    click.echo(f"{len(rows)} numbers imported")


@numbers.command()
@click.argument("number")
@click.option("--reason", required=True)
@runs_async
async def hold(number: str, reason: str) -> None:
    """Stop showing a number; nodes obey within a second."""
    await _step(number, Step.HOLD, reason)


@numbers.command()
@click.argument("number")
@click.option("--reason", required=True)
@runs_async
async def restore(number: str, reason: str) -> None:
    """Show a number again that was held or quarantined."""
    await _step(number, Step.RESTORE, reason)


async def _step(number: str, step: Step, reason: str) -> None:
    async with open_workplace() as place, place.database.transaction() as session:
        found = await numbers_by_e164(session, [phone_of(number, 1).e164])
        if not found:
            raise NumberNotFoundError
        row = await take_step(session, found[0].id, step, reason, _ACTOR, place.clock.now())
        await _record(session, f"number.{step}", row, {"state": row.state}, reason)
    click.echo(row.state)


async def _record(
    session: AsyncSession, action: str, row: CallerNumber, after: dict[str, Any], reason: str = ""
) -> None:
    await record(
        session,
        _ACTOR,
        action=action,
        subject=("caller_number", row.id),
        tenant_id=row.tenant_id,
        after=after,
        reason=reason,
    )
