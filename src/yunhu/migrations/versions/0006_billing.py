"""Ledger, quotas and statements."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TRIGGERS = (
    """
CREATE FUNCTION ledger_unchanging() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
""",
    """
CREATE FUNCTION ledger_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    entry uuid := CASE TG_TABLE_NAME WHEN 'ledger_entries' THEN (to_jsonb(NEW) ->> 'id')::uuid
                                     ELSE (to_jsonb(NEW) ->> 'entry_id')::uuid END;
BEGIN
    IF (SELECT count(*) < 2 OR sum(amount) <> 0 FROM ledger_lines WHERE entry_id = entry) THEN
        RAISE EXCEPTION 'ledger entry % does not balance', entry USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$
""",
    """
CREATE FUNCTION meter_forward_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'meter entries are kept' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (to_jsonb(NEW) - 'entry_id') IS DISTINCT FROM (to_jsonb(OLD) - 'entry_id') AND OLD.state <> 'held' THEN
        RAISE EXCEPTION 'a piece is settled once' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.entry_id IS NOT NULL AND NEW.entry_id IS DISTINCT FROM OLD.entry_id THEN
        RAISE EXCEPTION 'a piece is posted once' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE TRIGGER ledger_entries_unchanging BEFORE UPDATE OR DELETE ON ledger_entries
FOR EACH ROW EXECUTE FUNCTION ledger_unchanging()
""",
    """
CREATE TRIGGER ledger_lines_unchanging BEFORE UPDATE OR DELETE ON ledger_lines
FOR EACH ROW EXECUTE FUNCTION ledger_unchanging()
""",
    """
CREATE TRIGGER statements_unchanging BEFORE UPDATE OR DELETE ON statements
FOR EACH ROW EXECUTE FUNCTION ledger_unchanging()
""",
    """
CREATE CONSTRAINT TRIGGER ledger_entries_balanced AFTER INSERT ON ledger_entries
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_balanced()
""",
    """
CREATE CONSTRAINT TRIGGER ledger_lines_balanced AFTER INSERT ON ledger_lines
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_balanced()
""",
    """
CREATE TRIGGER meter_entries_forward_only BEFORE UPDATE OR DELETE ON meter_entries
FOR EACH ROW EXECUTE FUNCTION meter_forward_only()
""",
)
TABLES = (
    "reconciliation_differences",
    "reconciliations",
    "statement_counters",
    "statements",
    "ledger_lines",
    "ledger_entries",
    "quota_alarms",
    "meter_entries",
    "quota_periods",
    "billing_accounts",
)


def upgrade() -> None:
    op.create_table(
        "billing_accounts",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("granted", sa.BigInteger(), nullable=True),
        sa.Column("held", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("used", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("recognised", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("open_from", sa.Date(), nullable=False),
        sa.CheckConstraint("held >= 0", name=op.f("ck_billing_accounts_held")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contracts.id"], name=op.f("fk_billing_accounts_contract_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_billing_accounts_tenant_id")),
        sa.PrimaryKeyConstraint("contract_id", name=op.f("pk_billing_accounts")),
    )
    op.create_table(
        "quota_periods",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("charging", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("quota", sa.BigInteger(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("used", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("kind IN ('call_card', 'voice_notification')", name=op.f("ck_quota_periods_kind")),
        sa.CheckConstraint(
            "held >= 0 AND used >= 0 AND held + used <= quota", name=op.f("ck_quota_periods_within_quota")
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["billing_accounts.contract_id"], name=op.f("fk_quota_periods_contract_id")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["contract_items.id"], name=op.f("fk_quota_periods_item_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_quota_periods_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quota_periods")),
        sa.UniqueConstraint("item_id", "first_day", name=op.f("uq_quota_periods_item_id_first_day")),
    )
    op.create_index(
        "ix_quota_periods_tenant", "quota_periods", ["tenant_id", "kind", "first_day"], unique=False
    )
    op.create_table(
        "meter_entries",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("quota_id", sa.Uuid(), nullable=False),
        sa.Column("charging", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("held_amount", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(state = 'held') = (settled_at IS NULL)", name=op.f("ck_meter_entries_settled")),
        sa.CheckConstraint("charging IN ('on_answer', 'on_attempt')", name=op.f("ck_meter_entries_charging")),
        sa.CheckConstraint("kind IN ('call_card', 'voice_notification')", name=op.f("ck_meter_entries_kind")),
        sa.CheckConstraint(
            "state = 'charged' OR (amount = 0 AND entry_id IS NULL)", name=op.f("ck_meter_entries_charged")
        ),
        sa.CheckConstraint("state IN ('held', 'charged', 'released')", name=op.f("ck_meter_entries_state")),
        sa.ForeignKeyConstraint(["quota_id"], ["quota_periods.id"], name=op.f("fk_meter_entries_quota_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_meter_entries_tenant_id")),
        sa.PrimaryKeyConstraint("call_id", "kind", name=op.f("pk_meter_entries")),
    )
    op.create_index(
        "ix_meter_entries_held",
        "meter_entries",
        ["held_at"],
        unique=False,
        postgresql_where=sa.text("state = 'held'"),
    )
    op.create_index(
        "ix_meter_entries_statement",
        "meter_entries",
        ["contract_id", "day"],
        unique=False,
        postgresql_where=sa.text("state = 'charged'"),
    )
    op.create_index(
        "ix_meter_entries_unposted",
        "meter_entries",
        ["contract_id", "quota_id", "day"],
        unique=False,
        postgresql_where=sa.text("state = 'charged' AND entry_id IS NULL"),
    )
    op.create_table(
        "quota_alarms",
        sa.Column("quota_id", sa.Uuid(), nullable=False),
        sa.Column("percent", sa.SmallInteger(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["quota_id"], ["quota_periods.id"], name=op.f("fk_quota_alarms_quota_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_quota_alarms_tenant_id")),
        sa.PrimaryKeyConstraint("quota_id", "percent", name=op.f("pk_quota_alarms")),
    )
    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('payment', 'usage', 'accrual', 'late_fee', 'shortfall', 'refund', 'forfeit', 'due')",
            name=op.f("ck_ledger_entries_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contracts.id"], name=op.f("fk_ledger_entries_contract_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_ledger_entries_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entries")),
        sa.UniqueConstraint("contract_id", "source", name=op.f("uq_ledger_entries_contract_id_source")),
    )
    op.create_index("ix_ledger_entries_day", "ledger_entries", ["contract_id", "day"], unique=False)
    op.create_index("ix_ledger_entries_list", "ledger_entries", ["tenant_id", "id"], unique=False)
    op.create_table(
        "ledger_lines",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "account IN ('bank', 'prepayment', 'receivable', 'revenue', 'vat', 'late_fees', 'shortfall', 'forfeited')",
            name=op.f("ck_ledger_lines_account"),
        ),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_ledger_lines_amount")),
        sa.ForeignKeyConstraint(["entry_id"], ["ledger_entries.id"], name=op.f("fk_ledger_lines_entry_id")),
        sa.ForeignKeyConstraint(["item_id"], ["contract_items.id"], name=op.f("fk_ledger_lines_item_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_ledger_lines_tenant_id")),
        sa.PrimaryKeyConstraint("entry_id", "line", name=op.f("pk_ledger_lines")),
    )
    op.create_index("ix_ledger_lines_account", "ledger_lines", ["tenant_id", "account"], unique=False)
    op.create_table(
        "statements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("vat", sa.BigInteger(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("pdf_document_id", sa.Uuid(), nullable=False),
        sa.Column("xlsx_document_id", sa.Uuid(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.Text(), nullable=False),
        sa.CheckConstraint("net + vat = gross", name=op.f("ck_statements_gross")),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name=op.f("fk_statements_contract_id")),
        sa.ForeignKeyConstraint(
            ["pdf_document_id"], ["documents.id"], name=op.f("fk_statements_pdf_document_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_statements_tenant_id")),
        sa.ForeignKeyConstraint(
            ["xlsx_document_id"], ["documents.id"], name=op.f("fk_statements_xlsx_document_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statements")),
        sa.UniqueConstraint("contract_id", "month", name=op.f("uq_statements_contract_id_month")),
        sa.UniqueConstraint("number", name=op.f("uq_statements_number")),
    )
    op.create_index("ix_statements_list", "statements", ["tenant_id", "id"], unique=False)
    op.create_table(
        "statement_counters",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_statement_counters")),
    )
    op.create_table(
        "reconciliations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("theirs", sa.BigInteger(), nullable=False),
        sa.Column("ours", sa.BigInteger(), nullable=False),
        sa.Column("matched", sa.BigInteger(), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_reconciliations_document_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_reconciliations_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliations")),
    )
    op.create_index("ix_reconciliations_list", "reconciliations", ["tenant_id", "id"], unique=False)
    op.create_table(
        "reconciliation_differences",
        sa.Column("reconciliation_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("row", sa.BigInteger(), nullable=True),
        sa.Column("call_id", sa.Uuid(), nullable=True),
        sa.Column("ours", sa.Text(), nullable=True),
        sa.Column("theirs", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "cause IN ('missing_here', 'missing_there', 'duration_differs', 'caller_number_differs', 'duplicate_there', 'outside_period', 'not_answered_there', 'not_answered_here', 'unreadable_row')",
            name=op.f("ck_reconciliation_differences_cause"),
        ),
        sa.ForeignKeyConstraint(
            ["reconciliation_id"],
            ["reconciliations.id"],
            name=op.f("fk_reconciliation_differences_reconciliation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_reconciliation_differences_tenant_id")
        ),
        sa.PrimaryKeyConstraint("reconciliation_id", "position", name=op.f("pk_reconciliation_differences")),
    )
    op.create_index(
        "ix_reconciliation_differences_cause",
        "reconciliation_differences",
        ["reconciliation_id", "cause", "position"],
        unique=False,
    )
    for statement in TRIGGERS:
        op.execute(statement)


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    for function in ("meter_forward_only", "ledger_balanced", "ledger_unchanging"):
        op.execute(f"DROP FUNCTION {function}()")
