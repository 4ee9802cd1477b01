"""One row of a tenant in every table, made from the catalogue: new tables are covered without being named."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.foundation.ids import new_id

_TABLES = text(
    """
    SELECT c.relname AS name,
        EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id') AS owned
    FROM pg_class AS c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relrowsecurity
      AND c.relname <> 'tenants'
    ORDER BY owned DESC, c.relname
    """
)

_COLUMNS = text(
    """
    SELECT column_name AS name, udt_name AS type FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = :table AND identity_generation IS DISTINCT FROM 'ALWAYS'
      AND is_generated = 'NEVER'
    """
)

_PARENTS = text(
    """
    SELECT ca.attname AS column, p.relname AS parent, pa.attname AS parent_column
    FROM pg_constraint AS f
    JOIN pg_class AS c ON c.oid = f.conrelid JOIN pg_class AS p ON p.oid = f.confrelid
    JOIN pg_attribute AS ca ON ca.attrelid = c.oid AND ca.attnum = f.conkey[1]
    JOIN pg_attribute AS pa ON pa.attrelid = p.oid AND pa.attnum = f.confkey[1]
    WHERE f.contype = 'f' AND c.relname = :table AND cardinality(f.conkey) = 1
    """
)

_LOOSEN = """
DO $$
DECLARE c record;
BEGIN
    FOR c IN SELECT conname, conrelid::regclass AS relation FROM pg_constraint
        WHERE contype IN ('c', 'x') AND connamespace = 'public'::regnamespace
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.relation, c.conname);
    END LOOP;
END $$
"""


async def protected_tables(session: AsyncSession) -> list[str]:
    """Every table with a policy, tenants aside; those with a tenant_id first."""
    return [row.name for row in await session.execute(_TABLES)]


async def loosen(session: AsyncSession) -> None:
    """Drop every CHECK, so that a row of any content can be made."""
    await session.execute(text(_LOOSEN))


async def fill(
    session: AsyncSession, tenant_id: UUID, known: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """One row a table that is not in `known`; rows by table, the known ones included."""
    await session.execute(text("SET LOCAL session_replication_role = replica"))
    rows: dict[str, dict[str, Any]] = {table: dict(row) for table, row in known.items()}
    tables = await protected_tables(session)
    for table in tables:
        await _add_with_parents(session, table, tenant_id, rows, set(tables))
    return rows


async def _add_with_parents(
    session: AsyncSession, table: str, tenant_id: UUID, rows: dict[str, dict[str, Any]], waiting: set[str]
) -> None:
    if table in rows or table not in waiting:
        return
    waiting.discard(table)  # a circle of tables ends here
    for parent in (await session.execute(_PARENTS, {"table": table})).all():
        await _add_with_parents(session, parent.parent, tenant_id, rows, waiting)
    rows[table] = await _found(session, table, tenant_id) or await _add(session, table, tenant_id, rows)


async def _found(session: AsyncSession, table: str, tenant_id: UUID) -> dict[str, Any] | None:
    """A row that the tenant has already."""
    columns = {row.name for row in await session.execute(_COLUMNS, {"table": table})}
    if "tenant_id" not in columns:
        return None
    query = text(f'SELECT * FROM "{table}" WHERE tenant_id = :tenant_id LIMIT 1')
    row = (await session.execute(query, {"tenant_id": tenant_id})).mappings().one_or_none()
    return dict(row) if row else None


async def _add(
    session: AsyncSession, table: str, tenant_id: UUID, rows: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    parents = {row.column: row for row in await session.execute(_PARENTS, {"table": table})}
    values: dict[str, Any] = {}
    for column in (await session.execute(_COLUMNS, {"table": table})).all():
        parent = parents.get(column.name)
        if column.name == "tenant_id" or (table.startswith("audit_") and column.name == "chain"):
            values[column.name] = tenant_id
        elif parent is not None and parent.parent in rows:
            values[column.name] = rows[parent.parent][parent.parent_column]
        else:
            stands = (table, column.name)
            values[column.name] = (
                _AS_IT_STANDS[stands] if stands in _AS_IT_STANDS else _value(column.type, column.name)
            )
    names = ", ".join(f'"{name}"' for name in values)
    marks = ", ".join(_mark(name, type_) for name, type_ in await _types(session, table, values))
    result = await session.execute(
        text(f'INSERT INTO "{table}" ({names}) VALUES ({marks}) RETURNING *'), values
    )
    return dict(result.mappings().one())


async def _types(session: AsyncSession, table: str, values: Mapping[str, Any]) -> list[tuple[str, str]]:
    columns = {row.name: row.type for row in await session.execute(_COLUMNS, {"table": table})}
    return [(name, columns[name]) for name in values]


_AS_IT_STANDS: dict[tuple[str, str], Any] = {
    ("consents", "erased_at"): None,
    ("tasks", "kind"): "exports.write",
    ("tasks", "parameters"): '{"order": {"offer": "calls", "filters": {}}}',
}
"""What a row must say for the API to show it."""
_BY_TEXT = {"jsonb": "{}", "xid8": "1", "daterange": "[2026-02-09,2026-02-10)", "tstzrange": "[2026-02-09,2026-02-10)",
            "interval": "1 day", "numeric": "1", "inet": "127.0.0.1"}  # fmt: skip


def _mark(name: str, type_: str) -> str:
    if type_ in _BY_TEXT:
        return f"CAST(CAST(:{name} AS text) AS {type_})"
    return f"CAST(:{name} AS {f'{type_[1:]}[]' if type_.startswith('_') else type_})"


def _value(type_: str, name: str) -> Any:
    plain: dict[str, Any] = {
        "uuid": new_id(),
        "text": f"{name}-{new_id().hex[-6:]}",
        "varchar": "x",
        "bytea": new_id().bytes,
        "bool": False,
        "timestamptz": datetime(2026, 2, 9, tzinfo=UTC),
        "date": date(2026, 2, 9),
        "time": datetime(2026, 2, 9, tzinfo=UTC).time(),
    }
    if type_ in _BY_TEXT:
        return _BY_TEXT[type_]
    if type_ in plain:
        return plain[type_]
    return [] if type_.startswith("_") else 1
