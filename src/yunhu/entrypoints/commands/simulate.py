"""`yunhu simulate`."""

import asyncio
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import httpx

from yunhu.entrypoints.commands.api_client import api_options, ask, open_api
from yunhu.entrypoints.commands.workplace import read_settings, runs_async

_OPEN = {"pending", "active"}
_LOOK_SECONDS = 0.5


@click.command()
@click.option(
    "--phone",
    default="13800138000",
    show_default=True,
    help="The visitor's number; its last four digits say what a sandbox phone does (…1001 is busy).",
)
@click.option("--queue-number", help="排队号; left out, a fresh one.")
@click.option("--matter", default="社保登记", show_default=True, help="事项.")
@click.option("--window", default="3", show_default=True, help="窗口.")
@click.option("--hall", default="main", show_default=True)
@click.option(
    "--pause",
    type=click.FloatRange(0, 600),
    default=1.0,
    show_default=True,
    help="Seconds between two events.",
)
@click.option(
    "--patience",
    type=click.FloatRange(1, 3600),
    default=240.0,
    show_default=True,
    help="Seconds to follow the notifications.",
)
@api_options
@runs_async
async def simulate(
    *, url: str | None, key_file: Path | None, pause: float, patience: float, **facts: str | None
) -> None:
    """One visitor: takes a number, waits, is called. Posts real events to the running API and follows what happens.

    \b
    Examples:
      yunhu simulate
      yunhu simulate --phone 13900001002 --window 12      a sandbox phone that nobody answers

    With a real trunk it makes a real phone ring: mind the number.
    """
    number = facts["queue_number"] or f"A{secrets.randbelow(900) + 100}"
    visit: dict[str, Any] = {"hall": facts["hall"], "queue_number": number}
    steps: tuple[dict[str, Any], ...] = (
        {"event": "taken", "matter": facts["matter"], "ahead": 8, "phone": facts["phone"]},
        {"event": "progress", "ahead": 2},
        {"event": "called", "window": facts["window"]},
    )
    async with open_api(read_settings(), url, key_file) as api:
        owed: list[str] = []
        for step in steps:
            owed += await _post(api, {**visit, **step})
            await asyncio.sleep(pause)
        try:
            async with asyncio.timeout(patience):
                await asyncio.gather(*(_follow(api, notification_id) for notification_id in owed))
        except TimeoutError:
            raise click.ClickException("patience is over; see `yunhu notifications list`") from None


async def _post(api: httpx.AsyncClient, event: dict[str, Any]) -> list[str]:
    event = {"event_id": secrets.token_hex(8), "occurred_at": datetime.now(UTC).isoformat(), **event}
    answer = await ask(api, "POST", "/api/v1/queue-events", event)
    answer = answer["answers"][0] if "answers" in answer else answer
    click.echo(f"{event['event']:10} {event['queue_number']}: {answer['status']}")
    for made in answer.get("created", ()):
        click.echo(f"           owed: {made['purpose']} by {made['channel']} {made['id']}")
    for left in answer.get("not_created", ()):
        click.echo(f"           not owed: {left['purpose']}, {left['reason']}")
    return [made["id"] for made in answer.get("created", ())]


async def _follow(api: httpx.AsyncClient, notification_id: str) -> None:
    shown = 0
    while True:
        found = await ask(api, "GET", f"/api/v1/notifications/{notification_id}")
        for line in found["timeline"][shown:]:
            click.echo(
                f"  {notification_id[-6:]} {found['channel']:5} {line['kind']:14} {_short(line['detail'])}"
            )
        shown = len(found["timeline"])
        if found["state"] not in _OPEN:
            click.echo(
                f"  {notification_id[-6:]} {found['channel']:5} = {found['state']} {found.get('result') or ''}"
            )
            return
        await asyncio.sleep(_LOOK_SECONDS)


def _short(detail: dict[str, Any]) -> str:
    text = " ".join(
        f"{name}={value}" for name, value in detail.items() if isinstance(value, str | int | float)
    )
    return text if len(text) <= 120 else f"{text[:119]}…"
