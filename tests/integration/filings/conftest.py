"""These tests begin with a tenant that has never filed anything."""

import pytest
from sqlalchemy import text


@pytest.fixture(autouse=True)
async def unfiled(database, hall):
    """The hall without the filing that its builder gave it."""
    async with database.transaction() as session:
        for table in ("filing_scripts", "filing_days", "filing_versions", "filings"):
            await session.execute(text(f"DELETE FROM {table}"))
