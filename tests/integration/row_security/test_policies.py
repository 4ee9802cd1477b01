"""The second net: under the tenants' role the database itself keeps tenants apart."""

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.support.row_security.rows import fill, loosen, protected_tables

from yunhu.domains.audit.public import record
from yunhu.foundation.actor import system
from yunhu.foundation.db import Database
from yunhu.foundation.db.listen import notify
from yunhu.foundation.ids import new_id
from yunhu.foundation.outbox import Event, publish

A, B = UUID(int=0xA), UUID(int=0xB)


async def test_given_every_table_with_a_tenant_then_it_has_the_policy(database: Database) -> None:
    query = text(
        """
        SELECT c.relname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT (
            c.relrowsecurity AND EXISTS (SELECT FROM pg_policy AS p WHERE p.polrelid = c.oid AND p.polname = 'own_tenant'))
        """
    )
    async with database.transaction() as session:
        assert list(await session.scalars(query)) == []
        assert len(await protected_tables(session)) > 20


async def test_given_tables_without_a_policy_then_the_role_reaches_only_what_is_meant_to_be_shared(
    database: Database,
) -> None:
    query = text(
        """
        SELECT c.relname, has_table_privilege('yunhu_tenant', c.oid, 'SELECT') AS reads,
            has_table_privilege('yunhu_tenant', c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE') AS writes
        FROM pg_class AS c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relrowsecurity
        """
    )
    async with database.transaction() as session:
        rows = (await session.execute(query)).all()
    assert {row.relname for row in rows if row.writes} == set()
    assert {row.relname for row in rows if row.reads} == {"screening_versions", "working_days"}


async def test_given_rows_of_one_tenant_when_another_or_nobody_looks_then_there_are_none(
    database: Database,
) -> None:
    async with database.transaction() as session:
        await loosen(session)
        rows = await fill(session, A, {})
        tables = await protected_tables(session)
    assert set(rows) == set(tables)
    for table in tables:
        async with database.tenant_transaction(A) as session:
            assert await session.scalar(text(f'SELECT count(*) FROM "{table}"')) == 1, table
        async with database.tenant_transaction(B) as session:
            assert await session.scalar(text(f'SELECT count(*) FROM "{table}"')) == 0, table
        async with database.transaction() as session:
            await session.execute(text("SET LOCAL ROLE yunhu_tenant"))
            assert await session.scalar(text(f'SELECT count(*) FROM "{table}"')) == 0, table


async def test_given_rows_of_one_tenant_when_another_writes_them_then_nothing_changes(
    database: Database,
) -> None:
    async with database.transaction() as session:
        await loosen(session)
        await fill(session, A, {})
        tables = await protected_tables(session)
    for table in set(tables) - {"audit_entries", "audit_heads"}:
        async with database.tenant_transaction(B) as session:
            result = await session.execute(text(f'DELETE FROM "{table}"'))
            assert result.rowcount == 0, table  # type: ignore[attr-defined]
    with pytest.raises(DBAPIError, match="row-level security"):
        async with database.tenant_transaction(B) as session:
            await session.execute(
                text("INSERT INTO robots (id, tenant_id, name) VALUES (:id, :tenant, 'x')"),
                {"id": new_id(), "tenant": A},
            )


async def test_given_the_role_when_it_records_publishes_and_notifies_then_it_may(database: Database) -> None:
    async with database.transaction() as session:
        await session.execute(
            text("INSERT INTO tenants (id, slug, name, created_at) VALUES (:id, 'a', 'a', now())"), {"id": A}
        )
    async with database.tenant_transaction(A) as session:
        await publish(
            session, [Event(A, "x.y", new_id(), {}, None or await session.scalar(text("SELECT now()")))]
        )
        await notify(session, "yunhu_test")
        await record(session, system("test"), action="a.b", subject=("a", "1"), tenant_id=A)
        assert list(await session.scalars(text("SELECT slug FROM tenants"))) == ["a"]
    with pytest.raises(DBAPIError, match="row-level security"):
        async with database.tenant_transaction(A) as session:
            await record(session, system("test"), action="a.b", subject=("a", "1"), tenant_id=B)
    for forbidden in (
        "UPDATE audit_entries SET reason = ''",
        "DELETE FROM audit_entries",
        "DELETE FROM audit_heads",
    ):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with database.tenant_transaction(A) as session:
                await session.execute(text(forbidden))


async def test_given_a_tenants_transaction_when_it_ends_then_the_connection_is_everybodys_again(
    database: Database,
) -> None:
    async with database.tenant_transaction(A) as session:
        assert await session.scalar(text("SELECT current_user")) == "yunhu_tenant"
    async with database.transaction() as session:
        assert await session.scalar(text("SELECT current_user")) != "yunhu_tenant"
        assert await session.scalar(text("SELECT nullif(current_setting('yunhu.tenant', true), '')")) is None


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("SELECT * FROM calls WHERE tenant_id = :t ORDER BY id DESC LIMIT 50", "ix_calls_list"),
        (
            "SELECT * FROM notifications WHERE tenant_id = :t ORDER BY id DESC LIMIT 50",
            "ix_notifications_list",
        ),
        ("SELECT * FROM calls WHERE id = :t", "Index Scan"),
        (
            (
                "SELECT * FROM audit_entries WHERE chain = :t AND subject_kind = 'a' AND subject_id = 'b' "
                "ORDER BY sequence DESC LIMIT 50"
            ),
            "ix_audit_entries_subject",
        ),
    ],
)
async def test_given_the_policy_when_a_list_is_planned_then_the_index_still_serves_it(
    database: Database, query: str, index: str
) -> None:
    async with database.tenant_transaction(A) as session:
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = "\n".join(await session.scalars(text(f"EXPLAIN {query}"), {"t": A}))
    assert index in plan
