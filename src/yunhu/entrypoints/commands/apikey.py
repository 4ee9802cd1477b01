"""`yunhu apikey`."""

from collections.abc import Callable
from datetime import timedelta
from typing import ParamSpec
from uuid import UUID

import click
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.identity.key_history import write_down
from yunhu.domains.identity.public import (
    OPERATOR_SCOPES,
    TENANT_SCOPES,
    KeyWish,
    Scope,
    create_api_key,
    find_api_key,
    revoke_api_key,
    rotate_api_key,
)
from yunhu.entrypoints.commands.workplace import (
    json_option,
    open_workplace,
    runs_async,
    show_rows,
    tenant_id_of,
    tenant_option,
)
from yunhu.foundation.actor import Actor, ActorKind

P = ParamSpec("P")
_BY = Actor(ActorKind.COMMAND, "yunhu apikey")


@click.group()
def apikey() -> None:
    """Keys of programs, a tenant's or the operator's (API 密钥): create, list, rotate, revoke. Only their hashes are stored."""


def operator_option(function: Callable[P, None]) -> Callable[P, None]:
    """`--operator`."""
    return click.option(
        "--operator", is_flag=True, help="A key of the operator (乙方) itself, not of a tenant."
    )(function)


@apikey.command()
@tenant_option
@operator_option
@click.option("--name", required=True, help="Which program holds it.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([scope.value for scope in Scope]),
    help="What it may do; may be given again. Left out: everything that its side can hold.",
)
@click.option(
    "--network", "networks", multiple=True, help="CIDR block that it may be used from; may be given again."
)
@click.option("--days", type=click.IntRange(1, 3650), help="Days until it expires.")
@runs_async
async def create(
    tenant: str | None,
    operator: bool,
    name: str,
    scopes: tuple[str, ...],
    networks: tuple[str, ...],
    days: int | None,
) -> None:
    """Make a key and print it, this one time.

    \b
    Examples:
      yunhu apikey create --tenant example-hall --name queue-system --scope events:write
      yunhu apikey create --name console --network 10.0.0.0/8 --days 90
      yunhu apikey create --operator --name reports --scope operator:billing
    """
    async with open_workplace() as place, place.database.transaction() as session:
        now = place.clock.now()
        wish = KeyWish(
            name=name,
            scopes=[Scope(scope) for scope in scopes]
            or sorted(OPERATOR_SCOPES if operator else TENANT_SCOPES),
            allowed_networks=networks,
            expires_at=now + timedelta(days=days) if days else None,
        )
        tenant_id = await _owner(session, tenant, operator)
        token, key = await create_api_key(session, place.vault, tenant_id, wish, now)
        await write_down(session, _BY, "api_key.create", key)
    click.echo(token)


@apikey.command("list")
@tenant_option
@operator_option
@json_option
@runs_async
async def list_(tenant: str | None, operator: bool, as_json: bool) -> None:
    """Every key with its rights; never the key itself."""
    async with open_workplace() as place, place.database.transaction() as session:
        query = text(
            "SELECT id, prefix, name, array_to_string(scopes, ' ') AS scopes, expires_at, revoked_at, last_used_at "
            "FROM api_keys WHERE tenant_id IS NOT DISTINCT FROM :tenant_id ORDER BY id"
        )
        result = await session.execute(query, {"tenant_id": await _owner(session, tenant, operator)})
        show_rows(result.mappings().all(), as_json=as_json)


@apikey.command()
@click.argument("key_id", type=click.UUID)
@tenant_option
@operator_option
@click.option(
    "--grace-hours",
    type=click.IntRange(0, 720),
    default=24,
    show_default=True,
    help="How long the old key still works.",
)
@runs_async
async def rotate(key_id: UUID, tenant: str | None, operator: bool, grace_hours: int) -> None:
    """Make a successor with the same rights and print it; the old key ends after the grace."""
    async with open_workplace() as place, place.database.transaction() as session:
        old = await find_api_key(session, await _owner(session, tenant, operator), key_id)
        grace = timedelta(hours=grace_hours)
        token, _ = await rotate_api_key(session, place.vault, old, grace, place.clock.now())
        await write_down(session, _BY, "api_key.rotate", old)
    click.echo(token)


@apikey.command()
@click.argument("key_id", type=click.UUID)
@tenant_option
@operator_option
@runs_async
async def revoke(key_id: UUID, tenant: str | None, operator: bool) -> None:
    """End a key at once."""
    async with open_workplace() as place, place.database.transaction() as session:
        key = await find_api_key(session, await _owner(session, tenant, operator), key_id)
        await revoke_api_key(session, key, place.clock.now())
        await write_down(session, _BY, "api_key.revoke", key)
    click.echo("revoked")


async def _owner(session: AsyncSession, tenant: str | None, operator: bool) -> UUID | None:
    if operator and tenant:
        raise click.UsageError("a key belongs to a tenant or to the operator, not to both")
    return None if operator else await tenant_id_of(session, tenant)
