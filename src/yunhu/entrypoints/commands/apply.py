"""`yunhu apply`."""

import os
import sys
from pathlib import Path

import click

from yunhu.entrypoints.apply import ApplyContext, apply_file
from yunhu.entrypoints.apply_file import TenantFile, read_tenant_file
from yunhu.entrypoints.apply_text import report_lines
from yunhu.entrypoints.apply_yaml import Fault, FileInvalidError
from yunhu.entrypoints.commands.workplace import open_workplace, runs_async

CHANGES_EXIT = 3
"""Exit code of a dry run that found something to change (2 is click's own, for a wrong command line)."""


@click.command()
@click.option(
    "-f",
    "--file",
    "path",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The tenant's YAML file.",
)
@click.option("--dry-run", is_flag=True, help="Show the difference and change nothing.")
@click.option("--show-unchanged", is_flag=True, help="List what stays as it is, too.")
@runs_async
async def apply(path: Path, dry_run: bool, show_unchanged: bool) -> None:
    """Bring a tenant (甲方) in line with its file: trunks, caller numbers (外显号码), robots, SMS account, scripts
    (话术) with their approval, scenarios, callbacks.

    \b
    Examples:
      yunhu apply -f examples/hall.yaml --dry-run    what would change; + add, ~ change, - remove
      yunhu apply -f examples/hall.yaml              do it, in one transaction
      yunhu apply -f examples/hall.yaml              again: nothing to change

    Exit codes: 0 done or nothing to change; 3 a dry run found changes; 1 an error, nothing was changed.
    Secrets are named in the file ({env: YUNHU_SECRET_…} or {file: …}), never written there.
    """
    file = _read(path)
    async with open_workplace() as place:
        context = ApplyContext(
            place.database,
            place.vault,
            place.clock,
            os.environ,
            callbacks_to_private=place.settings.callbacks_to_private,
        )
        report = await apply_file(context, file, dry_run=dry_run)
    for line in report_lines(report, show_unchanged=show_unchanged):
        click.echo(line)
    if dry_run:
        click.echo("dry run: nothing was changed")
        sys.exit(CHANGES_EXIT if report.changed else 0)


def _read(path: Path) -> TenantFile:
    try:
        return read_tenant_file(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise FileInvalidError([Fault(1, 1, "", "the file is not UTF-8 text")]) from None
