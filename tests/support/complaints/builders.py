"""Calls that have ended and messages that arrived, straight into the tables."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.foundation.clock import natural_day
from yunhu.foundation.crypto import Vault
from yunhu.foundation.ids import new_id
from yunhu.foundation.phone import Phone

_NODE = text(
    """
    INSERT INTO nodes (id, name, state, started_at, heartbeat_at) VALUES (:id, 'node', 'running', :at, :at)
    """
)
_NOTIFICATION = text(
    """
    INSERT INTO notifications (id, tenant_id, purpose, channel, script_version_id, parameters, callee_cipher,
        callee_index, plan, priority, deadline, due_at, state, created_at, finished_at)
    VALUES (:id, :tenant, 'your_turn', 'voice', :version, '{}', :cipher, :index, '{}', 1, :at, :at, 'delivered', :at, :at)
    """
)
_CALL = text(
    """
    INSERT INTO calls (id, tenant_id, notification_id, attempt, callee_cipher, callee_index, day, caller_number,
        caller_number_id, trunk_id, robot_id, node_id, script_version_id, text, verdict, state, reserved_at, ended_at,
        result, ended_by)
    SELECT :call, :tenant, :id, 1, :cipher, :index, :day, n.e164, n.id, n.trunk_id, r.id, :node, :version, '',
        CAST(:verdict AS jsonb), 'ended', :at, :at, 'answered', 'callee'
    FROM caller_numbers AS n, robots AS r
    WHERE n.tenant_id = :tenant AND r.tenant_id = :tenant ORDER BY n.e164 LIMIT 1
    """
)
_MESSAGE = text(
    """
    INSERT INTO sms_messages (id, tenant_id, notification_id, attempt, account_id, node_id, callee_cipher,
        callee_index, script_version_id, text, text_hash, verdict, state, created_at, receipt_deadline, final_at)
    VALUES (:id, :tenant, :id, 1, :id, :id, :cipher, :index, :version, :said, :hash, CAST(:verdict AS jsonb),
        'delivered', :at, :at, :at)
    """
)


async def arrived_message(
    session: AsyncSession,
    vault: Vault,
    tenant_id: UUID,
    version_id: UUID,
    phone: str,
    at: datetime,
    *,
    said: str = "请等待",
    verdict: str = "{}",
) -> UUID:
    """A message that carried this wording; its id. What it refers to besides is not there."""
    await session.execute(text("SET LOCAL session_replication_role = replica"))
    sealed, message = vault.seal_phone(Phone.parse(phone)), new_id()
    values = {
        "id": message,
        "tenant": tenant_id,
        "cipher": sealed.cipher,
        "index": sealed.index,
        "version": version_id,
        "said": said,
        "hash": "h1",
        "verdict": verdict,
        "at": at,
    }
    await session.execute(_MESSAGE, values)
    return message


async def ended_call(
    session: AsyncSession,
    vault: Vault,
    tenant_id: UUID,
    version_id: UUID,
    phone: str,
    at: datetime,
    *,
    verdict: str = "{}",
) -> UUID:
    """A call that spoke this wording and showed the tenant's first caller number; its id."""
    sealed = vault.seal_phone(Phone.parse(phone))
    node, call = new_id(), new_id()
    values = {
        "id": new_id(),
        "call": call,
        "tenant": tenant_id,
        "version": version_id,
        "cipher": sealed.cipher,
        "index": sealed.index,
        "at": at,
        "day": natural_day(at),
        "node": node,
        "verdict": verdict,
    }
    await session.execute(_NODE, {"id": node, "at": at})
    for statement in (_NOTIFICATION, _CALL):
        await session.execute(statement, {name: values[name] for name in statement.compile().params})
    return call
