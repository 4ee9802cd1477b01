"""What the figures of the contract ask of the tables: runs over our own records, alarms on money, who is invoiced."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_CARRIER = (
    "missing_here",
    "missing_there",
    "duration_differs",
    "caller_number_differs",
    "duplicate_there",
    "outside_period",
    "not_answered_there",
    "not_answered_here",
    "unreadable_row",
)
_RECORDS = (
    "not_metered",
    "still_held",
    "charged_unanswered",
    "released_answered",
    "metered_without_call",
    "card_not_metered",
    "card_without_push",
)
_CAUSE = "ck_reconciliation_differences_cause"


def upgrade() -> None:
    _allow((*_CARRIER, *_RECORDS))
    op.add_column("reconciliations", sa.Column("kind", sa.Text(), nullable=False, server_default="carrier"))
    op.alter_column("reconciliations", "kind", server_default=None)
    op.add_column("reconciliations", sa.Column("offset_seconds", sa.Integer(), nullable=True))
    op.create_check_constraint(
        op.f("ck_reconciliations_kind"), "reconciliations", "kind IN ('carrier', 'records')"
    )
    op.add_column("contracts", sa.Column("tenant_tax_id", sa.Text(), nullable=False, server_default=""))
    op.alter_column("contracts", "tenant_tax_id", server_default=None)
    op.create_table(
        "balance_alarms",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("granted", sa.BigInteger(), nullable=False),
        sa.Column("percent", sa.SmallInteger(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["billing_accounts.contract_id"], name=op.f("fk_balance_alarms_contract_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_balance_alarms_tenant_id")),
        sa.PrimaryKeyConstraint("contract_id", "granted", "percent", name=op.f("pk_balance_alarms")),
    )
    _index_statements(["quota_id", "amount"])
    op.execute("SELECT yunhu_protect()")


def downgrade() -> None:
    _index_statements([])
    op.drop_table("balance_alarms")
    op.drop_column("contracts", "tenant_tax_id")
    op.execute(
        "DELETE FROM reconciliation_differences WHERE reconciliation_id IN "
        "(SELECT id FROM reconciliations WHERE kind = 'records')"
    )
    op.execute("DELETE FROM reconciliations WHERE kind = 'records'")
    op.drop_column("reconciliations", "kind")
    op.drop_column("reconciliations", "offset_seconds")
    _allow(_CARRIER)


def _index_statements(include: list[str]) -> None:
    op.drop_index("ix_meter_entries_statement", "meter_entries")
    op.create_index(
        "ix_meter_entries_statement",
        "meter_entries",
        ["contract_id", "day"],
        postgresql_where=sa.text("state = 'charged'"),
        postgresql_include=include,
    )


def _allow(causes: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{cause}'" for cause in causes)
    op.drop_constraint(_CAUSE, "reconciliation_differences")
    op.create_check_constraint(op.f(_CAUSE), "reconciliation_differences", f"cause IN ({listed})")
