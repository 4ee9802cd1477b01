"""Terms of consents and evidence packs: what is asked of the tables when they are over."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_KINDS = (
    "queue_events",
    "timeline",
    "callback_deliveries",
    "sms_messages",
    "recordings",
    "calls",
    "notifications",
    "journeys",
)
_LAST = ("audit", "outbox")
_NEW = ("consents", "evidence_packs")


def upgrade() -> None:
    _kinds((*_KINDS, *_NEW, *_LAST))
    op.add_column("consents", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("ck_consents_erased"),
        "consents",
        "erased_at IS NULL OR (withdrawn_at IS NOT NULL AND callee_cipher = '' AND document_id IS NULL)",
    )
    op.create_index(
        "ix_consents_ending",
        "consents",
        ["tenant_id", "valid_until"],
        postgresql_where=sa.text("valid_until IS NOT NULL AND withdrawn_at IS NULL"),
    )
    op.create_index(
        "ix_consents_withdrawn",
        "consents",
        ["tenant_id", "withdrawn_at"],
        postgresql_where=sa.text("withdrawn_at IS NOT NULL AND erased_at IS NULL"),
    )
    op.create_index(
        "ix_evidence_packs_document",
        "evidence_packs",
        ["document_id"],
        postgresql_where=sa.text("document_id IS NOT NULL"),
    )
    op.create_index(
        "ix_documents_kind",
        "documents",
        ["kind", "created_at"],
        postgresql_where=sa.text("erased_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_documents_kind", "documents")
    op.drop_index("ix_evidence_packs_document", "evidence_packs")
    op.drop_index("ix_consents_withdrawn", "consents")
    op.drop_index("ix_consents_ending", "consents")
    op.drop_constraint(op.f("ck_consents_erased"), "consents", type_="check")
    # The older form shows every row: one without a number has no place in it.
    op.execute("DELETE FROM consents WHERE erased_at IS NOT NULL")
    op.drop_column("consents", "erased_at")
    for table in ("retention_terms", "retention_progress"):
        op.execute(f"DELETE FROM {table} WHERE kind IN ('consents', 'evidence_packs')")
    _kinds((*_KINDS, *_LAST))


def _kinds(kinds: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    for table in ("retention_terms", "retention_progress"):
        op.drop_constraint(op.f(f"ck_{table}_kind"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_kind"), table, f"kind IN ({listed})")
