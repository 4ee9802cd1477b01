"""Contracts: terms, items, supplements, claims and payments, suspensions, qualification papers, shortfalls, settlement."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TABLES = (
    "contracts",
    "contract_supplements",
    "contract_items",
    "contract_claims",
    "contract_payments",
    "contract_allocations",
    "contract_settlements",
    "contract_suspensions",
    "contract_qualifications",
    "contract_shortfalls",
)


def upgrade() -> None:
    op.create_table(
        "contracts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("operator_name", sa.Text(), nullable=False),
        sa.Column("tenant_name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("vat_basis_points", sa.Integer(), nullable=False),
        sa.Column("prepayment", sa.BigInteger(), nullable=False),
        sa.Column("payment_working_days", sa.SmallInteger(), nullable=False),
        sa.Column("payment_terms", sa.Text(), nullable=False),
        sa.Column("service_start", sa.Text(), nullable=False),
        sa.Column("charging", sa.Text(), nullable=False),
        sa.Column("complaints_a_month", sa.Integer(), nullable=False),
        sa.Column("late_fee_basis_points", sa.Integer(), nullable=False),
        sa.Column("termination_days", sa.Integer(), nullable=False),
        sa.Column("settlement_months", sa.Integer(), nullable=False),
        sa.Column("qualification_type", sa.SmallInteger(), nullable=False),
        sa.Column("required_documents", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("signed_by", sa.Text(), nullable=True),
        sa.Column("activated_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("clock_day", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("charging IN ('on_answer', 'on_attempt')", name=op.f("ck_contracts_charging")),
        sa.CheckConstraint(
            "ended_by IN ('operator', 'tenant', 'nobody')", name=op.f("ck_contracts_ended_by")
        ),
        sa.CheckConstraint(
            "service_start IN ('on_payment', 'on_first_day')", name=op.f("ck_contracts_service_start")
        ),
        sa.CheckConstraint("state IN ('draft') OR signed_on IS NOT NULL", name=op.f("ck_contracts_signed")),
        sa.CheckConstraint(
            "state IN ('draft', 'signed', 'awaiting_payment', 'active', 'suspended', 'ended', 'terminated', 'settled')",
            name=op.f("ck_contracts_state"),
        ),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_contracts_term")),
        sa.CheckConstraint("prepayment >= 0", name=op.f("ck_contracts_prepayment")),
        sa.CheckConstraint("qualification_type IN (1, 2)", name=op.f("ck_contracts_qualification_type")),
        sa.CheckConstraint("vat_basis_points BETWEEN 0 AND 10000", name=op.f("ck_contracts_vat")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_contracts_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contracts")),
        sa.UniqueConstraint("number", name=op.f("uq_contracts_number")),
    )
    op.create_index(
        "ix_contracts_clock",
        "contracts",
        ["clock_day"],
        unique=False,
        postgresql_where=sa.text("state IN ('signed', 'awaiting_payment', 'active', 'suspended')"),
    )
    op.create_index("ix_contracts_tenant", "contracts", ["tenant_id", "last_day"], unique=False)
    op.create_table(
        "contract_supplements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("new_last_day", sa.Date(), nullable=True),
        sa.Column("previous_last_day", sa.Date(), nullable=True),
        sa.Column("prepayment", sa.BigInteger(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("signed_by", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'signed', 'in_force', 'withdrawn')",
            name=op.f("ck_contract_supplements_state"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'withdrawn') OR signed_on IS NOT NULL",
            name=op.f("ck_contract_supplements_signed"),
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contracts.id"], name=op.f("fk_contract_supplements_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_contract_supplements_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_supplements")),
        sa.UniqueConstraint("contract_id", "number", name=op.f("uq_contract_supplements_contract_id_number")),
    )
    op.create_table(
        "contract_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("supplement_id", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("quota", sa.BigInteger(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('console', 'robot', 'caller_number', 'voice_notification', 'call_card', 'data_interface')",
            name=op.f("ck_contract_items_kind"),
        ),
        sa.CheckConstraint("period IN ('term', 'year', 'month')", name=op.f("ck_contract_items_period")),
        sa.CheckConstraint("last_day IS NULL OR last_day >= first_day", name=op.f("ck_contract_items_term")),
        sa.CheckConstraint("price >= 0", name=op.f("ck_contract_items_price")),
        sa.CheckConstraint("quota > 0", name=op.f("ck_contract_items_quota")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contracts.id"], name=op.f("fk_contract_items_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["supplement_id"], ["contract_supplements.id"], name=op.f("fk_contract_items_supplement_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_contract_items_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_items")),
    )
    op.create_index("ix_contract_items_contract", "contract_items", ["contract_id", "kind"], unique=False)
    op.create_table(
        "contract_claims",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("supplement_id", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("vat", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("invoice_number", sa.Text(), nullable=True),
        sa.Column("invoiced_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('prepayment', 'supplement')", name=op.f("ck_contract_claims_kind")),
        sa.CheckConstraint("amount > 0 AND amount = net + vat", name=op.f("ck_contract_claims_amount")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contracts.id"], name=op.f("fk_contract_claims_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["supplement_id"], ["contract_supplements.id"], name=op.f("fk_contract_claims_supplement_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_contract_claims_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_claims")),
    )
    op.create_index("ix_contract_claims_contract", "contract_claims", ["contract_id", "due_on"], unique=False)
    op.create_table(
        "contract_payments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_contract_payments_amount")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contracts.id"], name=op.f("fk_contract_payments_contract_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_contract_payments_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_payments")),
        sa.UniqueConstraint(
            "contract_id", "reference", name=op.f("uq_contract_payments_contract_id_reference")
        ),
    )
    op.create_table(
        "contract_allocations",
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_contract_allocations_amount")),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["contract_claims.id"], name=op.f("fk_contract_allocations_claim_id")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["contract_payments.id"], name=op.f("fk_contract_allocations_payment_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_contract_allocations_tenant_id")
        ),
        sa.PrimaryKeyConstraint("payment_id", "claim_id", name=op.f("pk_contract_allocations")),
    )
    op.create_table(
        "contract_settlements",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("account", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=False),
        sa.Column("settled_by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contracts.id"], name=op.f("fk_contract_settlements_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_contract_settlements_tenant_id")
        ),
        sa.PrimaryKeyConstraint("contract_id", name=op.f("pk_contract_settlements")),
    )
    op.create_table(
        "contract_suspensions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "cause IN ('unpaid', 'complaint', 'deviation', 'qualification_expired', 'manual')",
            name=op.f("ck_contract_suspensions_cause"),
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'standing', 'lifted', 'declined')",
            name=op.f("ck_contract_suspensions_state"),
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contracts.id"], name=op.f("fk_contract_suspensions_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_contract_suspensions_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_suspensions")),
    )
    op.create_index(
        "uq_contract_suspensions_open",
        "contract_suspensions",
        ["contract_id", "cause", "subject"],
        unique=True,
        postgresql_where=sa.text("state IN ('proposed', 'standing')"),
    )
    op.create_table(
        "contract_qualifications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("checked_by", sa.Text(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contracts.id"], name=op.f("fk_contract_qualifications_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_contract_qualifications_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_qualifications")),
    )
    op.create_index(
        "ix_contract_qualifications_contract",
        "contract_qualifications",
        ["contract_id", "kind"],
        unique=False,
    )
    op.create_table(
        "contract_shortfalls",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("granted", sa.BigInteger(), nullable=False),
        sa.Column("supplied", sa.BigInteger(), nullable=False),
        sa.Column("lost", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('robot', 'caller_number', 'trunk')", name=op.f("ck_contract_shortfalls_kind")
        ),
        sa.CheckConstraint("lost > 0", name=op.f("ck_contract_shortfalls_lost")),
        sa.CheckConstraint(
            "supplied >= 0 AND supplied <= granted", name=op.f("ck_contract_shortfalls_supplied")
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contracts.id"], name=op.f("fk_contract_shortfalls_contract_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_contract_shortfalls_tenant_id")),
        sa.PrimaryKeyConstraint("contract_id", "day", "kind", name=op.f("pk_contract_shortfalls")),
    )


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)
