"""Notices, fault reports, support visits."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_notices()
    _create_faults()
    _create_visits()


def _create_notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("to_all", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('maintenance', 'expansion')", name=op.f("ck_notices_kind")),
        sa.CheckConstraint(
            "state IN ('published', 'amended', 'withdrawn', 'ended')", name=op.f("ck_notices_state")
        ),
        sa.CheckConstraint(
            "urgency <> 'urgent' OR starts_at >= published_at + interval '24 hours'",
            name=op.f("ck_notices_lead"),
        ),
        sa.CheckConstraint("urgency IN ('planned', 'urgent')", name=op.f("ck_notices_urgency")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_notices_span")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("reference", name=op.f("uq_notices_reference")),
    )
    op.create_index(
        "ix_notices_running",
        "notices",
        ["ends_at"],
        postgresql_where=sa.text("state IN ('published', 'amended')"),
    )
    op.create_table(
        "notice_recipients",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("acknowledged_revision", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(acknowledged_at IS NULL) = (acknowledged_revision = 0)",
            name=op.f("ck_notice_recipients_acknowledged"),
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_notice_recipients_notice_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_notice_recipients_tenant_id")),
        sa.PrimaryKeyConstraint("notice_id", "tenant_id", name=op.f("pk_notice_recipients")),
    )
    op.create_index("ix_notice_recipients_tenant", "notice_recipients", ["tenant_id", "notice_id"])


def _create_faults() -> None:
    op.create_table(
        "fault_reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reported_side", sa.Text(), nullable=False),
        sa.Column("reported_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clock_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("overdue_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("security_incident", sa.Boolean(), nullable=False),
        sa.Column("report_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("authority_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("report_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "reported_side IN ('tenant', 'operator')", name=op.f("ck_fault_reports_reported_side")
        ),
        sa.CheckConstraint(
            "severity IN ('critical', 'major', 'minor', 'question')", name=op.f("ck_fault_reports_severity")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'answered', 'resolved', 'closed', 'reopened')",
            name=op.f("ck_fault_reports_state"),
        ),
        sa.CheckConstraint(
            "security_incident = (report_due_at IS NOT NULL)", name=op.f("ck_fault_reports_report_clock")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_fault_reports_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fault_reports")),
        sa.UniqueConstraint(
            "tenant_id",
            "reference",
            name=op.f("uq_fault_reports_tenant_id_reference"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_fault_reports_list", "fault_reports", ["tenant_id", "id"])
    op.create_index(
        "ix_fault_reports_unanswered",
        "fault_reports",
        ["answer_due_at"],
        postgresql_where=sa.text("state IN ('open', 'reopened') AND overdue_told_at IS NULL"),
    )
    op.create_index(
        "ix_fault_reports_unreported",
        "fault_reports",
        ["report_due_at"],
        postgresql_where=sa.text(
            "report_due_at IS NOT NULL AND report_told_at IS NULL AND authority_told_at IS NULL"
        ),
    )
    op.create_table(
        "fault_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fault_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["fault_id"], ["fault_reports.id"], name=op.f("fk_fault_entries_fault_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fault_entries")),
    )
    op.create_index("ix_fault_entries_fault", "fault_entries", ["fault_id", "id"])


def _create_visits() -> None:
    op.create_table(
        "support_visits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("activated_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_by", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("overdue_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(done_on IS NULL) = (done_by IS NULL)", name=op.f("ck_support_visits_done")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_support_visits_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_visits")),
        sa.UniqueConstraint(
            "tenant_id", "activated_on", name=op.f("uq_support_visits_tenant_id_activated_on")
        ),
    )
    op.create_index(
        "ix_support_visits_due",
        "support_visits",
        ["due_on"],
        postgresql_where=sa.text("done_on IS NULL AND overdue_told_at IS NULL"),
    )
    op.create_index("ix_support_visits_list", "support_visits", ["tenant_id", "id"])
    op.create_table(
        "incident_terms",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "name IN ('notice_urgent', 'notice_planned', 'answer_critical', 'answer_major', 'answer_minor', 'answer_question', 'security_report')",
            name=op.f("ck_incident_terms_name"),
        ),
        sa.CheckConstraint("hours > 0", name=op.f("ck_incident_terms_hours")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_incident_terms")),
    )


def downgrade() -> None:
    for table in (
        "incident_terms",
        "support_visits",
        "fault_entries",
        "fault_reports",
        "notice_recipients",
        "notices",
    ):
        op.drop_table(table)
