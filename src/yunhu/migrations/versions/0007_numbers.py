"""Caller numbers: papers, regions, limits per minute and per concurrent call, health, history."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_COLUMNS = (
    sa.Column("region", sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column("registered_to", sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column("valid_from", sa.Date(), server_default=sa.text("'epoch'"), nullable=False),
    sa.Column("valid_until", sa.Date(), nullable=True),
    sa.Column("state_reason", sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column("per_minute", sa.Integer(), server_default=sa.text("30"), nullable=False),
    sa.Column("max_concurrent", sa.Integer(), server_default=sa.text("30"), nullable=False),
    sa.Column("live_calls", sa.Integer(), server_default=sa.text("0"), nullable=False),
    sa.Column("health", sa.SmallInteger(), server_default=sa.text("100"), nullable=False),
    sa.Column("minute", sa.DateTime(timezone=True), server_default=sa.text("'epoch'"), nullable=False),
    sa.Column("calls_this_minute", sa.Integer(), server_default=sa.text("0"), nullable=False),
)
_CHECKS = (
    ("state", "state IN ('available', 'allocated', 'held', 'quarantined', 'released')"),
    ("owner", "state = 'available' OR tenant_id IS NOT NULL"),
    ("limits", "per_minute > 0 AND per_hour > 0 AND per_day > 0 AND max_concurrent > 0"),
    ("minute", "calls_this_minute BETWEEN 0 AND per_minute"),
    ("concurrent", "live_calls BETWEEN 0 AND max_concurrent"),
    ("health", "health BETWEEN 0 AND 100"),
    ("validity", "valid_until IS NULL OR valid_until >= valid_from"),
)
# Two digits after the trunk prefix for the big cities, three for all others; mobiles and service numbers apart.
_REGION = r"""
UPDATE caller_numbers SET region = CASE
    WHEN e164 ~ '^\+861[3-9]\d{9}$' THEN 'mobile'
    WHEN e164 ~ '^\+86([48]00\d{7}|\d{5,6})$' THEN 'service'
    WHEN e164 ~ '^\+86(10|2\d)' THEN substr(e164, 4, 2)
    ELSE substr(e164, 4, 3) END
"""


def upgrade() -> None:
    for name in ("state", "limits"):
        op.drop_constraint(op.f(f"ck_caller_numbers_{name}"), "caller_numbers", type_="check")
    for column in _COLUMNS:
        op.add_column("caller_numbers", column)
    op.alter_column("caller_numbers", "tenant_id", nullable=True)
    for name, condition in _CHECKS:
        op.create_check_constraint(op.f(f"ck_caller_numbers_{name}"), "caller_numbers", condition)
    op.create_table(
        "number_regions",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_number_regions_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "region", name=op.f("pk_number_regions")),
    )
    op.create_table(
        "number_papers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["number_id"], ["caller_numbers.id"], name=op.f("fk_number_papers_number_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_papers")),
    )
    op.create_index(op.f("ix_number_papers_number_id"), "number_papers", ["number_id"])
    op.create_table(
        "number_days",
        sa.Column("number_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("calls", "reached", "answered", "refused", "flagged", "talk_seconds")
        ),
        sa.ForeignKeyConstraint(["number_id"], ["caller_numbers.id"], name=op.f("fk_number_days_number_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_number_days_tenant_id")),
        sa.PrimaryKeyConstraint("number_id", "day", name=op.f("pk_number_days")),
    )
    op.create_index("ix_number_days_pool", "number_days", ["tenant_id", "day"])
    op.create_table(
        "number_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("health", sa.SmallInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["number_id"], ["caller_numbers.id"], name=op.f("fk_number_events_number_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_number_events_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_events")),
    )
    op.create_index("ix_number_events_number", "number_events", ["number_id", "id"])
    op.execute(_REGION)
    op.execute(
        "INSERT INTO number_regions SELECT DISTINCT tenant_id, region FROM caller_numbers WHERE state = 'allocated'"
    )
    # A call that is in the air while the product is upgraded is given back like any other.
    op.execute(
        "UPDATE caller_numbers AS n SET live_calls = c.live, max_concurrent = greatest(max_concurrent, c.live) FROM "
        "(SELECT caller_number_id, count(*) AS live FROM calls WHERE state <> 'ended' GROUP BY 1) AS c "
        "WHERE c.caller_number_id = n.id"
    )


def downgrade() -> None:
    for table in ("number_events", "number_days", "number_papers", "number_regions"):
        op.drop_table(table)
    for name, _ in _CHECKS:
        op.drop_constraint(op.f(f"ck_caller_numbers_{name}"), "caller_numbers", type_="check")
    op.execute("DELETE FROM caller_numbers WHERE tenant_id IS NULL")
    op.execute("UPDATE caller_numbers SET state = 'held' WHERE state = 'quarantined'")
    op.alter_column("caller_numbers", "tenant_id", nullable=False)
    for column in _COLUMNS:
        op.drop_column("caller_numbers", column.name)
    op.create_check_constraint(
        op.f("ck_caller_numbers_state"), "caller_numbers", "state IN ('allocated', 'held', 'released')"
    )
    op.create_check_constraint(
        op.f("ck_caller_numbers_limits"), "caller_numbers", "per_hour > 0 AND per_day > 0"
    )
