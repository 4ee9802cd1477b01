"""`yunhu db`."""

import click
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ProgrammingError

from yunhu.entrypoints.commands.workplace import open_workplace, runs_async
from yunhu.entrypoints.migrate import upgrade
from yunhu.migrations import newest_revision


@click.group()
def db() -> None:
    """The database (数据库): migrate, status, url."""


@db.command()
@runs_async
async def migrate() -> None:
    """Bring the schema up to this version. Safe to run at any time and from many machines at once."""
    async with open_workplace() as place:
        await upgrade(place.database)
    click.echo("the schema is up to date")


@db.command()
@runs_async
async def status() -> None:
    """Which server, which schema, how much is in it."""
    async with open_workplace() as place:
        try:
            async with place.database.transaction() as session:
                row = (
                    await session.execute(
                        text(
                            "SELECT current_setting('server_version') AS server, "
                            "pg_size_pretty(pg_database_size(current_database())) AS size, "
                            "(SELECT version_num FROM alembic_version) AS schema"
                        )
                    )
                ).one()
        except ProgrammingError as error:
            raise click.ClickException("the database has no schema yet: run `yunhu db migrate`") from error
        newest = newest_revision()
        state = "up to date" if row.schema == newest else f"this version needs {newest}"
        click.echo(f"PostgreSQL {row.server}, {row.size}, schema {row.schema} ({state})")


@db.command()
@runs_async
async def url() -> None:
    """Where to connect, for psql and other tools; a password is masked.

    \b
    Example:
      psql "$(yunhu db url)"             while `yunhu up` is running
    """
    async with open_workplace() as place:
        click.echo(make_url(place.database.dsn).render_as_string(hide_password=True))
