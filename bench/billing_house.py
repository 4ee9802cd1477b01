"""A database of its own with one tenant and the contract of section B, for the benches of billing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from tests.support.billing.builders import small_contract

from yunhu.entrypoints.migrate import upgrade
from yunhu.foundation.db import Database, open_database
from yunhu.foundation.db.embedded import start_embedded

YEAR = 1_380_000
FIRST = datetime(2025, 1, 1, 2, tzinfo=UTC)


@asynccontextmanager
async def billing_house(folder: Path) -> AsyncIterator[tuple[Database, UUID, UUID]]:
    """The database, the tenant, its contract."""
    server = start_embedded(folder / "postgres")
    admin = open_database(server.url())
    async with admin.engine.connect() as plain:
        connection = await plain.execution_options(isolation_level="AUTOCOMMIT")
        await connection.exec_driver_sql(
            "CREATE DATABASE bench_billing TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"
        )
    await admin.close()
    database = open_database(server.url("bench_billing"), pool_size=4)
    try:
        await upgrade(database)
        tenant_id, contract_id = await small_contract(
            database, FIRST, quota=YEAR, price=13_800_000, prepayment=24_900_000
        )
        yield database, tenant_id, contract_id
    finally:
        await database.close()
        server.release()
