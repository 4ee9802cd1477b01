"""`yunhu backup`: everything that must be kept, in a folder that can be verified and restored."""

import asyncio
from pathlib import Path

import click
from sqlalchemy import text

from yunhu.entrypoints.backup import (
    DUMP,
    BackupDamagedError,
    NotEmptyError,
    create_backup,
    restore_files,
    run_tool,
    verify_backup,
)
from yunhu.entrypoints.commands.workplace import open_workplace, read_settings, runs_async
from yunhu.entrypoints.migrate import upgrade
from yunhu.foundation.db import Database, open_database
from yunhu.foundation.db.embedded import start_embedded
from yunhu.foundation.errors import InvalidInputError

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_passphrase = click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File whose first line seals the keys; left out, it is asked for.",
)
_ROLE = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'yunhu_tenant') THEN
        CREATE ROLE yunhu_tenant NOLOGIN NOINHERIT;
    END IF;
    EXECUTE format('GRANT yunhu_tenant TO %I', current_user);
END $$
"""
"""Roles belong to the server, so that no dump has them; policies name this one (see `0013_row_security`)."""
_TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"


@click.group()
def backup() -> None:
    """Backups (备份): database, recordings, documents, and the keys under a passphrase."""


@backup.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@_passphrase
@runs_async
async def create(folder: Path, passphrase_file: Path | None) -> None:
    """Write a backup into a new folder below FOLDER, while the product runs.

    What an earlier backup there has already is linked, not copied.

    \b
    Example:
      yunhu backup create /mnt/backup --passphrase-file /root/backup.pass
    """
    passphrase = _secret(passphrase_file, confirm=True)
    async with open_workplace() as place:
        manifest = await asyncio.to_thread(
            create_backup, place.settings, place.database.dsn, folder, passphrase, place.clock.now()
        )
    size = sum(line.bytes for line in manifest.files)
    click.echo(
        f"{folder / manifest.created_at.strftime('%Y%m%dT%H%M%SZ')}: {len(manifest.files)} files, {size} bytes"
    )


@backup.command()
@click.argument("folder", type=_FOLDER)
@click.option("--keys", is_flag=True, help="Also see whether the keys open.")
@_passphrase
def verify(folder: Path, passphrase_file: Path | None, *, keys: bool) -> None:
    """Read a backup through; exit code 1 names what is missing or was changed. Needs no database."""
    passphrase = _secret(passphrase_file) if keys or passphrase_file else None
    manifest, faults = verify_backup(folder, passphrase)
    for fault in faults:
        click.echo(f"  {fault}", err=True)
    if faults:
        raise click.ClickException(f"{len(faults)} faults")
    click.echo(f"{len(manifest.files)} files as they were written at {manifest.created_at.isoformat()}")


@backup.command()
@click.argument("folder", type=_FOLDER)
@_passphrase
@runs_async
async def restore(folder: Path, passphrase_file: Path | None) -> None:
    """Restore a backup into an empty data directory and an empty database, those of the settings.

    Nothing is restored over anything. Stop every process of the product before.
    """
    passphrase, settings = _secret(passphrase_file), read_settings()
    _, faults = await asyncio.to_thread(verify_backup, folder, passphrase)
    if faults:
        raise BackupDamagedError("; ".join(faults[:10]), faults=faults[:100])
    server = None if settings.database_url else start_embedded(settings.database_dir)
    database = open_database(settings.database_url or (server.url() if server else ""), pool_size=2)
    try:
        await _make_ready(database)
        count = await asyncio.to_thread(restore_files, settings, folder, passphrase)
        await asyncio.to_thread(
            run_tool, "pg_restore", database.dsn, "--no-owner", "--exit-on-error", "--single-transaction",
            str(folder / DUMP),
        )  # fmt: skip
        await upgrade(database)
    finally:
        await database.close()
        if server:
            server.release()
    click.echo(f"restored: the database, the keys, {count} recordings and documents")


async def _make_ready(database: Database) -> None:
    async with database.transaction() as session:
        if await session.scalar(text(_TABLES)):
            raise NotEmptyError("the database has tables", what="database")
        await session.execute(text(_ROLE))


def _secret(file: Path | None, *, confirm: bool = False) -> str:
    if file is None:
        found: str = click.prompt("passphrase", hide_input=True, confirmation_prompt=confirm)
    else:
        found = file.read_text(encoding="utf-8").splitlines()[0] if file.stat().st_size else ""
    if len(found) < 12:
        raise InvalidInputError("a passphrase has at least 12 characters")
    return found
