"""Histories of calls, notifications and messages, straight into the tables but through their triggers."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from tests.support.hall.builders import Hall
from tests.support.hall.equipment import equip_hall
from tests.support.privacy.rows import id_at

from yunhu.domains.dispatch.models import Node
from yunhu.domains.sms.models import SmscAccount
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.ids import new_id
from yunhu.foundation.phone import Phone

_NOTIFICATION = text(
    """
    INSERT INTO notifications (id, tenant_id, purpose, channel, script_version_id, scenario_id, matter, "window",
        parameters, callee_cipher, callee_index, plan, priority, deadline, due_at, state, created_at)
    VALUES (:id, :tenant_id, :purpose, :channel, :version_id, :scenario_id, :matter, :window, '{}', :cipher, :index,
        '{}', 5, CAST(:at AS timestamptz) + interval '1 hour', :at, 'pending', :at)
    """
)
_CALL = text(
    """
    INSERT INTO calls (id, tenant_id, notification_id, attempt, callee_cipher, callee_index, day, caller_number,
        caller_number_id, trunk_id, robot_id, node_id, script_version_id, text, verdict, state, reserved_at)
    SELECT :id, n.tenant_id, n.id, :attempt, n.callee_cipher, coalesce(CAST(:index AS bytea), n.callee_index), CAST(:at AS timestamptz)::date, number.e164,
        number.id, number.trunk_id, robot.id, :node_id, n.script_version_id, 'words', '{}', 'dialling', :at
    FROM notifications AS n,
        (SELECT * FROM caller_numbers WHERE tenant_id = :tenant_id ORDER BY e164 OFFSET :number LIMIT 1) AS number,
        (SELECT id FROM robots WHERE tenant_id = :tenant_id LIMIT 1) AS robot
    WHERE n.id = :notification_id
    """
)
_END = text(
    """
    UPDATE calls SET state = 'ended', ringing_at = :ringing_at, answered_at = :answered_at, ended_at = :ended_at,
        result = :result, reason = 'test', ended_by = 'platform' WHERE id = :id
    """
)
_FINISH = text(
    "UPDATE notifications SET state = :state, result = :state, finished_at = coalesce(finished_at, :at) WHERE id = :id"
)
_MESSAGE = text(
    """
    INSERT INTO sms_messages (id, tenant_id, notification_id, attempt, account_id, node_id, callee_cipher,
        callee_index, script_version_id, text, verdict, state, created_at, receipt_deadline)
    SELECT :id, n.tenant_id, n.id, 1, a.id, :node_id, n.callee_cipher, n.callee_index, n.script_version_id, 'words',
        '{}', 'submitting', :at, CAST(:at AS timestamptz) + interval '1 hour'
    FROM notifications AS n, smsc_accounts AS a WHERE n.id = :notification_id AND a.tenant_id = n.tenant_id
    """
)
_SETTLE = text("UPDATE sms_messages SET state = :state, final_at = coalesce(final_at, :at) WHERE id = :id")


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """How a call ends: seconds to the ringing, of ringing, and of talk; None where it did not come to that."""

    result: str = "answered"
    to_ring: float | None = 1.0
    ring: float = 4.0
    talk: float | None = 12.0


class History:
    """Writes what happened at a hall."""

    def __init__(self, hall: Hall, node_id: UUID, vault: Vault) -> None:
        self.hall = hall
        self.node_id = node_id
        self._vault = vault

    async def notification(
        self,
        session: AsyncSession,
        at: datetime,
        *,
        script: str = "your-turn",
        matter: str | None = None,
        window: str | None = None,
        scenario_id: UUID | None = None,
        phone: str = "13800138000",
    ) -> UUID:
        """One that waits."""
        sealed = self._vault.seal_phone(Phone.parse(phone))
        sms = script == "near-turn"
        values = {
            "id": id_at(at),
            "tenant_id": self.hall.tenant_id,
            "purpose": "near_turn" if sms else "your_turn",
            "channel": "sms" if sms else "voice",
            "version_id": self.hall.versions[script],
            "scenario_id": scenario_id,
            "matter": matter,
            "window": window,
            "cipher": sealed.cipher,
            "index": sealed.index,
            "at": at,
        }
        await session.execute(_NOTIFICATION, values)
        return UUID(str(values["id"]))

    async def call(
        self,
        session: AsyncSession,
        notification_id: UUID,
        at: datetime,
        *,
        attempt: int = 1,
        number: int = 0,
        crowded: bool = False,
    ) -> UUID:
        """One that dials. `crowded`: another may be in the air to the same phone, which no dispatcher allows."""
        values = {
            "id": id_at(at),
            "tenant_id": self.hall.tenant_id,
            "notification_id": notification_id,
            "attempt": attempt,
            "index": uuid4().bytes if crowded else None,
            "number": number,
            "node_id": self.node_id,
            "at": at,
        }
        await session.execute(_CALL, values)
        return UUID(str(values["id"]))

    async def end(self, session: AsyncSession, call_id: UUID, at: datetime, told: Told) -> None:
        """The end of a call that was reserved at `at`."""
        ringing = at + timedelta(seconds=told.to_ring) if told.to_ring is not None else None
        ended = (ringing or at) + timedelta(seconds=told.ring)
        answered = ended if told.talk is not None else None
        values = {
            "id": call_id,
            "ringing_at": ringing,
            "answered_at": answered,
            "ended_at": ended + timedelta(seconds=told.talk or 0),
            "result": told.result,
        }
        await session.execute(_END, values)

    async def finish(self, session: AsyncSession, notification_id: UUID, state: str, at: datetime) -> None:
        """A notification is over, or, once it is, turns out otherwise."""
        await session.execute(_FINISH, {"id": notification_id, "state": state, "at": at})

    async def message(self, session: AsyncSession, notification_id: UUID, at: datetime) -> UUID:
        """A text on its way."""
        id_ = id_at(at)
        values = {"id": id_, "notification_id": notification_id, "node_id": self.node_id, "at": at}
        await session.execute(_MESSAGE, values)
        return id_

    async def settle(self, session: AsyncSession, message_id: UUID, state: str, at: datetime) -> None:
        """What became of a text."""
        await session.execute(_SETTLE, {"id": message_id, "state": state, "at": at})

    async def visit(
        self,
        session: AsyncSession,
        at: datetime,
        told: Told | None = None,
        *,
        number: int = 0,
        matter: str | None = None,
        window: str | None = None,
        phone: str = "13800138000",
    ) -> UUID:
        """A notification with one call that ended; the call's id."""
        told = told or Told()
        notification_id = await self.notification(session, at, matter=matter, window=window, phone=phone)
        call_id = await self.call(session, notification_id, at, number=number)
        await self.end(session, call_id, at, told)
        state = "delivered" if told.result == "answered" else "failed"
        await self.finish(session, notification_id, state, at)
        return call_id


async def begin_history(database: Database, hall: Hall, vault: Vault, now: datetime) -> History:
    """Trunk, numbers, robots, SMSC account and node for a hall's history."""
    node_id = new_id()
    async with database.transaction() as session:
        await equip_hall(session, hall.tenant_id, now)
        session.add(Node(id=node_id, name="history", state="running", started_at=now, heartbeat_at=now))
        session.add(
            SmscAccount(
                tenant_id=hall.tenant_id,
                name="history",
                kind="sandbox",
                config={},
                enabled=True,
                created_at=now,
                updated_at=now,
            )
        )
    return History(hall, node_id, vault)
