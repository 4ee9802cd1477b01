"""Rows that a test of callbacks, refusals and recordings begins with."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from yunhu.foundation.clock import SystemClock
from yunhu.foundation.db import Database

_TENANT = text("INSERT INTO tenants (id, slug, name, created_at) VALUES (:id, :slug, 'Hall', :now)")


@pytest.fixture
async def tenant_id(database: Database) -> UUID:
    return await add_tenant(database)


async def add_tenant(database: Database) -> UUID:
    tenant_id = uuid4()
    async with database.transaction() as session:
        values = {"id": tenant_id, "slug": tenant_id.hex, "now": SystemClock().now()}
        await session.execute(_TENANT, values)
    return tenant_id
