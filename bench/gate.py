"""The gate's own work for one verdict: facts read into values, every rule asked, the filled text screened.

CPU of this process. The facts come once from a real database through the dispatcher's own statement; what the
database does for them is measured by `claim`.
"""

import time
from datetime import datetime, timedelta

import msgspec
from tests.support.dispatch.rig import equip
from tests.support.hall.builders import build_hall

from bench.protocol import Bench, Row, Setup
from yunhu.domains.dispatch import repository
from yunhu.domains.dispatch.gate import snapshot_of
from yunhu.domains.dispatch.rules import judge
from yunhu.domains.notifications.public import (
    ConsentPurpose,
    ConsentSource,
    DeliveryPlan,
    Evidence,
    keep_evidence,
)
from yunhu.domains.numbers.public import clock_columns
from yunhu.domains.screening.public import Screen, WordList, screen_filled
from yunhu.domains.scripts.public import ApprovedScript, fill, scripts_in_force
from yunhu.entrypoints.migrate import upgrade
from yunhu.foundation.clock import SystemClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import open_database
from yunhu.foundation.db.embedded import start_embedded

_NUMBERS = 40
_WORDS = 1000
_CONSENTS = 10_000
_VERDICTS = 2000
_BAR_MS = 1.0
_HAN = "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨露结为霜"
_VALUES = {
    "near-turn": {"matter": "不动产（预告）登记", "queue_number": "A012", "ahead": "3"},
    "your-turn": {"window": "12"},
}


def _words() -> tuple[str, ...]:
    """A thousand four-character words, none of which an honest text has."""
    size = len(_HAN)
    return tuple(
        "".join(_HAN[(number * step + step) % size] for step in (1, 7, 11)) + _HAN[number // size % size]
        for number in range(_WORDS)
    )


def _consent(number: int, now: datetime) -> Evidence:
    return Evidence(
        callee_cipher=b"x",
        callee_index=number.to_bytes(16, "big"),
        purpose=ConsentPurpose.QUEUE,
        source=ConsentSource.KIOSK,
        given_at=now,
        valid_until=None,
    )


async def _facts(setup: Setup) -> tuple[dict[str, object], dict[str, ApprovedScript]]:
    server = start_embedded(setup.folder / "postgres")
    database = open_database(server.url())
    clock, vault = SystemClock(), Vault(bytes(range(32)))
    now = clock.now()
    try:
        await upgrade(database)
        hall = await build_hall(database, vault, now)
        await equip(database, hall.tenant_id, now, numbers=_NUMBERS)
        rows: dict[str, object] = {}
        async with database.transaction() as session:
            consents = [_consent(number, now) for number in range(_CONSENTS)]
            await keep_evidence(session, hall.tenant_id, consents, now)
            scripts = await scripts_in_force(session, hall.tenant_id, now)
            for slug, filled in _VALUES.items():
                values = {
                    **clock_columns(now),
                    "tenant_id": hall.tenant_id,
                    "callee_index": bytes(16),
                    "version_id": scripts[slug].version_id,
                    "channel": scripts[slug].channel.value,
                    "purpose": "your_turn" if slug == "your-turn" else "near_turn",
                    "deadline": now + timedelta(minutes=3),
                    "due_at": now,
                    "parameters": msgspec.json.encode(filled).decode(),
                }
                rows[slug] = await repository.preview(session, values)
        return rows, scripts
    finally:
        await database.close()
        server.release()


async def measure(setup: Setup) -> list[Row]:
    """Milliseconds of CPU a verdict, voice and SMS."""
    rows, scripts = await _facts(setup)
    screen = Screen(1, {"words": WordList(_words())})
    now = SystemClock().now()
    plan = msgspec.json.decode(b"{}", type=DeliveryPlan)
    table = []
    for slug, script in sorted((slug, scripts[slug]) for slug in _VALUES):
        variables = _VALUES[slug]
        filled = fill(script, variables).text
        best = float("inf")
        for _ in range(max(1, setup.rounds)):
            begun = time.process_time()
            for _ in range(_VERDICTS):
                judge(snapshot_of(rows[slug], plan, script.channel.value, now))
                screen_filled(screen, script.text, script.slots, variables, filled)
            best = min(best, (time.process_time() - begun) / _VERDICTS * 1000)
        table.append(
            Row(
                what=f"CPU of one verdict, {script.channel.value}, {_CONSENTS} consents, {_NUMBERS} numbers, {_WORDS} words",
                bar=f"≤ {_BAR_MS:.0f} ms",
                measured=f"{best:.3f} ms",
                passed=best <= _BAR_MS,
                values={"milliseconds": best},
            )
        )
    return table


BENCH = Bench(name="gate", title="verdict of the gate, in-process", limit_seconds=120, measure=measure)
