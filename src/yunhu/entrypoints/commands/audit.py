"""`yunhu audit`: is the log what it was, what are its heads, and what may go."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import click
import msgspec
from sqlalchemy import text

from yunhu.domains.audit.public import (
    KEPT_AT_LEAST,
    OPERATOR_CHAIN,
    anchor_line,
    anchors_now,
    append_anchors,
    cut_chain,
    read_anchors,
    remove_cut,
    verify_chains,
)
from yunhu.entrypoints.commands.workplace import (
    Workplace,
    json_option,
    open_workplace,
    runs_async,
    show_rows,
)
from yunhu.foundation.actor import Actor, ActorKind
from yunhu.foundation.clock import SHANGHAI

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def audit() -> None:
    """The audit log (审计日志): verify it, write its heads down elsewhere, let old entries go."""


@audit.command()
@click.option(
    "--anchor",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Heads written by `yunhu audit anchor`; may be given again.",
)
@json_option
@runs_async
async def verify(files: tuple[Path, ...], as_json: bool) -> None:
    """Read every entry of every chain. Exit code 1 names the first that is altered or missing.

    \b
    Examples:
      yunhu audit verify
      yunhu audit verify --anchor /mnt/elsewhere/anchors.jsonl
    """
    anchors = [anchor for file in files for anchor in read_anchors(file.read_text("utf-8").splitlines())]
    async with open_workplace() as place:
        reports = [report async for report in verify_chains(place.database, anchors)]
        names = await _names(place)
    show_rows(
        [{"chain_of": names.get(r.chain, str(r.chain)), **msgspec.structs.asdict(r)} for r in reports],
        as_json=as_json,
    )
    broken = [report for report in reports if report.fault]
    if broken:
        click.echo(
            "\n".join(f"BROKEN: chain {r.chain}, entry {r.broken_at}: {r.fault}" for r in broken), err=True
        )
        raise SystemExit(1)


@audit.command()
@click.option("--out", type=_FILE, help="File to append to; left out, the lines go to standard output.")
@runs_async
async def anchor(out: Path | None) -> None:
    """Write down the heads of all chains. Keep them where the owner of the database cannot write."""
    async with open_workplace() as place, place.database.transaction() as session:
        anchors = await anchors_now(session, place.clock.now())
    if out is None:
        click.echo("\n".join(anchor_line(found) for found in anchors))
    else:
        append_anchors(out, anchors)
        click.echo(f"{len(anchors)} heads appended to {out}")


@audit.command()
@click.option(
    "--before",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    help="Entries older than this day (China time) go; it must lie at least 183 days back.",
)
@runs_async
async def prune(before: datetime) -> None:
    """Remove entries after their time, of every chain; an entry in each says where it was cut."""
    moment = before.replace(tzinfo=SHANGHAI).astimezone(UTC)
    actor = Actor(ActorKind.COMMAND, "yunhu audit prune")
    async with open_workplace() as place:
        if moment > place.clock.now() - KEPT_AT_LEAST:
            raise click.BadParameter("the day must lie at least 183 days back", param_hint="--before")
        for chain in await _names(place):
            tenant_id = None if chain == OPERATOR_CHAIN else chain
            async with place.database.transaction() as session:
                last = await cut_chain(session, actor, tenant_id, moment, place.clock.now())
            click.echo(
                f"{chain}: {await _remove(place, chain)} entries removed" + f", cut after {last}" * bool(last)
            )


async def _remove(place: Workplace, chain: UUID) -> int:
    total = 0
    while True:
        async with place.database.transaction() as session:
            removed = await remove_cut(session, chain)
        total += removed
        if not removed:
            return total


async def _names(place: Workplace) -> dict[UUID, str]:
    async with place.database.transaction() as session:
        rows = await session.execute(
            text(
                "SELECT h.chain, t.slug FROM audit_heads AS h LEFT JOIN tenants AS t ON t.id = h.chain ORDER BY 1"
            )
        )
        return {
            row.chain: "(operator)" if row.chain == OPERATOR_CHAIN else row.slug or str(row.chain)
            for row in rows
        }
