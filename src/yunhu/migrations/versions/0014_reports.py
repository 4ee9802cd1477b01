"""Rollups for reports and the overview, and the indexes that long lists need.

Every call, notification and message that comes to its end leaves one line in `report_deltas`, in the transaction that
ends it: an insert, so that two nodes never wait for each other. A job adds the lines up into `report_cells`. A report
reads both, in one statement, and is exact at every moment. What a row leaves is made of columns that do not change any
more; a change of one of them all the same is written as the old line taken back and a new one.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

NOBODY = "'00000000-0000-0000-0000-000000000000'::uuid"


def _key() -> list[sa.Column[Any]]:
    return [
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
    ]


def _measures() -> list[sa.Column[Any]]:
    names = ("n", "reached", "rang", "talk_ms", "ring_ms")
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]


_KIND = "kind IN ('call', 'notification', 'message')"

# One function a table: the line of one row, added (1) or taken back (-1), or kept as a line of what was deleted.
LINES = (
    f"""
CREATE FUNCTION report_line_of_call(c calls, weight int, gone boolean) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO report_deltas (tenant_id, kind, removed, at, script_id, scenario_id, caller_number, matter,
        window_name, state, n, reached, rang, talk_ms, ring_ms, to_ring_ms)
    SELECT c.tenant_id, 'call', gone, c.reserved_at, v.script_id, coalesce(n.scenario_id, {NOBODY}),
        c.caller_number, coalesce(n.matter, ''), coalesce(n."window", ''), c.result, weight,
        weight * (c.answered_at IS NOT NULL)::int,
        weight * (coalesce(c.ringing_at, c.answered_at) IS NOT NULL)::int,
        weight * coalesce(greatest(0, round(1000 * extract(epoch FROM c.ended_at - c.answered_at))), 0)::bigint,
        weight * coalesce(greatest(0, round(1000 * extract(epoch FROM
            coalesce(c.answered_at, c.ended_at) - c.ringing_at))), 0)::bigint,
        CASE WHEN n.purpose = 'your_turn' AND c.attempt = 1
            THEN greatest(0, round(1000 * extract(epoch FROM c.ringing_at - n.created_at)))::bigint END
    FROM notifications AS n, script_versions AS v
    WHERE n.id = c.notification_id AND v.id = c.script_version_id;
END $$
""",
    f"""
CREATE FUNCTION report_line_of_notification(c notifications, weight int, gone boolean) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO report_deltas (tenant_id, kind, removed, at, script_id, scenario_id, caller_number, matter,
        window_name, state, n, reached, rang, talk_ms, ring_ms, to_ring_ms)
    SELECT c.tenant_id, 'notification', gone, c.created_at, v.script_id, coalesce(c.scenario_id, {NOBODY}),
        '', coalesce(c.matter, ''), coalesce(c."window", ''), c.state, weight, weight * (c.state = 'delivered')::int,
        0, 0, 0, NULL
    FROM script_versions AS v WHERE v.id = c.script_version_id;
END $$
""",
    f"""
CREATE FUNCTION report_line_of_message(c sms_messages, weight int, gone boolean) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO report_deltas (tenant_id, kind, removed, at, script_id, scenario_id, caller_number, matter,
        window_name, state, n, reached, rang, talk_ms, ring_ms, to_ring_ms)
    SELECT c.tenant_id, 'message', gone, c.created_at, v.script_id, coalesce(n.scenario_id, {NOBODY}),
        '', coalesce(n.matter, ''), coalesce(n."window", ''), c.state, weight, weight * (c.state = 'delivered')::int,
        0, 0, 0, NULL
    FROM notifications AS n, script_versions AS v
    WHERE n.id = c.notification_id AND v.id = c.script_version_id;
END $$
""",
)
# A row is over when this holds, and these columns make its line.
_SOURCES = {
    "call": (
        "calls",
        "{}.state = 'ended'",
        (
            "state",
            "result",
            "reserved_at",
            "ringing_at",
            "answered_at",
            "ended_at",
            "caller_number",
            "script_version_id",
        ),
    ),
    "notification": (
        "notifications",
        "{}.finished_at IS NOT NULL",
        ("state", "created_at", "script_version_id", "scenario_id", "matter", '"window"'),
    ),
    "message": ("sms_messages", "{}.final_at IS NOT NULL", ("state", "created_at", "script_version_id")),
}
_FUNCTION = """
CREATE FUNCTION report_{kind}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM report_line_of_{kind}(OLD, 1, true);
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF {old_over} THEN
            PERFORM report_line_of_{kind}(OLD, -1, false);
        END IF;
    END IF;
    IF {new_over} THEN
        PERFORM report_line_of_{kind}(NEW, 1, false);
    END IF;
    RETURN NULL;
END $$
"""

# Long lists: one index for each thing that they can be narrowed to, in the order in which they are shown. Each begins
# with the tenant: the planner guesses how rows lie by the first column alone, and would else take the plain list index
# and read past everything that a retired script version never said.
LIST_INDEXES = (
    ("ix_calls_number", "calls", ["tenant_id", "caller_number", "id"], None),
    ("ix_calls_script", "calls", ["tenant_id", "script_version_id", "id"], None),
    ("ix_calls_result", "calls", ["tenant_id", "result", "id"], "result IS NOT NULL"),
    ("ix_notifications_purpose", "notifications", ["tenant_id", "purpose", "id"], None),
    ("ix_notifications_script", "notifications", ["tenant_id", "script_version_id", "id"], None),
    ("ix_notifications_state", "notifications", ["tenant_id", "state", "id"], "finished_at IS NOT NULL"),
    ("ix_notifications_result", "notifications", ["tenant_id", "result", "id"], "result IS NOT NULL"),
    ("ix_sms_messages_script", "sms_messages", ["tenant_id", "script_version_id", "id"], None),
    ("ix_sms_messages_state", "sms_messages", ["tenant_id", "state", "id"], "final_at IS NOT NULL"),
    ("ix_callback_deliveries_subject", "callback_deliveries", ["subject_id", "id"], None),
    ("ix_journeys_list", "journeys", ["tenant_id", "id"], None),
    ("ix_journeys_day", "journeys", ["tenant_id", "day", "id"], None),
    ("ix_journeys_hall", "journeys", ["tenant_id", "hall", "id"], None),
    ("ix_journeys_number", "journeys", ["tenant_id", "queue_number", "id"], None),
)
_ABOUT_THE_VISIT: tuple[sa.Column[Any], ...] = (
    sa.Column("scenario_id", sa.Uuid(), nullable=True),
    sa.Column("matter", sa.Text(), nullable=True),
    sa.Column("window", sa.Text(), nullable=True),
)
# What notifications of before this version were about: the best that is still known of them.
_REMEMBER = """
UPDATE notifications AS n SET scenario_id = j.scenario_id, matter = coalesce(n.parameters ->> 'matter', j.matter),
    "window" = coalesce(n.parameters ->> 'window', j."window")
FROM journeys AS j WHERE j.id = n.journey_id
"""
_COUNT_THE_PAST = """
SELECT count(report_line_of_{kind}(c, 1, false)) FROM {table} AS c WHERE {over}
"""


# Steps of a tenth: `rules.step_of` says the same.
STEP = """
CREATE FUNCTION report_step(milliseconds bigint) RETURNS int LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN milliseconds <= 1 THEN 0 ELSE ceil(ln(milliseconds::float8) / ln(1.1::float8))::int END
$$
"""


def upgrade() -> None:
    for column in _ABOUT_THE_VISIT:
        op.add_column("notifications", column)
    op.execute(_REMEMBER)
    _create_rollups()
    for statement in (STEP, *LINES):
        op.execute(statement)
    for kind, (table, over, columns) in _SOURCES.items():
        op.execute(_FUNCTION.format(kind=kind, old_over=over.format("OLD"), new_over=over.format("NEW")))
        old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
        trigger = f"CREATE TRIGGER report_{kind}_{{}} AFTER {{}} ON {table} FOR EACH ROW WHEN ({{}}) "
        trigger += f"EXECUTE FUNCTION report_{kind}()"
        changed = f"({over.format('OLD')} OR {over.format('NEW')}) AND ({old}) IS DISTINCT FROM ({new})"
        op.execute(trigger.format("added", "INSERT", over.format("NEW")))
        op.execute(trigger.format("changed", "UPDATE", changed))
        op.execute(trigger.format("removed", "DELETE", over.format("OLD")))
        op.execute(_COUNT_THE_PAST.format(kind=kind, table=table, over=over.format("c")))
    for name, table, indexed, condition in LIST_INDEXES:
        op.create_index(name, table, indexed, postgresql_where=sa.text(condition) if condition else None)
    _create_mails()
    op.execute("SELECT yunhu_protect()")


def _create_rollups() -> None:
    op.create_table(
        "report_deltas",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        *_key(),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("script_id", sa.Uuid(), nullable=False),
        sa.Column("scenario_id", sa.Uuid(), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("caller_number", "matter", "window_name", "state")
        ),
        *_measures(),
        sa.Column("to_ring_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(_KIND, name=op.f("ck_report_deltas_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_deltas")),
    )
    op.create_table(
        "report_cells",
        *_key(),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("bucket", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("script_id", sa.Uuid(), nullable=False),
        sa.Column("scenario_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        *_measures(),
        sa.CheckConstraint(_KIND, name=op.f("ck_report_cells_kind")),
        sa.CheckConstraint(
            "dimension IN ('total', 'day', 'number', 'matter', 'window', 'to_ring')",
            name=op.f("ck_report_cells_dimension"),
        ),
        sa.PrimaryKeyConstraint(
            "tenant_id",
            "kind",
            "dimension",
            "bucket",
            "script_id",
            "scenario_id",
            "state",
            "value",
            "removed",
            name=op.f("pk_report_cells"),
        ),
    )


def _create_mails() -> None:
    op.create_table(
        "report_schedules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("offer", sa.Text(), nullable=False),
        sa.Column("query", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("every", sa.Text(), nullable=False),
        sa.Column("on_day", sa.SmallInteger(), nullable=False),
        sa.Column("hour", sa.SmallInteger(), nullable=False),
        sa.Column("recipients", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("english", sa.Boolean(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("every IN ('day', 'week', 'month')", name=op.f("ck_report_schedules_every")),
        sa.CheckConstraint("hour BETWEEN 0 AND 23", name=op.f("ck_report_schedules_hour")),
        sa.CheckConstraint(
            "(every = 'day' AND on_day = 0) OR (every = 'week' AND on_day BETWEEN 1 AND 7) "
            "OR (every = 'month' AND on_day BETWEEN 1 AND 28)",
            name=op.f("ck_report_schedules_on_day"),
        ),
        sa.CheckConstraint(
            "cardinality(recipients) BETWEEN 1 AND 20", name=op.f("ck_report_schedules_recipients")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_report_schedules_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_schedules")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_report_schedules_tenant_id")),
    )
    op.create_index(
        "ix_report_schedules_due", "report_schedules", ["next_due_at"], postgresql_where=sa.text("enabled")
    )
    op.create_table(
        "report_sends",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("schedule_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("recipients", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("error", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'queued', 'sent', 'failed')", name=op.f("ck_report_sends_state")
        ),
        sa.CheckConstraint("(sent_at IS NULL) = (state <> 'sent')", name=op.f("ck_report_sends_sent")),
        sa.ForeignKeyConstraint(
            ["schedule_id"],
            ["report_schedules.id"],
            name=op.f("fk_report_sends_schedule_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_report_sends_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_sends")),
        sa.UniqueConstraint("schedule_id", "occasion", name=op.f("uq_report_sends_schedule_id")),
    )
    op.create_index("ix_report_sends_list", "report_sends", ["schedule_id", "id"])
    op.create_index(
        "ix_report_sends_open",
        "report_sends",
        ["next_try_at"],
        postgresql_where=sa.text("state IN ('waiting', 'queued')"),
    )


def downgrade() -> None:
    op.drop_table("report_sends")
    op.drop_table("report_schedules")
    for name, table, _, _ in LIST_INDEXES:
        op.drop_index(name, table_name=table)
    for kind, (table, _, _) in _SOURCES.items():
        for event in ("added", "changed", "removed"):
            op.execute(f"DROP TRIGGER report_{kind}_{event} ON {table}")
        op.execute(f"DROP FUNCTION report_{kind}()")
        op.execute(f"DROP FUNCTION report_line_of_{kind}")
    op.execute("DROP FUNCTION report_step")
    op.drop_table("report_cells")
    op.drop_table("report_deltas")
    for column in _ABOUT_THE_VISIT:
        op.drop_column("notifications", column.name)
