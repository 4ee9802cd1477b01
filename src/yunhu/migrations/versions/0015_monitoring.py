"""Live monitor and pauses; versions of scenarios; alarms; tenants that are out of use."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

NOBODY = "00000000-0000-0000-0000-000000000000"


def moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    _create_live()
    _create_pauses()
    _create_alarms()
    _create_scenario_versions()
    op.add_column("tenants", sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_journeys_queue_number", "journeys", ["tenant_id", "queue_number", sa.text("day DESC")]
    )
    op.execute("SELECT yunhu_protect()")


def _create_live() -> None:
    op.create_table(
        "live_calls",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("notification_id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=True),
        sa.Column("trunk_id", sa.Uuid(), nullable=False),
        sa.Column("callee", sa.Text(), nullable=False),
        sa.Column("caller_number", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        moment("stage_at"),
        moment("started_at"),
        moment("answered_at", nullable=True),
        moment("ended_at", nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("line", sa.Text(), nullable=True),
        sa.Column("line_script", sa.Text(), nullable=True),
        moment("line_at", nullable=True),
        sa.Column("line_seconds", sa.Float(), nullable=True),
        sa.CheckConstraint(
            "stage IN ('dialling', 'ringing', 'early_media', 'answered', 'speaking', 'waiting_for_key', 'ended')",
            name=op.f("ck_live_calls_stage"),
        ),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_live_calls")),
        prefixes=["UNLOGGED"],
    )
    op.create_index("ix_live_calls_node", "live_calls", ["node_id", "version"])
    op.create_index("ix_live_calls_tenant", "live_calls", ["tenant_id"])
    op.create_table(
        "trunk_states",
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("trunk_id", sa.Uuid(), nullable=False),
        sa.Column("usable", sa.Boolean(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        moment("changed_at"),
        sa.PrimaryKeyConstraint("node_id", "trunk_id", name=op.f("pk_trunk_states")),
        prefixes=["UNLOGGED"],
    )
    # Small and rewritten many times a second: dead rows must not pile up until a fifth of a large table is dead.
    for table in ("live_calls", "trunk_states"):
        op.execute(
            f"ALTER TABLE {table} SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, "
            "autovacuum_vacuum_threshold = 2000, autovacuum_analyze_scale_factor = 0, "
            "autovacuum_analyze_threshold = 5000)"
        )


def _create_pauses() -> None:
    op.create_table(
        "pauses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("scenario_id", sa.Uuid(), nullable=True),
        sa.Column("by_operator", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("paused_by", sa.Text(), nullable=False),
        moment("paused_at"),
        moment("until", nullable=True),
        sa.Column("resumed_by", sa.Text(), nullable=True),
        moment("resumed_at", nullable=True),
        sa.Column("resume_reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint("(resumed_at IS NULL) = (resumed_by IS NULL)", name=op.f("ck_pauses_resumed")),
        sa.CheckConstraint('"until" IS NULL OR "until" > paused_at', name=op.f("ck_pauses_until")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_pauses_tenant_id")),
        sa.ForeignKeyConstraint(["scenario_id"], ["scenarios.id"], name=op.f("fk_pauses_scenario_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pauses")),
    )
    op.create_index(
        "uq_pauses_standing",
        "pauses",
        ["tenant_id", sa.text(f"coalesce(scenario_id, '{NOBODY}')"), "by_operator"],
        unique=True,
        postgresql_where=sa.text("resumed_at IS NULL"),
    )
    op.create_index("ix_pauses_list", "pauses", ["tenant_id", "id"])


def _create_alarms() -> None:
    op.create_table(
        "alarms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("detail", JSONB(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), server_default=sa.text("1"), nullable=False),
        moment("first_at"),
        moment("last_at"),
        sa.Column("acknowledged_by", sa.Text(), nullable=True),
        moment("acknowledged_at", nullable=True),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        moment("cleared_at", nullable=True),
        sa.Column("cleared_by", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'acknowledged', 'cleared')", name=op.f("ck_alarms_state")),
        sa.CheckConstraint("severity IN ('warning', 'critical')", name=op.f("ck_alarms_severity")),
        sa.CheckConstraint("(cleared_at IS NULL) = (state <> 'cleared')", name=op.f("ck_alarms_cleared")),
        sa.CheckConstraint(
            "(acknowledged_at IS NULL) = (acknowledged_by IS NULL)", name=op.f("ck_alarms_acknowledged")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_alarms_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
    )
    op.create_index(
        "uq_alarms_standing", "alarms", ["key"], unique=True, postgresql_where=sa.text("cleared_at IS NULL")
    )
    op.create_index("ix_alarms_tenant", "alarms", ["tenant_id", "id"])
    op.create_index("ix_alarms_open", "alarms", ["id"], postgresql_where=sa.text("cleared_at IS NULL"))


def _create_scenario_versions() -> None:
    op.add_column(
        "scenarios", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False)
    )
    op.create_table(
        "scenario_versions",
        sa.Column("scenario_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("hall", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("plan", JSONB(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        moment("changed_at"),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_scenario_versions_number")),
        sa.ForeignKeyConstraint(
            ["scenario_id"], ["scenarios.id"], name=op.f("fk_scenario_versions_scenario_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_scenario_versions_tenant_id")),
        sa.PrimaryKeyConstraint("scenario_id", "number", name=op.f("pk_scenario_versions")),
    )
    op.execute(
        """
        INSERT INTO scenario_versions (scenario_id, number, tenant_id, name, hall, enabled, plan, changed_by, changed_at)
        SELECT id, 1, tenant_id, name, hall, enabled, plan, 'yunhu apply', updated_at FROM scenarios
        """
    )


def downgrade() -> None:
    op.drop_index("ix_journeys_queue_number", table_name="journeys")
    op.drop_column("tenants", "disabled_at")
    op.drop_table("scenario_versions")
    op.drop_column("scenarios", "version")
    for table in ("alarms", "pauses", "trunk_states", "live_calls"):
        op.drop_table(table)
