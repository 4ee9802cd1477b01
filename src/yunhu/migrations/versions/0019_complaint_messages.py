"""Complaints about messages, refusals of everybody as packs tell them, who submitted a card's profile."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# As `yunhu_refusing_all`: it answers for numbers that the asker knows already, and does not say who recorded it.
REFUSALS_OF_ALL = """
DO $$ BEGIN EXECUTE format($body$
CREATE FUNCTION yunhu_refusals_of_all(callees bytea[], until timestamptz)
RETURNS TABLE (id uuid, callee_cipher bytea, source text, at timestamptz, lifted_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, %I AS $sql$
    SELECT r.id, r.callee_cipher, r.source, r.at, r.lifted_at FROM refusals AS r
    WHERE r.tenant_id IS NULL AND r.callee_index = ANY(callees) AND r.at <= until
$sql$
$body$, current_schema()); END $$
"""

# An act of consent is its own record (ADR 0007): what it says never changes. It is withdrawn, and erased at last.
ACT_IS_FINAL = (
    """
CREATE FUNCTION consent_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an act of consent cannot be changed' USING ERRCODE = 'integrity_constraint_violation';
END $$
""",
    """
CREATE TRIGGER consent_is_final BEFORE UPDATE ON consents FOR EACH ROW
WHEN ((OLD.id, OLD.tenant_id, OLD.callee_index, OLD.purpose, OLD.source, OLD.given_at, OLD.valid_until, OLD.recorded_at)
      IS DISTINCT FROM (NEW.id, NEW.tenant_id, NEW.callee_index, NEW.purpose, NEW.source, NEW.given_at, NEW.valid_until,
          NEW.recorded_at)
   OR (OLD.withdrawn_at IS NOT NULL AND OLD.withdrawn_at IS DISTINCT FROM NEW.withdrawn_at)
   OR (NEW.erased_at IS NULL
       AND (OLD.callee_cipher, OLD.reference, OLD.document_id, OLD.recorded_by)
           IS DISTINCT FROM (NEW.callee_cipher, NEW.reference, NEW.document_id, NEW.recorded_by)))
EXECUTE FUNCTION consent_is_final()
""",
)


def upgrade() -> None:
    op.create_table(
        "complaint_messages",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name=op.f("fk_complaint_messages_complaint_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_complaint_messages_tenant_id")),
        sa.PrimaryKeyConstraint("complaint_id", "message_id", name=op.f("pk_complaint_messages")),
    )
    op.create_index("ix_complaint_messages_message", "complaint_messages", ["message_id"])
    op.execute(REFUSALS_OF_ALL)
    for statement in ACT_IS_FINAL:
        op.execute(statement)
    # Of profiles that were submitted before only the name is known.
    op.execute(
        """
        ALTER TABLE card_profiles ALTER COLUMN submitted_by TYPE jsonb
        USING CASE WHEN submitted_by IS NOT NULL
                   THEN jsonb_build_object('kind', 'user', 'name', submitted_by, 'id', NULL) END
        """
    )
    op.execute("SELECT yunhu_protect()")


def downgrade() -> None:
    op.execute("ALTER TABLE card_profiles ALTER COLUMN submitted_by TYPE text USING submitted_by ->> 'name'")
    op.execute("DROP TRIGGER consent_is_final ON consents")
    op.execute("DROP FUNCTION consent_is_final()")
    op.execute("DROP FUNCTION yunhu_refusals_of_all(bytea[], timestamptz)")
    op.drop_table("complaint_messages")
