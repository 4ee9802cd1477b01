"""Builds tenants with scripts, scenarios and keys, straight into the tables."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession
from tests.support.hall.compliance import file_scripts, put_under_contract

from yunhu.domains.identity.public import TENANT_SCOPES, KeyWish, Scope, Tenant, create_api_key
from yunhu.domains.notifications.models import Scenario
from yunhu.domains.notifications.plans import (
    KeyAction,
    KeyActionKind,
    NearTurn,
    ScenarioPlan,
    TimeWindow,
    YourTurn,
)
from yunhu.domains.scripts.models import Channel, Script, ScriptVersion, VersionState
from yunhu.domains.scripts.rules import canonical_slots, text_hash
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.ids import new_id
from yunhu.speech.reading import Slot, SlotKind

NEAR_TEXT = (
    "西安市雁塔区政务服务大厅提醒您，您办理的{matter}事项号码为{queue_number}，"
    "请您在休息等候区等待，前面等待人数{ahead}人；"
)
TURN_TEXT = "尊敬的用户，请您到“{window}”号窗口办理业务，谢谢"
MENU_TEXT = "重听请按1，需要十分钟请按2，拒绝来电请按9"
CONFIRMATION_TEXT = "已为您登记，再见"
_SLOTS = {
    "matter": SlotKind.TEXT,
    "queue_number": SlotKind.QUEUE_NUMBER,
    "ahead": SlotKind.COUNT,
    "window": SlotKind.WINDOW,
}
ALWAYS = (TimeWindow(days=(1, 2, 3, 4, 5, 6, 7), start="00:00", end="24:00"),)
CONSENT = {"source": "form", "given_at": "2026-02-01T09:00:00+08:00", "reference": "F-2026-001"}
"""What `POST /notifications` carries when nothing else proves the callee's consent."""
DEFAULT_PLAN = ScenarioPlan(
    near_turn=NearTurn(script="near-turn", ahead_at_most=3),
    your_turn=YourTurn(
        script="your-turn",
        menu="menu",
        keys=(
            KeyAction(key="1", action=KeyActionKind.REPEAT),
            KeyAction(key="9", action=KeyActionKind.REFUSE, confirmation="confirmation"),
        ),
    ),
    windows=ALWAYS,
)


class Hall(msgspec.Struct, frozen=True):
    """A tenant that is ready for queue events."""

    tenant_id: UUID
    token: str
    """Of a key with every scope that a tenant's key can have."""
    versions: dict[str, UUID]
    """Approved script versions by slug."""


async def build_hall(
    database: Database,
    vault: Vault,
    now: datetime,
    *,
    slug: str = "yanta",
    plan: ScenarioPlan | None = DEFAULT_PLAN,
    scopes: Iterable[Scope] = tuple(sorted(TENANT_SCOPES)),
    rate_per_minute: int = 1_000_000,
) -> Hall:
    """A tenant with the filed texts of rows A2 and A3, a menu, a scenario for hall `main`, and a key."""
    tenant_id = new_id()
    async with database.transaction() as session:
        session.add(Tenant(id=tenant_id, slug=slug, name=slug, created_at=now))
        await session.flush()
        versions = {
            "near-turn": await add_script(
                session, tenant_id, "near-turn", NEAR_TEXT, now, channel=Channel.SMS
            ),
            "your-turn": await add_script(session, tenant_id, "your-turn", TURN_TEXT, now),
            "menu": await add_script(session, tenant_id, "menu", MENU_TEXT, now),
            "confirmation": await add_script(session, tenant_id, "confirmation", CONFIRMATION_TEXT, now),
        }
        if plan is not None:
            add_scenario(session, tenant_id, plan, now)
        await put_under_contract(session, tenant_id, now)
        await file_scripts(session, tenant_id, now)
        wish = KeyWish(name="test", scopes=list(scopes), rate_per_minute=rate_per_minute)
        token, _ = await create_api_key(session, vault, tenant_id, wish, now)
    return Hall(tenant_id, token, versions)


async def add_script(
    session: AsyncSession,
    tenant_id: UUID,
    slug: str,
    text: str,
    now: datetime,
    *,
    channel: Channel = Channel.VOICE,
    state: VersionState = VersionState.APPROVED,
) -> UUID:
    """A script with one version; its slots are those of the four facts that the text names."""
    slots = [Slot(name, kind) for name, kind in _SLOTS.items() if f"{{{name}}}" in text]
    script = Script(
        id=new_id(), tenant_id=tenant_id, slug=slug, name=slug, channel=channel.value, created_at=now
    )
    version = ScriptVersion(
        id=new_id(),
        script_id=script.id,
        tenant_id=tenant_id,
        number=1,
        text=text,
        slots=canonical_slots(slots),
        text_hash=text_hash(text, slots),
        state=state.value,
        created_at=now,
        approved_at=now if state is VersionState.APPROVED else None,
        approved_by="test" if state is VersionState.APPROVED else None,
    )
    session.add(script)
    await session.flush()
    session.add(version)
    await session.flush()
    return version.id


def add_scenario(
    session: AsyncSession, tenant_id: UUID, plan: ScenarioPlan, now: datetime, *, hall: str = "main"
) -> None:
    """An enabled scenario for a hall."""
    session.add(
        Scenario(
            id=new_id(),
            tenant_id=tenant_id,
            slug=hall,
            name=hall,
            hall=hall,
            plan=msgspec.to_builtins(plan, str_keys=True),
            enabled=True,
            created_at=now,
            updated_at=now,
        )
    )


def queue_event(
    event_id: str, event: str, now: datetime, *, seconds: float = 0, number: str = "A001", **more: Any
) -> dict[str, Any]:
    """A queue event's body, `seconds` after `now`."""
    occurred_at = (now + timedelta(seconds=seconds)).isoformat()
    return {
        "event_id": event_id,
        "event": event,
        "queue_number": number,
        "occurred_at": occurred_at,
        **more,
    }
