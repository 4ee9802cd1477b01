"""What the desks of numbers, scripts, cards and incidents ask of the tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_STATES = (
    "draft",
    "submitted",
    "reviewed",
    "returned",
    "approved",
    "effective",
    "superseded",
    "expired",
    "withdrawn",
)
_OPEN = "state IN ('draft', 'submitted', 'reviewed', 'returned')"


def upgrade() -> None:
    op.add_column("number_days", sa.Column("health", sa.SmallInteger(), nullable=True))
    op.create_check_constraint(op.f("ck_number_days_health"), "number_days", "health BETWEEN 0 AND 100")
    # Two people of the operator: one reviews a filing, another one decides on it.
    op.add_column(
        "filing_versions", sa.Column("reviewed_by", postgresql.JSONB(astext_type=sa.Text()), nullable=True)
    )
    op.add_column("filing_versions", sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True))
    _states(_STATES, _OPEN, "state IN ('submitted', 'reviewed')")


def downgrade() -> None:
    op.execute("UPDATE filing_versions SET state = 'submitted' WHERE state = 'reviewed'")
    _states(
        tuple(state for state in _STATES if state != "reviewed"),
        "state IN ('draft', 'submitted', 'returned')",
        "state = 'submitted'",
    )
    op.drop_column("filing_versions", "reviewed_at")
    op.drop_column("filing_versions", "reviewed_by")
    op.drop_constraint(op.f("ck_number_days_health"), "number_days")
    op.drop_column("number_days", "health")


def _states(states: tuple[str, ...], open_: str, queue: str) -> None:
    op.drop_constraint(op.f("ck_filing_versions_state"), "filing_versions")
    listed = ", ".join(f"'{state}'" for state in states)
    op.create_check_constraint(op.f("ck_filing_versions_state"), "filing_versions", f"state IN ({listed})")
    for name, columns, unique, condition in (
        ("uq_filing_versions_open", ["filing_id"], True, open_),
        ("ix_filing_versions_queue", ["id"], False, queue),
    ):
        op.drop_index(name, "filing_versions")
        op.create_index(name, "filing_versions", columns, unique=unique, postgresql_where=sa.text(condition))
