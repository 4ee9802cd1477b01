"""The very first start: load the example hall and make a key for it."""

import os
from importlib import resources
from pathlib import Path

import structlog
from sqlalchemy import text

from yunhu.domains.identity.links import Invitation, first_link
from yunhu.domains.identity.public import TENANT_SCOPES, KeyWish, create_api_key
from yunhu.domains.identity.user_errors import AdministratorExistsError
from yunhu.foundation.actor import Actor, ActorKind
from yunhu.foundation.clock import SystemClock
from yunhu.foundation.crypto import Vault, load_vault
from yunhu.foundation.db import Database
from yunhu.foundation.settings import Settings

EXAMPLE_SLUG = "example-hall"

log = structlog.get_logger()


def key_file_of(settings: Settings) -> Path:
    """Where the example hall's API key lies, readable by the owner alone."""
    return settings.keys_dir / f"{EXAMPLE_SLUG}.key"


def example_text() -> str:
    """The example hall's file, as it is shipped."""
    return (resources.files("yunhu.entrypoints.examples") / "hall.yaml").read_text("utf-8")


async def load_example(settings: Settings, database: Database) -> None:
    """Load the example into a database without tenants, and see that its key is at hand."""
    vault = load_vault(settings.keys_dir)
    clock = SystemClock()
    async with database.transaction() as session:
        tenants = {row.slug: row.id for row in await session.execute(text("SELECT slug, id FROM tenants"))}
    if not tenants:
        await _apply_example(settings, database, vault)
        async with database.transaction() as session:
            tenants[EXAMPLE_SLUG] = await session.scalar(text("SELECT id FROM tenants"))
    path = key_file_of(settings)
    if EXAMPLE_SLUG not in tenants or path.exists():
        return
    async with database.transaction() as session:
        wish = KeyWish(name="first start", scopes=sorted(TENANT_SCOPES))
        token, _ = await create_api_key(session, vault, tenants[EXAMPLE_SLUG], wish, clock.now())
    _write_private(path, token)


async def _apply_example(settings: Settings, database: Database, vault: Vault) -> None:
    # Only the first start needs what applies a file.
    from yunhu.entrypoints.apply import ApplyContext, apply_file  # noqa: PLC0415
    from yunhu.entrypoints.apply_file import read_tenant_file  # noqa: PLC0415

    context = ApplyContext(
        database, vault, SystemClock(), os.environ, callbacks_to_private=settings.callbacks_to_private
    )
    await apply_file(context, read_tenant_file(example_text()), dry_run=False)
    log.info("example.loaded", tenant=EXAMPLE_SLUG)


async def invite_administrator(settings: Settings, database: Database) -> Invitation | None:
    """A link for the operator's first administrator; None once the operator has a user."""
    vault = load_vault(settings.keys_dir)
    try:
        async with database.transaction() as session:
            return await first_link(session, vault, Actor(ActorKind.COMMAND, "yunhu up"), SystemClock().now())
    except AdministratorExistsError:
        return None


def _write_private(path: Path, token: str) -> None:
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{token}\n")
    draft.replace(path)
