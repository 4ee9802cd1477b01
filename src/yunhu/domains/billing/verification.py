"""Proves that quotas, pieces, call records and ledger tell the same story; each difference with its cause."""

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

# One statement a rule: each gives `subject` and `detail` of what contradicts.
CHECKS = {
    "quota_equals_pieces": """
        SELECT q.id::text AS subject, format('held %s, pieces held %s; used %s, pieces charged %s',
            q.held, m.held, q.used, m.charged) AS detail
        FROM quota_periods AS q LEFT JOIN LATERAL (
            SELECT count(*) FILTER (WHERE state = 'held') AS held, count(*) FILTER (WHERE state = 'charged') AS charged
            FROM meter_entries WHERE quota_id = q.id) AS m ON true
        WHERE (q.held, q.used) IS DISTINCT FROM (m.held, m.charged)
    """,
    "pieces_make_the_price": """
        SELECT q.id::text AS subject, format('%s fen, expected %s', m.amount, round(q.price::numeric * q.used / q.quota))
            AS detail
        FROM quota_periods AS q LEFT JOIN LATERAL (
            SELECT coalesce(sum(amount), 0) AS amount FROM meter_entries WHERE quota_id = q.id) AS m ON true
        WHERE m.amount <> round(q.price::numeric * q.used / q.quota)
    """,
    "ledger_equals_pieces": """
        WITH posted AS (
            SELECT entry_id, sum(amount) AS amount FROM meter_entries
            WHERE state = 'charged' AND entry_id IS NOT NULL GROUP BY entry_id HAVING sum(amount) <> 0
        ), booked AS (
            SELECT e.id, sum(l.amount) FILTER (WHERE l.account = 'prepayment') AS amount
            FROM ledger_entries AS e JOIN ledger_lines AS l ON l.entry_id = e.id WHERE e.kind = 'usage' GROUP BY e.id
        )
        SELECT coalesce(p.entry_id, b.id)::text AS subject, format('pieces %s, ledger %s', p.amount, b.amount) AS detail
        FROM posted AS p FULL JOIN booked AS b ON b.id = p.entry_id WHERE p.amount IS DISTINCT FROM b.amount
    """,
    "ledger_balances": """
        SELECT e.id::text AS subject, format('sums to %s', sum(l.amount)) AS detail
        FROM ledger_entries AS e LEFT JOIN ledger_lines AS l ON l.entry_id = e.id
        GROUP BY e.id HAVING coalesce(sum(l.amount), 1) <> 0
    """,
    "account_equals_ledger": """
        SELECT a.contract_id::text AS subject, format('recognised %s, ledger %s', a.recognised, -b.amount) AS detail
        FROM billing_accounts AS a LEFT JOIN LATERAL (
            SELECT coalesce(sum(l.amount), 0) AS amount FROM ledger_entries AS e
            JOIN ledger_lines AS l ON l.entry_id = e.id
            WHERE e.contract_id = a.contract_id AND l.account IN ('revenue', 'vat')) AS b ON true
        WHERE a.recognised <> -b.amount
    """,
    "account_equals_pieces": """
        SELECT a.contract_id::text AS subject, format('held %s, pieces %s; used %s, pieces and time %s',
            a.held, m.held, a.used, m.used + t.used) AS detail
        FROM billing_accounts AS a LEFT JOIN LATERAL (
            SELECT coalesce(sum(held_amount) FILTER (WHERE state = 'held'), 0) AS held, coalesce(sum(amount), 0) AS used
            FROM meter_entries WHERE contract_id = a.contract_id) AS m ON true
        LEFT JOIN LATERAL (
            SELECT coalesce(sum(l.amount), 0) AS used FROM ledger_entries AS e JOIN ledger_lines AS l ON l.entry_id = e.id
            WHERE e.contract_id = a.contract_id AND e.kind = 'accrual' AND l.account = 'prepayment') AS t ON true
        WHERE (a.held, a.used) IS DISTINCT FROM (m.held, m.used + t.used)
    """,
    "settled_to_nothing": """
        SELECT c.id::text AS subject, format('%s fen of the prepayment are left after the closing account', -p.amount)
            AS detail
        FROM contracts AS c JOIN LATERAL (
            SELECT sum(l.amount) AS amount FROM ledger_entries AS e JOIN ledger_lines AS l ON l.entry_id = e.id
            WHERE e.contract_id = c.id AND l.account = 'prepayment') AS p ON p.amount <> 0
        WHERE c.state = 'settled' AND EXISTS (SELECT FROM ledger_entries AS e WHERE e.contract_id = c.id
            AND e.source LIKE 'settlement:%')
    """,
    "pieces_equal_calls": """
        SELECT m.call_id::text AS subject, format('%s by %s, the call %s', m.state, m.charging,
            CASE WHEN c.id IS NULL THEN 'is missing' WHEN c.answered_at IS NULL THEN 'was not answered'
                 ELSE 'was answered' END) AS detail
        FROM meter_entries AS m LEFT JOIN calls AS c ON c.id = m.call_id
        WHERE m.kind = 'voice_notification' AND m.state <> 'held'
          AND (c.id IS NULL OR (m.state = 'charged' AND m.charging = 'on_answer' AND c.answered_at IS NULL)
               OR (m.state = 'released' AND c.answered_at IS NOT NULL))
    """,
}
MOST_SHOWN = 100


class Contradiction(msgspec.Struct, frozen=True):
    """One thing that should be equal and is not."""

    check: str
    subject: str
    detail: str


async def verify(session: AsyncSession) -> list[Contradiction]:
    """Every contradiction, of each check the first `MOST_SHOWN`.

    Reads one snapshot only when the session's transaction is REPEATABLE READ.
    """
    found = []
    for name, query in CHECKS.items():
        statement = text(f"SELECT * FROM ({query}) AS found LIMIT {MOST_SHOWN}")  # noqa: S608 constant text
        rows = (await session.execute(statement)).all()
        found += [Contradiction(name, row.subject, row.detail) for row in rows]
    return found
