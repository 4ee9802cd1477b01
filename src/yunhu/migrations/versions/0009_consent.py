"""Consents, refusals of the whole platform, complaints."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# Who refuses every tenant is no tenant's to read: the function answers for numbers that the asker knows already.
REFUSING_ALL = """
DO $$ BEGIN EXECUTE format($body$
CREATE FUNCTION yunhu_refusing_all(callees bytea[]) RETURNS SETOF bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, %I AS $sql$
    SELECT callee_index FROM refusals
    WHERE tenant_id IS NULL AND lifted_at IS NULL AND callee_index = ANY(callees)
$sql$
$body$, current_schema()); END $$
"""


def upgrade() -> None:
    _refusals()
    _consents()
    _complaints()


def _refusals() -> None:
    op.alter_column("refusals", "tenant_id", nullable=True)
    op.drop_constraint(op.f("ck_refusals_source"), "refusals", type_="check")
    op.create_check_constraint(
        op.f("ck_refusals_source"), "refusals", "source IN ('key', 'agent', 'web', 'api', 'operator')"
    )
    for name in ("recorded_by", "lifted_by"):
        op.add_column("refusals", sa.Column(name, sa.Text(), server_default=sa.text("''"), nullable=False))
    op.create_index(
        "uq_refusals_everywhere",
        "refusals",
        ["callee_index"],
        unique=True,
        postgresql_where=sa.text("tenant_id IS NULL AND lifted_at IS NULL"),
    )
    op.create_index("ix_refusals_list", "refusals", ["tenant_id", "id"])
    op.create_index("ix_refusals_callee", "refusals", ["callee_index", "id"])
    op.execute(REFUSING_ALL)


def _consents() -> None:
    op.create_table(
        "consents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("callee_cipher", sa.LargeBinary(), nullable=False),
        sa.Column("callee_index", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("reference", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.Column("withdrawal_reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint("purpose IN ('queue', 'notice')", name=op.f("ck_consents_purpose")),
        sa.CheckConstraint(
            "source IN ('kiosk', 'form', 'recording', 'import', 'api')", name=op.f("ck_consents_source")
        ),
        sa.CheckConstraint(
            "valid_until IS NULL OR valid_until >= (given_at AT TIME ZONE 'Asia/Shanghai')::date",
            name=op.f("ck_consents_validity"),
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name=op.f("ck_consents_withdrawn")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_consents_tenant_id")),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_consents_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index("ix_consents_callee", "consents", ["tenant_id", "callee_index", "purpose", "valid_until"])
    op.create_index("ix_consents_list", "consents", ["tenant_id", "id"])


def _complaints() -> None:
    op.create_table(
        "complaints",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("callee_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("callee_index", sa.LargeBinary(), nullable=True),
        sa.Column("script_id", sa.Uuid(), nullable=True),
        sa.Column("caller_number_id", sa.Uuid(), nullable=True),
        sa.Column("script_paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("number_paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspension_id", sa.Uuid(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("overdue_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registered_by", sa.Text(), nullable=False),
        sa.Column("registered_side", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "source IN ('12321', '10000', '12345', 'direct', 'carrier')", name=op.f("ck_complaints_source")
        ),
        sa.CheckConstraint(
            "about IN ('content', 'frequency', 'caller', 'no_consent', 'service', 'other')",
            name=op.f("ck_complaints_about"),
        ),
        sa.CheckConstraint(
            "state IN ('registered', 'investigating', 'answered', 'closed', 'dismissed')",
            name=op.f("ck_complaints_state"),
        ),
        sa.CheckConstraint(
            "registered_side IN ('tenant', 'operator')", name=op.f("ck_complaints_registered_side")
        ),
        sa.CheckConstraint("extract(day FROM month) = 1", name=op.f("ck_complaints_month")),
        sa.CheckConstraint(
            "(callee_cipher IS NULL) = (callee_index IS NULL)", name=op.f("ck_complaints_callee")
        ),
        sa.CheckConstraint(
            "(finished_at IS NOT NULL) = (state IN ('closed', 'dismissed'))",
            name=op.f("ck_complaints_finished"),
        ),
        sa.CheckConstraint(
            "script_paused_at IS NULL OR script_id IS NOT NULL", name=op.f("ck_complaints_script_paused")
        ),
        sa.CheckConstraint(
            "number_paused_at IS NULL OR caller_number_id IS NOT NULL",
            name=op.f("ck_complaints_number_paused"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_complaints_tenant_id")),
        sa.ForeignKeyConstraint(["script_id"], ["scripts.id"], name=op.f("fk_complaints_script_id")),
        sa.ForeignKeyConstraint(
            ["caller_number_id"], ["caller_numbers.id"], name=op.f("fk_complaints_caller_number_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaints")),
        sa.UniqueConstraint("tenant_id", "reference", name=op.f("uq_complaints_tenant_id_reference")),
    )
    op.create_index("ix_complaints_list", "complaints", ["tenant_id", "id"])
    op.create_index("ix_complaints_month", "complaints", ["tenant_id", "month", "id"])
    op.create_index(
        "ix_complaints_unanswered",
        "complaints",
        ["due_on"],
        postgresql_where=sa.text("state IN ('registered', 'investigating') AND overdue_told_at IS NULL"),
    )
    op.create_index(
        "ix_complaints_script_paused",
        "complaints",
        ["script_id"],
        postgresql_where=sa.text("script_paused_at IS NOT NULL"),
    )
    op.create_index(
        "ix_complaints_number_paused",
        "complaints",
        ["caller_number_id"],
        postgresql_where=sa.text("number_paused_at IS NOT NULL"),
    )
    op.create_table(
        "complaint_calls",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name=op.f("fk_complaint_calls_complaint_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_complaint_calls_tenant_id")),
        sa.PrimaryKeyConstraint("complaint_id", "call_id", name=op.f("pk_complaint_calls")),
    )
    op.create_index("ix_complaint_calls_call", "complaint_calls", ["call_id"])
    op.create_table(
        "complaint_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name=op.f("fk_complaint_entries_complaint_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_complaint_entries_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_entries")),
    )
    op.create_index("ix_complaint_entries_complaint", "complaint_entries", ["complaint_id", "id"])
    op.create_table(
        "complaint_months",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.CheckConstraint("counted >= 0", name=op.f("ck_complaint_months_counted")),
        sa.CheckConstraint("extract(day FROM month) = 1", name=op.f("ck_complaint_months_month")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_complaint_months_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "month", name=op.f("pk_complaint_months")),
    )
    op.create_table(
        "complaint_terms",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("working_days", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "source IN ('12321', '10000', '12345', 'direct', 'carrier')",
            name=op.f("ck_complaint_terms_source"),
        ),
        sa.CheckConstraint("working_days BETWEEN 1 AND 60", name=op.f("ck_complaint_terms_working_days")),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_complaint_terms")),
    )


def downgrade() -> None:
    for table in (
        "complaint_terms",
        "complaint_months",
        "complaint_entries",
        "complaint_calls",
        "complaints",
        "consents",
    ):
        op.drop_table(table)
    op.execute("DROP FUNCTION yunhu_refusing_all(bytea[])")
    for index in ("uq_refusals_everywhere", "ix_refusals_list", "ix_refusals_callee"):
        op.drop_index(index, "refusals")
    # What the older form cannot say is kept as near to it as it can be told; refusals of everybody have no place in it.
    op.execute("DELETE FROM refusals WHERE tenant_id IS NULL")
    op.execute("UPDATE refusals SET source = 'api' WHERE source IN ('agent', 'web')")
    op.drop_constraint(op.f("ck_refusals_source"), "refusals", type_="check")
    op.create_check_constraint(op.f("ck_refusals_source"), "refusals", "source IN ('key', 'api', 'operator')")
    for name in ("recorded_by", "lifted_by"):
        op.drop_column("refusals", name)
    op.alter_column("refusals", "tenant_id", nullable=False)
