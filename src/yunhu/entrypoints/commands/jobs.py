"""`yunhu jobs`: what the product does by itself."""

import click
from prometheus_client import CollectorRegistry
from sqlalchemy import text

from yunhu.entrypoints.chores import all_jobs
from yunhu.entrypoints.commands.workplace import Workplace, json_option, open_workplace, runs_async, show_rows
from yunhu.foundation.http import Services
from yunhu.foundation.jobs import JobMetrics, JobRunner


@click.group("jobs")
def jobs() -> None:
    """What the product does by itself (定时作业): list, run."""


@jobs.command("list")
@json_option
@runs_async
async def list_jobs(*, as_json: bool) -> None:
    """Every job, when it is due, and how it went."""
    async with open_workplace() as place:
        every = {job.name: job.every for job in all_jobs(_services(place))}
        async with place.database.transaction() as session:
            query = text(
                "SELECT name, next_due_at, last_success_at, failures, last_error FROM jobs ORDER BY name"
            )
            rows = (await session.execute(query)).mappings().all()
    show_rows(
        [{"name": row["name"], "every": every.get(row["name"]), **row} for row in rows], as_json=as_json
    )


@jobs.command("run")
@click.argument("name")
@runs_async
async def run_job(name: str) -> None:
    """Run one job now, whether it is due or not."""
    async with open_workplace() as place:
        services = _services(place)
        chosen = [job for job in all_jobs(services) if job.name == name]
        if not chosen:
            raise click.ClickException(f"there is no job {name!r}; see `yunhu jobs list`")
        runner = JobRunner(place.database, place.clock, chosen, JobMetrics(services.registry))
        async with place.database.transaction() as session:
            await session.execute(
                text("UPDATE jobs SET next_due_at = now() WHERE name = :name"), {"name": name}
            )
        steps = await runner.run_due()
        async with place.database.transaction() as session:
            query = text("SELECT last_error FROM jobs WHERE name = :name")
            error = await session.scalar(query, {"name": name})
    if error:
        raise click.ClickException(f"{name} failed: {error}")
    click.echo(f"{name}: {steps} steps" if steps else f"{name}: another process is at it")


def _services(place: Workplace) -> Services:
    return Services(place.settings, place.database, place.vault, place.clock, CollectorRegistry())
