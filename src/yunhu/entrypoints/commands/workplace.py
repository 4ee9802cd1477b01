"""What commands need of their surroundings: settings, the database, the vault."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping
from contextlib import asynccontextmanager
from functools import wraps
from typing import Any, ParamSpec
from uuid import UUID

import click
import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.entrypoints.migrate import upgrade
from yunhu.foundation.clock import SHANGHAI, SystemClock
from yunhu.foundation.crypto import Vault, load_vault
from yunhu.foundation.db import Database, open_database
from yunhu.foundation.db.embedded import start_embedded
from yunhu.foundation.errors import NotFoundError
from yunhu.foundation.logging import configure_logging
from yunhu.foundation.settings import Settings, load_settings

P = ParamSpec("P")


class Workplace(msgspec.Struct, frozen=True):
    """Open parts of this installation."""

    settings: Settings
    database: Database
    vault: Vault
    clock: SystemClock


def read_settings() -> Settings:
    """The settings, with logging set up by them."""
    settings = load_settings()
    configure_logging(level=settings.log_level, format_=settings.log_format)
    return settings


@asynccontextmanager
async def open_workplace(settings: Settings | None = None) -> AsyncIterator[Workplace]:
    """Connect to the database: the server that was set, or the embedded one, which is started when it does not run.

    The embedded one is brought to this version's schema; a server of one's own is migrated by `yunhu db migrate`.
    """
    settings = settings or read_settings()
    server = None if settings.database_url else start_embedded(settings.database_dir)
    database = open_database(settings.database_url or (server.url() if server else ""), pool_size=2)
    try:
        if server:
            await upgrade(database)
        yield Workplace(settings, database, load_vault(settings.keys_dir), SystemClock())
    finally:
        await database.close()
        if server:
            server.release()


def runs_async(function: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Make a coroutine function a command's body."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        asyncio.run(function(*args, **kwargs))

    return run


async def tenant_id_of(session: AsyncSession, slug: str | None) -> UUID:
    """The tenant of that slug, or the only one there is."""
    rows = (await session.execute(text("SELECT id, slug FROM tenants ORDER BY slug"))).all()
    found = [row.id for row in rows if slug in {None, row.slug}]
    if len(found) != 1:
        known = ", ".join(row.slug for row in rows) or "(none)"
        raise NotFoundError(f"name one tenant with --tenant; there are: {known}")
    tenant_id: UUID = found[0]
    return tenant_id


def show_rows(rows: Iterable[Mapping[Any, Any]], *, as_json: bool) -> None:
    """A table for people, or JSON lines for programs."""
    plain = [{name: _plain(value) for name, value in row.items()} for row in rows]
    if as_json:
        for row in plain:
            click.echo(json.dumps(row, ensure_ascii=False))
        return
    if not plain:
        click.echo("(nothing)")
        return
    names = list(plain[0])
    widths = {name: max(len(name), *(len(str(row[name] or "")) for row in plain)) for name in names}
    click.echo("  ".join(name.ljust(widths[name]) for name in names).rstrip())
    for row in plain:
        click.echo(
            "  ".join(
                str(row[name] if row[name] is not None else "").ljust(widths[name]) for name in names
            ).rstrip()
        )


def _plain(value: Any) -> Any:
    if hasattr(value, "astimezone"):
        return value.astimezone(SHANGHAI).isoformat(sep=" ", timespec="seconds")
    return value if value is None or isinstance(value, str | int | float | list | dict) else str(value)


def json_option(function: Callable[P, None]) -> Callable[P, None]:
    """`--json`."""
    return click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")(function)


def tenant_option(function: Callable[P, None]) -> Callable[P, None]:
    """`--tenant`."""
    return click.option(
        "--tenant", help="Slug of the tenant (甲方); may be left out where there is only one."
    )(function)
