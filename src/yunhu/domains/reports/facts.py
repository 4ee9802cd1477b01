"""Rows as the lines that they leave in the figures, counted one by one: what sums are proved by and made anew from.

The triggers of migration 0014 say the same about a single row. `{where}` narrows by the columns of the inner query.
"""

from yunhu.domains.reports.rules import Kind

NOBODY = "'00000000-0000-0000-0000-000000000000'::uuid"
LINE = (
    "tenant_id, kind, at, script_id, scenario_id, caller_number, matter, window_name, state, "
    "n, reached, rang, talk_ms, ring_ms, to_ring_ms"
)

_CALLS = f"""
    SELECT c.tenant_id, 'call' AS kind, c.at, v.script_id, coalesce(n.scenario_id, {NOBODY}) AS scenario_id,
        c.caller_number, coalesce(n.matter, '') AS matter, coalesce(n."window", '') AS window_name,
        c.result AS state, 1 AS n, (c.answered_at IS NOT NULL)::int AS reached,
        (coalesce(c.ringing_at, c.answered_at) IS NOT NULL)::int AS rang,
        coalesce(greatest(0, round(1000 * extract(epoch FROM c.ended_at - c.answered_at))), 0)::bigint AS talk_ms,
        coalesce(greatest(0, round(1000 * extract(epoch FROM
            coalesce(c.answered_at, c.ended_at) - c.ringing_at))), 0)::bigint AS ring_ms,
        CASE WHEN n.purpose = 'your_turn' AND c.attempt = 1
            THEN greatest(0, round(1000 * extract(epoch FROM c.ringing_at - n.created_at)))::bigint END AS to_ring_ms
    FROM (SELECT * FROM (SELECT *, reserved_at AS at FROM calls) AS rows_ WHERE state = 'ended' AND {{where}}) AS c
    JOIN notifications AS n ON n.id = c.notification_id
    JOIN script_versions AS v ON v.id = c.script_version_id
"""  # noqa: S608 fixed text
_NOTIFICATIONS = f"""
    SELECT n.tenant_id, 'notification' AS kind, n.at, v.script_id, coalesce(n.scenario_id, {NOBODY}) AS scenario_id,
        '' AS caller_number, coalesce(n.matter, '') AS matter, coalesce(n."window", '') AS window_name, n.state,
        1 AS n, (n.state = 'delivered')::int AS reached, 0 AS rang, 0::bigint AS talk_ms, 0::bigint AS ring_ms,
        NULL::bigint AS to_ring_ms
    FROM (SELECT * FROM (SELECT *, created_at AS at FROM notifications) AS rows_
          WHERE finished_at IS NOT NULL AND {{where}}) AS n
    JOIN script_versions AS v ON v.id = n.script_version_id
"""  # noqa: S608 fixed text
_MESSAGES = f"""
    SELECT m.tenant_id, 'message' AS kind, m.at, v.script_id, coalesce(n.scenario_id, {NOBODY}) AS scenario_id,
        '' AS caller_number, coalesce(n.matter, '') AS matter, coalesce(n."window", '') AS window_name, m.state,
        1 AS n, (m.state = 'delivered')::int AS reached, 0 AS rang, 0::bigint AS talk_ms, 0::bigint AS ring_ms,
        NULL::bigint AS to_ring_ms
    FROM (SELECT * FROM (SELECT *, created_at AS at FROM sms_messages) AS rows_
          WHERE final_at IS NOT NULL AND {{where}}) AS m
    JOIN notifications AS n ON n.id = m.notification_id
    JOIN script_versions AS v ON v.id = m.script_version_id
"""  # noqa: S608 fixed text
FACTS = {Kind.CALL: _CALLS, Kind.NOTIFICATION: _NOTIFICATIONS, Kind.MESSAGE: _MESSAGES}
ALL_FACTS = "\nUNION ALL\n".join(statement.format(where="true") for statement in FACTS.values())
