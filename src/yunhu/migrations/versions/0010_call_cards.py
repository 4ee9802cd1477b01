"""Call cards."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "card_profiles",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("logo_document_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("remarks", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("submitted_by", sa.Text(), nullable=True),
        sa.Column("reviewed_by", sa.Text(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'approved', 'returned', 'withdrawn', 'superseded')",
            name=op.f("ck_card_profiles_state"),
        ),
        sa.CheckConstraint(
            "(state IN ('draft', 'submitted', 'returned')) = (reviewed_at IS NULL OR state = 'returned')",
            name=op.f("ck_card_profiles_reviewed"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_card_profiles_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_profiles")),
    )
    op.create_index(
        "uq_card_profiles_approved",
        "card_profiles",
        ["tenant_id"],
        unique=True,
        postgresql_where=sa.text("state = 'approved'"),
    )
    op.create_index("ix_card_profiles_list", "card_profiles", ["tenant_id", "id"])
    op.create_table(
        "card_carriers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("config", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("lead_ms", sa.Integer(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('rich_call_data', 'flash_sms', 'http_push', 'sandbox')",
            name=op.f("ck_card_carriers_kind"),
        ),
        sa.CheckConstraint("lead_ms BETWEEN 0 AND 3000", name=op.f("ck_card_carriers_lead")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_card_carriers_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_carriers")),
        sa.UniqueConstraint("tenant_id", name=op.f("uq_card_carriers_tenant_id")),
    )
    op.create_table(
        "call_cards",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("profile_id", sa.Uuid(), nullable=False),
        sa.Column("carrier_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("detail", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('requested', 'accepted', 'delivered', 'displayed', 'unsupported', 'failed')",
            name=op.f("ck_call_cards_state"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_call_cards_tenant_id")),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_call_cards_call_id")),
        sa.ForeignKeyConstraint(["profile_id"], ["card_profiles.id"], name=op.f("fk_call_cards_profile_id")),
        sa.ForeignKeyConstraint(["carrier_id"], ["card_carriers.id"], name=op.f("fk_call_cards_carrier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_cards")),
        sa.UniqueConstraint("call_id", name=op.f("uq_call_cards_call_id")),
    )
    op.create_index("ix_call_cards_list", "call_cards", ["tenant_id", "id"])
    op.create_index(
        "ix_call_cards_reference",
        "call_cards",
        ["carrier_id", "reference"],
        postgresql_where=sa.text("reference <> ''"),
    )
    op.create_index(
        "ix_call_cards_open",
        "call_cards",
        ["requested_at"],
        postgresql_where=sa.text("state = 'requested'"),
    )


def downgrade() -> None:
    for table in ("call_cards", "card_carriers", "card_profiles"):
        op.drop_table(table)
