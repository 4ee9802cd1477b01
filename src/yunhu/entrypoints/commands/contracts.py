"""`yunhu contracts`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import msgspec
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.contracts.clocks import entries
from yunhu.domains.contracts.drafts import SignWish
from yunhu.domains.contracts.drafts import sign as sign_contract
from yunhu.domains.contracts.errors import ContractNotFoundError
from yunhu.domains.contracts.events import Journal, journal_of
from yunhu.domains.contracts.file import ContractDocument, fen_of, file_faults
from yunhu.domains.contracts.models import Contract
from yunhu.domains.contracts.payments import PaymentWish, record_payment
from yunhu.domains.contracts.provision import provision_contract
from yunhu.domains.contracts.reading import whole
from yunhu.domains.contracts.repository_parts import clock_of, suspensions_of
from yunhu.domains.contracts.schemas import ContractWhole
from yunhu.domains.contracts.suspensions import CauseWish
from yunhu.domains.contracts.suspensions import lift as lift_suspension
from yunhu.domains.contracts.suspensions import suspend as suspend_contract
from yunhu.domains.contracts.words import Cause, SuspensionState
from yunhu.entrypoints.apply import ApplyReport
from yunhu.entrypoints.apply_text import report_lines
from yunhu.entrypoints.apply_yaml import Fault, FileInvalidError, read_typed
from yunhu.entrypoints.commands.workplace import (
    json_option,
    open_workplace,
    runs_async,
    show_rows,
    tenant_id_of,
    tenant_option,
)
from yunhu.foundation.actor import Actor, ActorKind
from yunhu.foundation.calendar import load_calendar
from yunhu.foundation.clock import natural_day
from yunhu.foundation.errors import InvalidInputError
from yunhu.foundation.money import yuan_plain

_ACTOR = Actor(ActorKind.COMMAND, "yunhu contracts")
_BY_HAND = (Cause.COMPLAINT, Cause.DEVIATION, Cause.MANUAL)
_NUMBER = click.option("--number", required=True, help="The contract's number, as printed.")
_DAY = click.DateTime(formats=["%Y-%m-%d"])

_LIST = """
    SELECT c.number, t.slug AS tenant, c.state, c.first_day, c.last_day, c.prepayment,
        coalesce((SELECT string_agg(DISTINCT s.cause, ' ') FROM contract_suspensions AS s
            WHERE s.contract_id = c.id AND s.state = 'standing'), '') AS causes
    FROM contracts AS c JOIN tenants AS t ON t.id = c.tenant_id
    WHERE CAST(:tenant_id AS uuid) IS NULL OR c.tenant_id = :tenant_id ORDER BY c.id DESC
"""


@click.group()
def contracts() -> None:
    """Contracts (合同): what was sold, until when, whether it is paid for, what stands against service."""


@contracts.command("list")
@tenant_option
@json_option
@runs_async
async def list_(tenant: str | None, as_json: bool) -> None:
    """Every contract with its state and the causes against it; the newest first."""
    async with open_workplace() as place, place.database.transaction() as session:
        tenant_id = await tenant_id_of(session, tenant) if tenant else None
        rows = (await session.execute(text(_LIST), {"tenant_id": tenant_id})).mappings().all()
        show_rows([_row(dict(row)) for row in rows], as_json=as_json)


@contracts.command()
@_NUMBER
@json_option
@runs_async
async def show(number: str, as_json: bool) -> None:
    """One contract: items, claims, payments, causes, documents, and what happens next and when."""
    async with open_workplace() as place, place.database.transaction() as session:
        row = await _find(session, number)
        found = await whole(session, row, place.clock)
        line = entries(await clock_of(session, row), natural_day(place.clock.now()))
    if as_json:
        click.echo(msgspec.json.encode({"whole": found, "clock": line}))
        return
    for text_line in _text_of(found):
        click.echo(text_line)
    click.echo("\nwhat happens when:")
    for entry in line:
        saw = " ".join(f"{name}={value}" for name, value in entry.saw.items())
        click.echo(f"  {entry.day}  {entry.kind:<22} {entry.state:<7} {saw}".rstrip())


@contracts.command()
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show what would be done and do nothing.")
@runs_async
async def load(path: Path, dry_run: bool) -> None:
    """Make a tenant's contract from a YAML file: drafted, signed and paid as the file says.

    \b
    Example:
      yunhu contracts load examples/contract.yaml

    The sums of the file must agree to the fen. What was signed is not changed by a file.
    """
    document = _read(path)
    async with open_workplace() as place, place.database.sessions() as session:
        tenant_id = await tenant_id_of(session, document.tenant)
        now = place.clock.now()
        changes = await provision_contract(session, tenant_id, document.contract, now, actor=_ACTOR)
        await (session.rollback() if dry_run else session.commit())
    for line in report_lines(ApplyReport(tuple(changes), ()), show_unchanged=True):
        click.echo(line)
    if dry_run:
        click.echo("dry run: nothing was changed")


@contracts.command()
@_NUMBER
@click.option("--by", required=True, help="Who signed, as it stands on the paper.")
@click.option("--on", type=_DAY, help="The day of signing. [default: today]")
@runs_async
async def sign(number: str, by: str, on: datetime | None) -> None:
    """Sign a draft: the prepayment is due so many working days later."""
    async with _desk() as journal:
        row = await _find(journal.session, number)
        wish = SignWish(signed_on=on.date() if on else journal.today, signed_by=by)
        await sign_contract(journal, row.id, wish, await load_calendar(journal.session))
    click.echo(f"{row.number} is {row.state}")


@contracts.command()
@_NUMBER
@click.option("--yuan", required=True, help="The amount, like 249000.00.")
@click.option("--reference", required=True, help="Of the bank; the same one is not recorded twice.")
@click.option("--on", type=_DAY, help="The day on which it came in. [default: today]")
@runs_async
async def pay(number: str, yuan: str, reference: str, on: datetime | None) -> None:
    """Record a payment; it goes to the claims that were due first."""
    async with _desk() as journal:
        row = await _find(journal.session, number)
        paid_on = on.date() if on else journal.today
        await record_payment(
            journal, row.id, PaymentWish(amount=_fen(yuan), paid_on=paid_on, reference=reference)
        )
    click.echo(f"{row.number} is {row.state}")


@contracts.command()
@_NUMBER
@click.option(
    "--cause",
    type=click.Choice([cause.value for cause in _BY_HAND]),
    default=Cause.MANUAL.value,
    show_default=True,
)
@click.option("--subject", default="", help="What it is about: a complaint's id.")
@click.option("--reason", required=True)
@runs_async
async def suspend(number: str, cause: str, subject: str, reason: str) -> None:
    """Stop service for a cause, at once."""
    async with _desk() as journal:
        row = await _find(journal.session, number)
        wish = CauseWish(cause=Cause(cause), reason=reason, subject=subject)
        suspension = await suspend_contract(journal, row.id, wish)
    click.echo(f"{suspension.id}: {row.number} is {row.state}")


@contracts.command()
@_NUMBER
@click.option(
    "--cause",
    type=click.Choice([cause.value for cause in _BY_HAND]),
    default=Cause.MANUAL.value,
    show_default=True,
)
@click.option("--subject", default="", help="What it was about.")
@click.option("--reason", required=True)
@runs_async
async def lift(number: str, cause: str, subject: str, reason: str) -> None:
    """Take a cause away; service goes on when it was the last."""
    async with _desk() as journal:
        row = await _find(journal.session, number)
        standing = await suspensions_of(journal.session, row.id, (SuspensionState.STANDING,))
        found = [part for part in standing if (part.cause, part.subject) == (cause, subject)]
        if not found:
            raise InvalidInputError(f"{number} is not suspended for {cause} {subject}".rstrip())
        await lift_suspension(journal, row.id, found[0].id, reason)
    click.echo(f"{row.number} is {row.state}")


@asynccontextmanager
async def _desk() -> AsyncIterator[Journal]:
    async with (
        open_workplace() as place,
        place.database.transaction() as session,
        journal_of(session, _ACTOR, place.clock.now()) as journal,
    ):
        yield journal


async def _find(session: AsyncSession, number: str) -> Contract:
    row = await session.scalar(select(Contract).where(Contract.number == number))
    if row is None:
        raise ContractNotFoundError(f"there is no contract {number}")
    return row


def _read(path: Path) -> ContractDocument:
    try:
        document, places = read_typed(path.read_text(encoding="utf-8"), ContractDocument)
    except UnicodeDecodeError:
        raise FileInvalidError([Fault(1, 1, "", "the file is not UTF-8 text")]) from None
    faults = [
        places.fault(("contract", *path_), message) for path_, message in file_faults(document.contract)
    ]
    if faults:
        raise FileInvalidError(faults)
    return document


def _fen(yuan: str) -> int:
    try:
        fen = fen_of(yuan) if yuan.replace(".", "", 1).isdecimal() and len(yuan.partition(".")[2]) <= 2 else 0
    except ValueError:
        fen = 0
    if fen <= 0:
        raise click.BadParameter(f"{yuan!r} is no amount like 249000.00", param_hint="--yuan")
    return fen


def _row(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "prepayment": yuan_plain(row["prepayment"])}


def _text_of(found: ContractWhole) -> list[str]:
    contract = found.contract
    return [
        f"{contract.number}  {contract.state}  {contract.first_day} to {contract.last_day}",
        f"{contract.operator_name} / {contract.tenant_name} ({contract.tenant})",
        f"{yuan_plain(found.total)} yuan = {yuan_plain(found.net)} + {yuan_plain(found.vat)} VAT",
        *(
            f"  {item.name}: {item.quota} {item.unit}, {yuan_plain(item.price)} yuan a {item.period}"
            for item in found.items
        ),
        *(
            f"  claim {claim.kind}: {yuan_plain(claim.amount)} yuan due {claim.due_on}, paid {yuan_plain(claim.paid)}, "
            f"late fee {yuan_plain(claim.late_fee)}"
            for claim in found.claims
        ),
        *(f"  paid {pay.paid_on}: {yuan_plain(pay.amount)} yuan, {pay.reference}" for pay in found.payments),
        *(
            f"  {part.state} {part.cause} {part.subject}: {part.reason} ({part.asked_by})"
            for part in found.suspensions
        ),
        *(
            f"  document {paper.kind}: {paper.reference}, until {paper.valid_until or '(no end)'}, "
            f"checked by {paper.checked_by or '(nobody)'}"
            for paper in found.qualifications
        ),
    ]
