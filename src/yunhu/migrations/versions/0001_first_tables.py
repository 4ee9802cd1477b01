"""The first tables: tenants, scripts, numbers, notifications, dispatch, calls, messages, callbacks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from yunhu.foundation.outbox import Xid8

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


# What was approved is what is spoken: the words of an approved or retired version can never be changed (row C2).
FILED_TEXT_IS_FINAL = (
    """
CREATE FUNCTION filed_text_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an approved script version cannot be changed' USING ERRCODE = 'integrity_constraint_violation';
END $$
""",
    """
CREATE TRIGGER filed_text_is_final BEFORE UPDATE ON script_versions FOR EACH ROW
WHEN (OLD.state <> 'draft' AND (OLD.text, OLD.slots, OLD.text_hash, OLD.script_id, OLD.number)
      IS DISTINCT FROM (NEW.text, NEW.slots, NEW.text_hash, NEW.script_id, NEW.number))
EXECUTE FUNCTION filed_text_is_final()
""",
)


def upgrade() -> None:
    op.create_table(
        "callee_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("callee_index", sa.LargeBinary(), nullable=False),
        sa.Column("calls", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("calls BETWEEN 0 AND 3", name=op.f("ck_callee_days_cap")),
        sa.PrimaryKeyConstraint("day", "callee_index", name=op.f("pk_callee_days")),
    )
    op.create_table(
        "nodes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('running', 'draining', 'stopped', 'lost')", name=op.f("ck_nodes_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nodes")),
    )
    op.create_index(
        "ix_nodes_alive",
        "nodes",
        ["heartbeat_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('running', 'draining')"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("xid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_order", "outbox", ["xid", "id"], unique=False)
    op.create_table(
        "outbox_cursors",
        sa.Column("subscriber", sa.Text(), nullable=False),
        sa.Column("xid", Xid8(), server_default=sa.text("'0'"), nullable=False),
        sa.Column("id", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("subscriber", name=op.f("pk_outbox_cursors")),
    )
    op.create_table(
        "tenants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenants")),
        sa.UniqueConstraint("slug", name=op.f("uq_tenants_slug")),
    )
    op.create_table(
        "trunks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("config", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('sip', 'sandbox')", name=op.f("ck_trunks_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trunks")),
        sa.UniqueConstraint("name", name=op.f("uq_trunks_name")),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("allowed_networks", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("rate_per_minute", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rotated_to", sa.Uuid(), nullable=True),
        sa.CheckConstraint("rate_per_minute BETWEEN 1 AND 1000000", name=op.f("ck_api_keys_rate")),
        sa.ForeignKeyConstraint(["rotated_to"], ["api_keys.id"], name=op.f("fk_api_keys_rotated_to")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_api_keys_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_keys_digest")),
    )
    op.create_index(op.f("ix_api_keys_tenant_id"), "api_keys", ["tenant_id"], unique=False)
    op.create_table(
        "callback_endpoints",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret_cipher", sa.LargeBinary(), nullable=False),
        sa.Column("previous_secret_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("previous_secret_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("event_types", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("paused_reason", sa.Text(), nullable=True),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('active', 'paused')", name=op.f("ck_callback_endpoints_state")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_callback_endpoints_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callback_endpoints")),
        sa.UniqueConstraint("tenant_id", "url", name=op.f("uq_callback_endpoints_tenant_id_url")),
    )
    op.create_table(
        "caller_numbers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("trunk_id", sa.Uuid(), nullable=False),
        sa.Column("e164", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("per_hour", sa.Integer(), nullable=False),
        sa.Column("per_day", sa.Integer(), nullable=False),
        sa.Column("cooling_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "last_used_at", sa.DateTime(timezone=True), server_default=sa.text("'epoch'"), nullable=False
        ),
        sa.Column("hour", sa.DateTime(timezone=True), server_default=sa.text("'epoch'"), nullable=False),
        sa.Column("calls_this_hour", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("day", sa.Date(), server_default=sa.text("'epoch'"), nullable=False),
        sa.Column("calls_this_day", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('allocated', 'held', 'released')", name=op.f("ck_caller_numbers_state")
        ),
        sa.CheckConstraint("calls_this_day BETWEEN 0 AND per_day", name=op.f("ck_caller_numbers_day")),
        sa.CheckConstraint("calls_this_hour BETWEEN 0 AND per_hour", name=op.f("ck_caller_numbers_hour")),
        sa.CheckConstraint("per_hour > 0 AND per_day > 0", name=op.f("ck_caller_numbers_limits")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_caller_numbers_tenant_id")),
        sa.ForeignKeyConstraint(["trunk_id"], ["trunks.id"], name=op.f("fk_caller_numbers_trunk_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caller_numbers")),
        sa.UniqueConstraint("e164", name=op.f("uq_caller_numbers_e164")),
    )
    op.create_index(
        "ix_caller_numbers_rotation",
        "caller_numbers",
        ["tenant_id", "last_used_at"],
        unique=False,
        postgresql_where=sa.text("state = 'allocated'"),
    )
    op.create_table(
        "queue_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("hall", sa.Text(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "event IN ('taken', 'progress', 'called', 'recalled', 'served', 'missed', 'cancelled')",
            name=op.f("ck_queue_events_event"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_queue_events_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_events")),
        sa.UniqueConstraint("tenant_id", "event_id", name=op.f("uq_queue_events_tenant_id_event_id")),
    )
    op.create_index(op.f("ix_queue_events_journey_id"), "queue_events", ["journey_id"], unique=False)
    op.create_table(
        "refusals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("callee_cipher", sa.LargeBinary(), nullable=False),
        sa.Column("callee_index", sa.LargeBinary(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("source IN ('key', 'api', 'operator')", name=op.f("ck_refusals_source")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_refusals_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refusals")),
    )
    op.create_index(
        "uq_refusals_standing",
        "refusals",
        ["tenant_id", "callee_index"],
        unique=True,
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.create_table(
        "robots",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=True),
        sa.Column("retired", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_robots_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_robots")),
        sa.UniqueConstraint("call_id", name=op.f("uq_robots_call_id")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_robots_tenant_id_name")),
    )
    op.create_table(
        "scenarios",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("hall", sa.Text(), nullable=False),
        sa.Column("plan", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_scenarios_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenarios")),
        sa.UniqueConstraint("tenant_id", "slug", name=op.f("uq_scenarios_tenant_id_slug")),
    )
    op.create_index(
        "uq_scenarios_hall",
        "scenarios",
        ["tenant_id", "hall"],
        unique=True,
        postgresql_where=sa.text("enabled"),
    )
    op.create_table(
        "scripts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("channel IN ('voice', 'sms')", name=op.f("ck_scripts_channel")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_scripts_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scripts")),
        sa.UniqueConstraint("tenant_id", "slug", name=op.f("uq_scripts_tenant_id_slug")),
    )
    op.create_table(
        "smsc_accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("config", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('smpp', 'sandbox')", name=op.f("ck_smsc_accounts_kind")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_smsc_accounts_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_smsc_accounts")),
        sa.UniqueConstraint("name", name=op.f("uq_smsc_accounts_name")),
        sa.UniqueConstraint("tenant_id", name=op.f("uq_smsc_accounts_tenant_id")),
    )
    op.create_table(
        "callback_deliveries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("outbox_id", sa.BigInteger(), nullable=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("give_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'delivered', 'dead')", name=op.f("ck_callback_deliveries_state")
        ),
        sa.ForeignKeyConstraint(
            ["endpoint_id"],
            ["callback_endpoints.id"],
            name=op.f("fk_callback_deliveries_endpoint_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callback_deliveries")),
        sa.UniqueConstraint(
            "endpoint_id", "outbox_id", name=op.f("uq_callback_deliveries_endpoint_id_outbox_id")
        ),
    )
    op.create_index(
        "ix_callback_deliveries_due",
        "callback_deliveries",
        ["endpoint_id", "next_attempt_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_callback_deliveries_endpoint", "callback_deliveries", ["endpoint_id", "id"], unique=False
    )
    op.create_index("ix_callback_deliveries_list", "callback_deliveries", ["tenant_id", "id"], unique=False)
    op.create_index(
        "ix_callback_deliveries_order",
        "callback_deliveries",
        ["endpoint_id", "subject_id", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_table(
        "journeys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("scenario_id", sa.Uuid(), nullable=True),
        sa.Column("hall", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("queue_number", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("matter", sa.Text(), nullable=True),
        sa.Column("window", sa.Text(), nullable=True),
        sa.Column("ahead", sa.Integer(), nullable=True),
        sa.Column("callee_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("callee_index", sa.LargeBinary(), nullable=True),
        sa.Column("calls_announced", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("near_announced", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'called', 'served', 'missed', 'cancelled')", name=op.f("ck_journeys_state")
        ),
        sa.ForeignKeyConstraint(["scenario_id"], ["scenarios.id"], name=op.f("fk_journeys_scenario_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_journeys_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journeys")),
        sa.UniqueConstraint(
            "tenant_id",
            "hall",
            "day",
            "queue_number",
            name=op.f("uq_journeys_tenant_id_hall_day_queue_number"),
        ),
    )
    op.create_index("ix_journeys_callee", "journeys", ["callee_index", "day"], unique=False)
    op.create_table(
        "script_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("script_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("slots", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("text_hash", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'approved', 'retired')", name=op.f("ck_script_versions_state")
        ),
        sa.ForeignKeyConstraint(["script_id"], ["scripts.id"], name=op.f("fk_script_versions_script_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_script_versions_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_script_versions")),
        sa.UniqueConstraint("script_id", "number", name=op.f("uq_script_versions_script_id_number")),
    )
    op.create_index(
        "uq_script_versions_approved",
        "script_versions",
        ["script_id"],
        unique=True,
        postgresql_where=sa.text("state = 'approved'"),
    )
    op.create_table(
        "sms_orphan_receipts",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("smsc_message_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("raw_status", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["smsc_accounts.id"], name=op.f("fk_sms_orphan_receipts_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "smsc_message_id", name=op.f("pk_sms_orphan_receipts")),
    )
    op.create_table(
        "callback_tries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("delivery_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["callback_deliveries.id"],
            name=op.f("fk_callback_tries_delivery_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callback_tries")),
    )
    op.create_index(op.f("ix_callback_tries_delivery_id"), "callback_tries", ["delivery_id"], unique=False)
    op.create_table(
        "notifications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=True),
        sa.Column("announcement", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("script_version_id", sa.Uuid(), nullable=False),
        sa.Column("parameters", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("client_reference", sa.Text(), nullable=True),
        sa.Column("request_hash", sa.LargeBinary(), nullable=True),
        sa.Column("callee_cipher", sa.LargeBinary(), nullable=False),
        sa.Column("callee_index", sa.LargeBinary(), nullable=False),
        sa.Column("plan", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("stop_reason", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("revision", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(finished_at IS NULL) = (state IN ('pending', 'active'))", name=op.f("ck_notifications_finished")
        ),
        sa.CheckConstraint("channel IN ('voice', 'sms')", name=op.f("ck_notifications_channel")),
        sa.CheckConstraint(
            "purpose IN ('near_turn', 'your_turn', 'notice')", name=op.f("ck_notifications_purpose")
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'active', 'delivered', 'failed', 'expired', 'refused', 'superseded', 'cancelled', 'unknown')",
            name=op.f("ck_notifications_state"),
        ),
        sa.CheckConstraint("priority BETWEEN 0 AND 9", name=op.f("ck_notifications_priority")),
        sa.ForeignKeyConstraint(["journey_id"], ["journeys.id"], name=op.f("fk_notifications_journey_id")),
        sa.ForeignKeyConstraint(
            ["script_version_id"], ["script_versions.id"], name=op.f("fk_notifications_script_version_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_notifications_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
    )
    op.create_index("ix_notifications_callee", "notifications", ["callee_index", "id"], unique=False)
    op.create_index(
        "ix_notifications_claim",
        "notifications",
        ["channel", "tenant_id", sa.literal_column("priority DESC"), "deadline", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_notifications_deadline",
        "notifications",
        ["deadline"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index("ix_notifications_list", "notifications", ["tenant_id", "id"], unique=False)
    op.create_index(
        "ix_notifications_open",
        "notifications",
        ["journey_id"],
        unique=False,
        postgresql_where=sa.text("state IN ('pending', 'active')"),
    )
    op.create_index(
        "uq_notifications_announcement",
        "notifications",
        ["journey_id", "purpose", "announcement"],
        unique=True,
        postgresql_where=sa.text("journey_id IS NOT NULL"),
    )
    op.create_index(
        "uq_notifications_reference",
        "notifications",
        ["tenant_id", "client_reference"],
        unique=True,
        postgresql_where=sa.text("client_reference IS NOT NULL"),
    )
    op.create_table(
        "calls",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("notification_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.SmallInteger(), nullable=False),
        sa.Column("callee_cipher", sa.LargeBinary(), nullable=False),
        sa.Column("callee_index", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("caller_number", sa.Text(), nullable=False),
        sa.Column("caller_number_id", sa.Uuid(), nullable=False),
        sa.Column("trunk_id", sa.Uuid(), nullable=False),
        sa.Column("robot_id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("script_version_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("verdict", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reserved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ringing_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("early_media_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("sip_code", sa.Integer(), nullable=True),
        sa.Column("q850", sa.Integer(), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("digits", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "heard", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False
        ),
        sa.Column("recording", sa.Text(), nullable=True),
        sa.CheckConstraint("(ended_at IS NULL) = (state <> 'ended')", name=op.f("ck_calls_ended")),
        sa.CheckConstraint("(result IS NULL) = (state <> 'ended')", name=op.f("ck_calls_result_known")),
        sa.CheckConstraint(
            "ended_by IN ('platform', 'callee', 'network', 'node')", name=op.f("ck_calls_ended_by")
        ),
        sa.CheckConstraint(
            "result IN ('answered', 'machine', 'assistant', 'busy', 'no_answer', 'rejected', 'powered_off', 'unreachable', 'suspended', 'no_such_number', 'barred', 'congestion', 'trunk_failure', 'own_line_blocked', 'cancelled', 'unknown')",
            name=op.f("ck_calls_result"),
        ),
        sa.CheckConstraint(
            "state IN ('dialling', 'ringing', 'answered', 'ended')", name=op.f("ck_calls_state")
        ),
        sa.ForeignKeyConstraint(
            ["caller_number_id"], ["caller_numbers.id"], name=op.f("fk_calls_caller_number_id")
        ),
        sa.ForeignKeyConstraint(["node_id"], ["nodes.id"], name=op.f("fk_calls_node_id")),
        sa.ForeignKeyConstraint(
            ["notification_id"], ["notifications.id"], name=op.f("fk_calls_notification_id")
        ),
        sa.ForeignKeyConstraint(["robot_id"], ["robots.id"], name=op.f("fk_calls_robot_id")),
        sa.ForeignKeyConstraint(
            ["script_version_id"], ["script_versions.id"], name=op.f("fk_calls_script_version_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_calls_tenant_id")),
        sa.ForeignKeyConstraint(["trunk_id"], ["trunks.id"], name=op.f("fk_calls_trunk_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
        sa.UniqueConstraint("notification_id", "attempt", name=op.f("uq_calls_notification_id_attempt")),
    )
    op.create_index("ix_calls_callee", "calls", ["callee_index", "day"], unique=False)
    op.create_index(
        "uq_calls_callee_live",
        "calls",
        ["callee_index"],
        unique=True,
        postgresql_where=sa.text("state <> 'ended'"),
    )
    op.create_index("ix_calls_list", "calls", ["tenant_id", "id"], unique=False)
    op.create_index(
        "ix_calls_live", "calls", ["node_id"], unique=False, postgresql_where=sa.text("state <> 'ended'")
    )
    op.create_table(
        "sms_messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("notification_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.SmallInteger(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("callee_cipher", sa.LargeBinary(), nullable=False),
        sa.Column("callee_index", sa.LargeBinary(), nullable=False),
        sa.Column("script_version_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("verdict", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("receipt_deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("final_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("raw_status", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(final_at IS NULL) = (state IN ('submitting', 'submitted'))", name=op.f("ck_sms_messages_final")
        ),
        sa.CheckConstraint(
            "state IN ('submitting', 'submitted', 'delivered', 'undelivered', 'rejected', 'unknown')",
            name=op.f("ck_sms_messages_state"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["smsc_accounts.id"], name=op.f("fk_sms_messages_account_id")
        ),
        sa.ForeignKeyConstraint(["node_id"], ["nodes.id"], name=op.f("fk_sms_messages_node_id")),
        sa.ForeignKeyConstraint(
            ["notification_id"], ["notifications.id"], name=op.f("fk_sms_messages_notification_id")
        ),
        sa.ForeignKeyConstraint(
            ["script_version_id"], ["script_versions.id"], name=op.f("fk_sms_messages_script_version_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_sms_messages_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sms_messages")),
    )
    op.create_index("ix_sms_messages_list", "sms_messages", ["tenant_id", "id"], unique=False)
    op.create_index("ix_sms_messages_notification", "sms_messages", ["notification_id"], unique=False)
    op.create_index(
        "ix_sms_messages_open",
        "sms_messages",
        ["receipt_deadline"],
        unique=False,
        postgresql_where=sa.text("final_at IS NULL"),
    )
    op.create_table(
        "timeline_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("notification_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["notification_id"], ["notifications.id"], name=op.f("fk_timeline_entries_notification_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timeline_entries")),
    )
    op.create_index(
        op.f("ix_timeline_entries_notification_id"), "timeline_entries", ["notification_id"], unique=False
    )
    op.create_table(
        "sms_parts",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("smsc_message_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["smsc_accounts.id"], name=op.f("fk_sms_parts_account_id")),
        sa.ForeignKeyConstraint(["message_id"], ["sms_messages.id"], name=op.f("fk_sms_parts_message_id")),
        sa.PrimaryKeyConstraint("account_id", "smsc_message_id", name=op.f("pk_sms_parts")),
    )
    op.create_index(op.f("ix_sms_parts_message_id"), "sms_parts", ["message_id"], unique=False)
    for statement in FILED_TEXT_IS_FINAL:
        op.execute(statement)
    op.create_table(
        "recordings",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=True),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(sha256 IS NULL) = (bytes = 0)", name=op.f("ck_recordings_found")),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_recordings_call_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_recordings_tenant_id")),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_recordings")),
    )
    op.create_index("ix_recordings_tenant", "recordings", ["tenant_id", "created_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_recordings_tenant", table_name="recordings")
    op.drop_table("recordings")
    op.execute("DROP TRIGGER filed_text_is_final ON script_versions")
    op.execute("DROP FUNCTION filed_text_is_final")
    op.drop_index(op.f("ix_sms_parts_message_id"), table_name="sms_parts")
    op.drop_table("sms_parts")
    op.drop_index(op.f("ix_timeline_entries_notification_id"), table_name="timeline_entries")
    op.drop_table("timeline_entries")
    op.drop_index(
        "ix_sms_messages_open", table_name="sms_messages", postgresql_where=sa.text("final_at IS NULL")
    )
    op.drop_index("ix_sms_messages_notification", table_name="sms_messages")
    op.drop_index("ix_sms_messages_list", table_name="sms_messages")
    op.drop_table("sms_messages")
    op.drop_index("ix_calls_live", table_name="calls", postgresql_where=sa.text("state <> 'ended'"))
    op.drop_index("ix_calls_list", table_name="calls")
    op.drop_index("uq_calls_callee_live", table_name="calls", postgresql_where=sa.text("state <> 'ended'"))
    op.drop_index("ix_calls_callee", table_name="calls")
    op.drop_table("calls")
    op.drop_index(
        "uq_notifications_reference",
        table_name="notifications",
        postgresql_where=sa.text("client_reference IS NOT NULL"),
    )
    op.drop_index(
        "uq_notifications_announcement",
        table_name="notifications",
        postgresql_where=sa.text("journey_id IS NOT NULL"),
    )
    op.drop_index(
        "ix_notifications_open",
        table_name="notifications",
        postgresql_where=sa.text("state IN ('pending', 'active')"),
    )
    op.drop_index("ix_notifications_list", table_name="notifications")
    op.drop_index(
        "ix_notifications_deadline", table_name="notifications", postgresql_where=sa.text("state = 'pending'")
    )
    op.drop_index(
        "ix_notifications_claim", table_name="notifications", postgresql_where=sa.text("state = 'pending'")
    )
    op.drop_index("ix_notifications_callee", table_name="notifications")
    op.drop_table("notifications")
    op.drop_index(op.f("ix_callback_tries_delivery_id"), table_name="callback_tries")
    op.drop_table("callback_tries")
    op.drop_table("sms_orphan_receipts")
    op.drop_index(
        "uq_script_versions_approved",
        table_name="script_versions",
        postgresql_where=sa.text("state = 'approved'"),
    )
    op.drop_table("script_versions")
    op.drop_index("ix_journeys_callee", table_name="journeys")
    op.drop_table("journeys")
    op.drop_index(
        "ix_callback_deliveries_order",
        table_name="callback_deliveries",
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.drop_index("ix_callback_deliveries_list", table_name="callback_deliveries")
    op.drop_index("ix_callback_deliveries_endpoint", table_name="callback_deliveries")
    op.drop_index(
        "ix_callback_deliveries_due",
        table_name="callback_deliveries",
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.drop_table("callback_deliveries")
    op.drop_table("smsc_accounts")
    op.drop_table("scripts")
    op.drop_index("uq_scenarios_hall", table_name="scenarios", postgresql_where=sa.text("enabled"))
    op.drop_table("scenarios")
    op.drop_table("robots")
    op.drop_index(
        "uq_refusals_standing", table_name="refusals", postgresql_where=sa.text("lifted_at IS NULL")
    )
    op.drop_table("refusals")
    op.drop_index(op.f("ix_queue_events_journey_id"), table_name="queue_events")
    op.drop_table("queue_events")
    op.drop_index(
        "ix_caller_numbers_rotation",
        table_name="caller_numbers",
        postgresql_where=sa.text("state = 'allocated'"),
    )
    op.drop_table("caller_numbers")
    op.drop_table("callback_endpoints")
    op.drop_index(op.f("ix_api_keys_tenant_id"), table_name="api_keys")
    op.drop_table("api_keys")
    op.drop_table("trunks")
    op.drop_table("tenants")
    op.drop_table("outbox_cursors")
    op.drop_index("ix_outbox_order", table_name="outbox")
    op.drop_table("outbox")
    op.drop_index(
        "ix_nodes_alive", table_name="nodes", postgresql_where=sa.text("state IN ('running', 'draining')")
    )
    op.drop_table("nodes")
    op.drop_table("callee_days")
