"""Lists of equipment."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_TRUNKS = text(
    """
    SELECT t.*,
        (SELECT count(*) FROM caller_numbers AS n WHERE n.trunk_id = t.id AND n.state <> 'released') AS numbers,
        ARRAY(SELECT DISTINCT o.slug FROM caller_numbers AS n JOIN tenants AS o ON o.id = n.tenant_id
              WHERE n.trunk_id = t.id AND n.state <> 'released' ORDER BY o.slug) AS tenants,
        coalesce((SELECT jsonb_agg(jsonb_build_object('node', d.name, 'usable', s.usable, 'detail', s.detail,
                    'changed_at', s.changed_at) ORDER BY d.name)
                  FROM trunk_states AS s JOIN nodes AS d ON d.id = s.node_id
                  WHERE s.trunk_id = t.id AND d.state IN ('running', 'draining')), '[]') AS states
    FROM trunks AS t
    WHERE (CAST(:id AS uuid) IS NULL OR t.id = :id) AND (CAST(:after AS text) IS NULL OR t.name > :after)
    ORDER BY t.name LIMIT :limit
    """
)
_ACCOUNTS = text(
    """
    SELECT a.*, o.slug AS tenant FROM smsc_accounts AS a JOIN tenants AS o ON o.id = a.tenant_id
    WHERE (CAST(:id AS uuid) IS NULL OR a.id = :id) AND (CAST(:after AS text) IS NULL OR a.name > :after)
    ORDER BY a.name LIMIT :limit
    """
)


async def trunks(session: AsyncSession, after: str | None, limit: int) -> Sequence[Any]:
    """By name."""
    return (await session.execute(_TRUNKS, {"id": None, "after": after, "limit": limit})).all()


async def trunk(session: AsyncSession, trunk_id: UUID) -> Any | None:
    """One trunk as the list shows it."""
    return (await session.execute(_TRUNKS, {"id": trunk_id, "after": None, "limit": 1})).one_or_none()


async def accounts(session: AsyncSession, after: str | None, limit: int) -> Sequence[Any]:
    """By name."""
    return (await session.execute(_ACCOUNTS, {"id": None, "after": after, "limit": limit})).all()


async def account(session: AsyncSession, account_id: UUID) -> Any | None:
    """One account as the list shows it."""
    return (await session.execute(_ACCOUNTS, {"id": account_id, "after": None, "limit": 1})).one_or_none()
