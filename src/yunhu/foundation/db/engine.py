"""One engine a process. A session is one transaction: it commits when the block ends well, or not at all."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast
from uuid import UUID

import asyncpg
import msgspec
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from yunhu.foundation.db.bare import LeanSession

# Both end with the transaction; one statement, so one round trip.
_AS_TENANT = text(
    "SELECT set_config('yunhu.tenant', :tenant, true), set_config('role', 'yunhu_tenant', true)"
)

_PLANNED_SECONDS = 10
"""How long the driver's own statements (`BareStatement`) keep their plans: made while a table was nearly empty, they
would read all of it when it has grown."""

_json_encoder = msgspec.json.Encoder()


class Database:
    """The way to PostgreSQL."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.dsn = url
        """As libpq and asyncpg read it."""
        self.engine = _open_engine(url, pool_size)
        self._lean = _open_engine(url, pool_size, plan_cache_mode="force_generic_plan")
        """Connections for what runs thousands of times a second: its statements are planned once and not for each
        set of values, and it never waits behind a long list."""
        self.sessions = async_sessionmaker(self.engine, expire_on_commit=False, autoflush=False)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """One transaction (law 6)."""
        async with self.sessions.begin() as session:
            yield session

    @asynccontextmanager
    async def tenant_transaction(self, tenant_id: UUID) -> AsyncIterator[AsyncSession]:
        """One transaction that sees and writes the rows of this tenant alone, whatever its queries ask for.

        Row security of the role `yunhu_tenant`: what belongs to no tenant is out of reach, but for a few tables.
        """
        async with self.sessions.begin() as session:
            await session.execute(_AS_TENANT, {"tenant": str(tenant_id)})
            yield session

    @asynccontextmanager
    async def bare_transaction(self) -> AsyncIterator[asyncpg.Connection]:
        """One transaction on the driver's own connection (see `BareStatement`). Its errors are the driver's."""
        async with self._lean.connect() as pooled:
            driver = await _open_driver(pooled)
            try:
                async with driver.transaction():
                    yield driver
            finally:
                if driver.is_closed():
                    await pooled.invalidate()

    @asynccontextmanager
    async def lean_transaction(self) -> AsyncIterator[LeanSession]:
        """One transaction of a few texts (see `LeanSession`). Its errors are SQLAlchemy's."""
        try:
            async with self._lean.connect() as pooled:
                driver = await _open_driver(pooled)
                try:
                    async with driver.transaction(), LeanSession(driver, pooled) as session:
                        yield session
                        await session.commit()
                finally:
                    if driver.is_closed():
                        await pooled.invalidate()
        except asyncpg.IntegrityConstraintViolationError as error:
            raise IntegrityError(None, None, error) from error
        except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise DBAPIError(None, None, error) from error

    async def connect(self) -> asyncpg.Connection:
        """A bare connection outside the pool, for LISTEN."""
        return await asyncpg.connect(self.dsn)

    async def close(self) -> None:
        """Close every pooled connection."""
        await self.engine.dispose()
        await self._lean.dispose()


def _open_engine(url: str, pool_size: int, **server_settings: str) -> AsyncEngine:
    return create_async_engine(
        sqlalchemy_url(url),
        pool_size=pool_size,
        max_overflow=0,
        pool_pre_ping=False,
        # The connections last used know the statements, and the server has them at hand.
        pool_use_lifo=True,
        json_serializer=lambda value: _json_encoder.encode(value).decode(),
        json_deserializer=msgspec.json.decode,
        connect_args={
            "max_cached_statement_lifetime": _PLANNED_SECONDS,
            "server_settings": server_settings,
        },
    )


async def _open_driver(pooled: AsyncConnection) -> asyncpg.Connection:
    """The driver's connection. One that the server has closed since is not for the pool to find: nothing told it."""
    while True:
        driver = cast("asyncpg.Connection", (await pooled.get_raw_connection()).driver_connection)
        if not driver.is_closed():
            return driver
        await pooled.invalidate()


def open_database(url: str, *, pool_size: int = 10) -> Database:
    """Make the engine; nothing is connected yet."""
    return Database(url, pool_size=pool_size)


def sqlalchemy_url(url: str) -> str:
    """The URL with the driver named; `postgres://` and `postgresql://` are both taken."""
    parsed = make_url(url.replace("postgres://", "postgresql://", 1))
    return parsed.set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)
