"""`yunhu consents`."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import click
import msgspec
from prometheus_client import CollectorRegistry
from sqlalchemy import select

from yunhu.domains.audit.public import record
from yunhu.domains.consent.errors import ConsentNotFoundError, RefusalPhoneInvalidError
from yunhu.domains.consent.evidence import prove
from yunhu.domains.consent.importing import IMPORT, ConsentImporter, ImportWish
from yunhu.domains.consent.links import DEFAULT_DAYS, LONGEST_DAYS, make_link, token_of, url_of
from yunhu.domains.consent.models import RefusalSource
from yunhu.domains.consent.proof_pdf import proof_pdf
from yunhu.domains.consent.repository_consents import ConsentFilter, consents_of
from yunhu.domains.consent.service import refuse as refuse_person
from yunhu.domains.documents.public import (
    DocumentStore,
    NewDocument,
    document_by_id,
    open_document,
    store_document,
)
from yunhu.domains.identity.public import Tenant
from yunhu.domains.notifications.public import ConsentPurpose
from yunhu.domains.tasks.public import Task, TaskState, TaskWorker, enqueue_task
from yunhu.entrypoints.commands.workplace import (
    Workplace,
    open_workplace,
    runs_async,
    tenant_id_of,
    tenant_option,
)
from yunhu.foundation.actor import Actor, ActorKind
from yunhu.foundation.http import Services
from yunhu.foundation.phone import InvalidPhoneError, Phone

_ACTOR = Actor(ActorKind.COMMAND, "yunhu consents")
_CHUNK = 1 << 16


@click.group()
def consents() -> None:
    """Consent (同意): import evidence, print proofs, make links, record refusals."""


@consents.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--purpose",
    required=True,
    type=click.Choice([purpose.value for purpose in ConsentPurpose]),
    help="Of rows that name none.",
)
@click.option("--encoding", type=click.Choice(["utf-8", "gb18030"]), default="utf-8", show_default=True)
@click.option(
    "--skip-bad-rows", is_flag=True, help="Import the good rows; otherwise one bad row, and nothing is."
)
@click.option(
    "--report", type=click.Path(path_type=Path, dir_okay=False), help="Where to write the bad rows."
)
@tenant_option
@runs_async
async def import_(
    file: Path, purpose: str, encoding: str, skip_bad_rows: bool, report: Path | None, tenant: str | None
) -> None:
    """Import consents from a CSV file, all of them or none; exit code 1 when nothing was imported.

    \b
    Example:
      yunhu consents import forms.csv --purpose notice --report bad.csv

    Its first line names the columns: phone, given_at, purpose, valid_until, reference.
    """
    wish = ImportWish(purpose=ConsentPurpose(purpose), encoding=encoding, skip_bad_rows=skip_bad_rows)
    async with open_workplace() as place:
        task = await _finished(place, await _enqueue(place, file, wish, tenant))
        if task.result_document_id is not None and report is not None:
            await _write(place, task.tenant_id, task.result_document_id, report)
    click.echo("  ".join(f"{name} {value}" for name, value in (task.report or {}).items()))
    if task.state != TaskState.DONE:
        raise click.ClickException(f"nothing was imported: {task.message or task.state}")


@consents.command()
@click.argument("phone")
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@tenant_option
@runs_async
async def proof(phone: str, target: Path, tenant: str | None) -> None:
    """Write the proof of one person's consent as a PDF, with the number masked."""
    async with open_workplace() as place, place.database.transaction() as session:
        tenant_id = await tenant_id_of(session, tenant)
        index = place.vault.index_of(_phone(phone))
        found = await consents_of(session, tenant_id, ConsentFilter(index=index), limit=1)
        if not found:
            raise ConsentNotFoundError("the person never agreed to anything")
        said = await prove(session, tenant_id, found[0].id, place.clock.now())
        owner = await session.get_one(Tenant, tenant_id)
        await asyncio.to_thread(target.write_bytes, proof_pdf(said, _phone(phone).masked, owner.name))
    click.echo(str(target))


@consents.command()
@click.argument("phone")
@click.option("--days", type=click.IntRange(1, LONGEST_DAYS), default=DEFAULT_DAYS, show_default=True)
@tenant_option
@runs_async
async def link(phone: str, days: int, tenant: str | None) -> None:
    """Print the link by which one person refuses calls and texts, or takes it back."""
    async with open_workplace() as place, place.database.transaction() as session:
        made = make_link(await tenant_id_of(session, tenant), _phone(phone), days, place.clock.now())
        click.echo(url_of(place.settings.public_url, token_of(made, place.vault)))


@consents.command()
@click.argument("phone")
@click.option("--everywhere", is_flag=True, help="The calls and texts of every tenant.")
@tenant_option
@runs_async
async def refuse(phone: str, everywhere: bool, tenant: str | None) -> None:
    """Record that a person wants no further calls and texts; what is open for the person ends at once."""
    if everywhere and tenant:
        raise click.UsageError("--everywhere and --tenant exclude each other")
    async with open_workplace() as place, place.database.transaction() as session:
        tenant_id = None if everywhere else await tenant_id_of(session, tenant)
        row = await refuse_person(
            session,
            place.vault,
            tenant_id=tenant_id,
            phone=_phone(phone),
            source=RefusalSource.OPERATOR,
            call_id=None,
            now=place.clock.now(),
            by=_ACTOR.name,
        )
        subject = ("refusal", row.id)
        await record(session, _ACTOR, action="refusal.record", subject=subject, tenant_id=tenant_id)
    click.echo(f"{row.id}  {_phone(phone).masked}")


async def _enqueue(place: Workplace, file: Path, wish: ImportWish, tenant: str | None) -> UUID:
    store = DocumentStore(place.settings.documents_dir, place.vault)
    async with place.database.transaction() as session:
        tenant_id, now = await tenant_id_of(session, tenant), place.clock.now()
        new = NewDocument(
            tenant_id=tenant_id,
            kind="consent_import",
            file_name=file.name,
            media_type="text/csv",
            actor=_ACTOR,
            now=now,
        )
        document = await store_document(session, store, new, _content(file))
        task = await enqueue_task(
            session,
            tenant_id=tenant_id,
            kind=IMPORT,
            parameters=msgspec.to_builtins(wish),
            actor=_ACTOR,
            now=now,
            input_document_id=document.id,
        )
    return task.id


async def _finished(place: Workplace, task_id: UUID) -> Task:
    """Do it here, unless a node has taken it; either way wait for its end."""
    services = Services(place.settings, place.database, place.vault, place.clock, CollectorRegistry())
    worker = TaskWorker(place.database, place.clock, {IMPORT: ConsentImporter(services).run})
    while True:
        ran = await worker.run_one()
        async with place.database.transaction() as session:
            task = (await session.scalars(select(Task).where(Task.id == task_id))).one()
        if task.finished_at is not None:
            return task
        if not ran:
            await asyncio.sleep(0.5)


async def _write(place: Workplace, tenant_id: UUID | None, document_id: UUID, target: Path) -> None:
    store = DocumentStore(place.settings.documents_dir, place.vault)
    async with place.database.transaction() as session:
        document = await document_by_id(session, document_id, tenant_id)
    with target.open("wb") as file:
        async for piece in open_document(store, document):
            await asyncio.to_thread(file.write, piece)


async def _content(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while piece := await asyncio.to_thread(file.read, _CHUNK):
            yield piece


def _phone(text_: str) -> Phone:
    try:
        return Phone.parse(text_)
    except InvalidPhoneError as error:
        raise RefusalPhoneInvalidError(str(error)) from None
