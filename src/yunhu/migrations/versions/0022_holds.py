"""Holds on a person's calls and texts and on days of a tenant, with their end, who lifted them, and what they saved."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_STANDS = "lifted_at IS NULL"
_CHECKS = {
    "kind": "kind IN ('call', 'callee', 'period')",
    "call": "(kind = 'call') = (call_id IS NOT NULL)",
    "callee": "(kind = 'callee') = (callee_index IS NOT NULL)",
    "sealed": "(callee_index IS NULL) = (callee_cipher IS NULL)",
    "period": "(kind = 'period') = (first_day IS NOT NULL)",
    "days": "(first_day IS NULL) = (last_day IS NULL) AND first_day <= last_day",
    "script": "script_id IS NULL OR kind = 'period'",
    "lifted": "lifted_by IS NULL OR lifted_at IS NOT NULL",
    "saved": "calls_saved >= 0 AND messages_saved >= 0",
}


def upgrade() -> None:
    op.add_column("legal_holds", sa.Column("kind", sa.Text(), nullable=False, server_default="call"))
    op.alter_column("legal_holds", "kind", server_default=None)
    op.alter_column("legal_holds", "call_id", nullable=True)
    for column in (
        sa.Column("callee_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("callee_index", sa.LargeBinary(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("script_id", sa.Uuid(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("lifted_by", sa.Text(), nullable=True),
        sa.Column("calls_saved", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
        sa.Column("messages_saved", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
    ):
        op.add_column("legal_holds", column)
    op.create_foreign_key(op.f("fk_legal_holds_script_id"), "legal_holds", "scripts", ["script_id"], ["id"])
    for name, condition in _CHECKS.items():
        op.create_check_constraint(op.f(f"ck_legal_holds_{name}"), "legal_holds", condition)
    op.drop_index("uq_legal_holds_standing", table_name="legal_holds")
    op.create_index(
        "uq_legal_holds_standing",
        "legal_holds",
        ["call_id", "callee_index", "tenant_id", "first_day", "last_day", "script_id", "reason"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text(_STANDS),
    )
    op.create_index(
        "ix_legal_holds_callee",
        "legal_holds",
        ["callee_index", "tenant_id"],
        postgresql_where=sa.text(f"{_STANDS} AND kind = 'callee'"),
    )
    op.create_index(
        "ix_legal_holds_period",
        "legal_holds",
        ["tenant_id", "first_day", "last_day"],
        postgresql_where=sa.text(f"{_STANDS} AND kind = 'period'"),
    )
    op.create_index("ix_legal_holds_ends", "legal_holds", ["ends_on"], postgresql_where=sa.text(_STANDS))
    # Removal asks of every old row whether it is held: planned without statistics, each is compared with every hold.
    op.execute(
        "ALTER TABLE legal_holds SET (autovacuum_analyze_threshold = 0, autovacuum_analyze_scale_factor = 0.05)"
    )


def downgrade() -> None:
    op.execute(
        "ALTER TABLE legal_holds RESET (autovacuum_analyze_threshold, autovacuum_analyze_scale_factor)"
    )
    for name in ("ends", "period", "callee"):
        op.drop_index(f"ix_legal_holds_{name}", table_name="legal_holds")
    op.drop_index("uq_legal_holds_standing", table_name="legal_holds")
    for name in _CHECKS:
        op.drop_constraint(op.f(f"ck_legal_holds_{name}"), "legal_holds", type_="check")
    # What is not about one call cannot be said in the older table.
    op.execute("DELETE FROM legal_holds WHERE kind <> 'call'")
    for name in (
        "kind", "callee_cipher", "callee_index", "first_day", "last_day", "script_id", "ends_on", "lifted_by",
        "calls_saved", "messages_saved",
    ):  # fmt: skip
        op.drop_column("legal_holds", name)
    op.alter_column("legal_holds", "call_id", nullable=False)
    op.create_index(
        "uq_legal_holds_standing",
        "legal_holds",
        ["call_id", "reason"],
        unique=True,
        postgresql_where=sa.text(_STANDS),
    )
