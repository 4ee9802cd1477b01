"""One row of a tenant in every table that lists can read: words out of their constraints, phones sealed for real."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from tests.support.row_security.rows import fill, loosen

from yunhu.domains.audit.public import record
from yunhu.domains.identity.links import add_new_user
from yunhu.foundation.actor import system
from yunhu.foundation.crypto import Vault
from yunhu.foundation.phone import Phone

PHONE = Phone.parse("13912345678")
_WORDS = text(
    """
    SELECT c.conrelid::regclass::text AS table, a.attname AS column,
        (regexp_match(pg_get_constraintdef(c.oid), '''([a-z0-9_]+)'''))[1] AS word
    FROM pg_constraint AS c
    JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
    JOIN pg_class AS t ON t.oid = c.conrelid
    WHERE c.contype = 'c' AND cardinality(c.conkey) = 1 AND NOT t.relispartition
        AND pg_get_constraintdef(c.oid) ~ '^CHECK \\(\\(\\(*"?[a-z_]+"?\\)*(::text)? = ANY'
    """
)
_SEALED = text(
    "SELECT table_name AS table, column_name AS column FROM information_schema.columns"
    " WHERE table_schema = 'public' AND column_name = 'callee_cipher'"
)
_UPDATES = (
    "UPDATE caller_numbers SET e164 = '+862988880001'",
    """UPDATE evidence_packs SET requested_by = '{"kind": "user", "name": "reviewer", "id": null}'""",
    "UPDATE meter_entries AS m SET contract_id = a.contract_id FROM billing_accounts AS a",
    "UPDATE meter_entries SET kind = 'voice_notification', state = 'charged'",
)


async def one_of_each(
    session: AsyncSession, vault: Vault, tenant_id: UUID, now: datetime
) -> dict[str, dict[str, Any]]:
    """Rows by table, as they were made; afterwards their words are such as the product writes."""
    words = (await session.execute(_WORDS)).all()
    sealed = (await session.execute(_SEALED)).all()
    await loosen(session)
    rows = await fill(session, tenant_id, {})
    await session.execute(text("SET LOCAL session_replication_role = replica"))
    for one in words:
        await session.execute(
            text(f'UPDATE {one.table} SET "{one.column}" = :word WHERE "{one.column}"::text LIKE :made'),
            {"word": one.word, "made": f"{one.column}-______"},
        )
    for one in sealed:
        cipher = vault.seal_phone(PHONE).cipher
        await session.execute(
            text(f'UPDATE "{one.table}" SET callee_cipher = :cipher WHERE callee_cipher IS NOT NULL'),
            {"cipher": cipher},
        )
    for update in _UPDATES:
        await session.execute(text(update))
    await session.execute(text("SET LOCAL session_replication_role = DEFAULT"))
    await add_new_user(session, None, login="reviewer", display_name="王", mail=None, now=now)
    await record(
        session, system("test"), action="user.invite", subject=("user", tenant_id), tenant_id=None, now=now
    )
    return rows


def ids_of(rows: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """Every id that one of these rows has."""
    return {str(row["id"]) for row in rows.values() if "id" in row}
