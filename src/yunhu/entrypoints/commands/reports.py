"""`yunhu reports`."""

import click

from yunhu.domains.reports.public import rebuild as make_anew
from yunhu.domains.reports.public import verify as count_all
from yunhu.entrypoints.commands.workplace import open_workplace, runs_async
from yunhu.foundation.clock import SHANGHAI


@click.group()
def reports() -> None:
    """Sums behind reports (数据报表): prove them by a full count, make them anew."""


@reports.command()
@runs_async
async def verify() -> None:
    """Count every call, notification and message, and compare; exit code 1 when a sum is wrong.

    Nothing has to stand still meanwhile: sums and rows are read in one state of things.
    """
    async with open_workplace() as place:
        proof = await count_all(place.database)
    for kind, count in proof.totals.items():
        click.echo(f"{kind}: {count}")
    for found in proof.differences:
        click.echo(
            f"WRONG: {found.kind} by {found.dimension} {found.bucket.astimezone(SHANGHAI):%Y-%m-%d %H:%M} "
            f"{found.state} {found.value}: kept {found.kept}, counted {found.counted}"
        )
    if proof.differences:
        raise click.ClickException("sums and rows differ; `yunhu reports rebuild` makes them anew")
    click.echo("every sum is what its rows come to")


@reports.command()
@runs_async
async def rebuild() -> None:
    """Make every sum anew from the rows; calls go on meanwhile. What removed rows counted for stays."""
    async with open_workplace() as place:
        await make_anew(place.database)
    click.echo("made anew")
