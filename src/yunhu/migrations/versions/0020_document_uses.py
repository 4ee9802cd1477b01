"""Indexes for the question where a document is used."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_INDEXES = (
    ("ix_consents_document", "consents", ["document_id", "id"]),
    ("ix_tasks_input_document", "tasks", ["input_document_id"]),
    ("ix_tasks_result_document", "tasks", ["result_document_id"]),
)


def upgrade() -> None:
    for name, table, columns in _INDEXES:
        op.create_index(name, table, columns, postgresql_where=sa.text(f"{columns[0]} IS NOT NULL"))


def downgrade() -> None:
    for name, table, _ in reversed(_INDEXES):
        op.drop_index(name, table)
