"""Evidence packs, and attempts by day."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "evidence_packs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=True),
        sa.Column("complaint_id", sa.Uuid(), nullable=True),
        sa.Column("callee_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("callee_index", sa.LargeBinary(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("with_recordings", sa.Boolean(), nullable=False),
        sa.Column("whole_phones", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requested_by", JSONB(), nullable=False),
        sa.Column("of_operator", sa.Boolean(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("key_id", sa.Text(), nullable=True),
        sa.Column("content_sha256", sa.Text(), nullable=True),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('call', 'callee', 'complaint', 'period')", name=op.f("ck_evidence_packs_kind")
        ),
        sa.CheckConstraint("(kind = 'call') <= (call_id IS NOT NULL)", name=op.f("ck_evidence_packs_call")),
        sa.CheckConstraint(
            "(kind = 'callee') <= (callee_index IS NOT NULL)", name=op.f("ck_evidence_packs_callee")
        ),
        sa.CheckConstraint(
            "(kind = 'complaint') = (complaint_id IS NOT NULL)", name=op.f("ck_evidence_packs_complaint")
        ),
        sa.CheckConstraint(
            "(kind = 'period') <= (first_day IS NOT NULL)", name=op.f("ck_evidence_packs_period")
        ),
        sa.CheckConstraint(
            "(first_day IS NULL) = (last_day IS NULL) AND first_day <= last_day",
            name=op.f("ck_evidence_packs_days"),
        ),
        sa.CheckConstraint(
            "(callee_index IS NULL) = (callee_cipher IS NULL)", name=op.f("ck_evidence_packs_sealed")
        ),
        sa.CheckConstraint(
            "(finished_at IS NULL) = (document_id IS NULL)", name=op.f("ck_evidence_packs_finished")
        ),
        sa.CheckConstraint(
            "(document_id IS NULL) = (content_sha256 IS NULL)", name=op.f("ck_evidence_packs_hashed")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_evidence_packs_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_packs")),
    )
    op.create_index("ix_evidence_packs_list", "evidence_packs", ["tenant_id", "id"])
    op.create_index("ix_evidence_packs_callee", "evidence_packs", ["tenant_id", "callee_index"])
    op.create_index("ix_evidence_packs_days", "evidence_packs", ["tenant_id", "first_day"])
    op.create_index("ix_calls_day", "calls", ["tenant_id", "day", "id"])
    op.create_index("ix_sms_messages_time", "sms_messages", ["tenant_id", "created_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_sms_messages_time", table_name="sms_messages")
    op.drop_index("ix_calls_day", table_name="calls")
    op.drop_table("evidence_packs")
