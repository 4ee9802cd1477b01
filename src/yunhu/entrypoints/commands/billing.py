"""`yunhu billing`."""

import io
from datetime import datetime
from pathlib import Path

import click
import msgspec
from sqlalchemy import text

from yunhu.domains.billing.call_details import CallDetailFormat, read_call_details
from yunhu.domains.billing.closing import close_month
from yunhu.domains.billing.errors import ContractUnknownError
from yunhu.domains.billing.reconciliation import ReconciliationWish, reconcile
from yunhu.domains.billing.verification import verify as verify_all
from yunhu.domains.documents.public import DocumentStore, document_by_id, open_document
from yunhu.entrypoints.commands.workplace import open_workplace, runs_async, tenant_id_of, tenant_option
from yunhu.foundation.actor import Actor, ActorKind
from yunhu.foundation.money import yuan_text

_ACTOR = Actor(ActorKind.COMMAND, "yunhu billing")
_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def billing() -> None:
    """Money (计费): prove the books, close a month, compare with a carrier's call details."""


@billing.command()
@runs_async
async def verify() -> None:
    """Prove that quotas, pieces, call records and ledger agree; exit code 1 when they do not."""
    async with open_workplace() as place, place.database.transaction() as session:
        await session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        found = await verify_all(session)
    for contradiction in found:
        click.echo(f"{contradiction.check}  {contradiction.subject}  {contradiction.detail}")
    if found:
        raise click.ClickException(f"{len(found)} contradictions")
    click.echo("the books agree")


@billing.command()
@click.option("--number", required=True, help="The contract's number, as printed.")
@click.option("--month", required=True, type=click.DateTime(formats=["%Y-%m"]), help="YYYY-MM.")
@click.option(
    "--folder",
    required=True,
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="For both files.",
)
@runs_async
async def statement(number: str, month: datetime, folder: Path) -> None:
    """Close a month of a contract, and write its PDF and workbook."""
    async with open_workplace() as place:
        store = DocumentStore(place.settings.documents_dir, place.vault)
        async with place.database.transaction() as session:
            contract_id = await session.scalar(
                text("SELECT id FROM contracts WHERE number = :number"), {"number": number}
            )
            if contract_id is None:
                raise ContractUnknownError(f"there is no contract {number!r}")
        row = await close_month(place.database, store, contract_id, month.date(), _ACTOR, place.clock.now())
        for form, document_id in (("pdf", row.pdf_document_id), ("xlsx", row.xlsx_document_id)):
            async with place.database.transaction() as session:
                document = await document_by_id(session, document_id, row.tenant_id)
            target = folder / f"{row.number}.{form}"
            with target.open("wb") as file:
                async for piece in open_document(store, document):
                    file.write(piece)
            click.echo(str(target))
    click.echo(f"{row.number}: {yuan_text(row.gross)} = {yuan_text(row.net)} + {yuan_text(row.vat)}")


@billing.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--from", "first", required=True, type=_DAY, help="First day.")
@click.option("--to", "last", required=True, type=_DAY, help="Last day.")
@click.option("--format", "format_file", type=click.File("rb"), help="JSON: columns, encoding, tolerances.")
@click.option("--unanswered", is_flag=True, help="The file holds unanswered calls, too.")
@tenant_option
@runs_async
async def reconcile_command(
    file: Path,
    first: datetime,
    last: datetime,
    format_file: io.BufferedReader | None,
    tenant: str | None,
    *,
    unanswered: bool,
) -> None:
    """Compare a carrier's CSV file with the calls of a tenant."""
    format_ = CallDetailFormat()
    if format_file is not None:
        format_ = msgspec.json.decode(format_file.read(), type=CallDetailFormat)
    wish = ReconciliationWish(
        first_day=first.date(), last_day=last.date(), format=format_, unanswered=unanswered
    )
    async with open_workplace() as place, place.database.transaction() as session:
        tenant_id = await tenant_id_of(session, tenant)
        with file.open(encoding=format_.encoding, newline="") as lines:
            records = read_call_details(lines, format_, place.vault)
            run = await reconcile(session, tenant_id, wish, records, now=place.clock.now(), by=_ACTOR.name)
    click.echo(f"{run.id}: {run.theirs} rows, {run.ours} calls, {run.matched} agree on who and when")
    for cause, count in sorted(run.counts.items()):
        click.echo(f"  {cause}  {count}")


reconcile_command.name = "reconcile"
