"""Complaints are about messages, too; refusals of the whole platform are told of persons whose numbers are known."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
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
    op.execute("SELECT yunhu_protect()")


def downgrade() -> None:
    op.execute("DROP FUNCTION yunhu_refusals_of_all(bytea[], timestamptz)")
    op.drop_table("complaint_messages")
