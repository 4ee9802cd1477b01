"""Audit log, tenants' grants, and how long data is kept."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_KINDS = "'notifications', 'calls', 'recordings', 'phones', 'scripts', 'consents', 'complaints', 'evidence', 'documents', 'audit'"
_OWN_CHAIN = "chain = coalesce(tenant_id, '00000000-0000-0000-0000-000000000000')"

# Whoever can write SQL as the product's own user still cannot alter, drop or reorder entries by mistake or quietly;
# whoever owns the tables can drop the triggers, and is found by `yunhu audit verify` with an anchor.
CHAIN_GUARDS = (
    """
CREATE FUNCTION audit_chained() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE audit_heads SET sequence = NEW.sequence, hash = NEW.hash
    WHERE chain = NEW.chain AND sequence = NEW.sequence - 1 AND hash = NEW.previous;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'an audit entry must follow the newest one' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$
""",
    """
CREATE TRIGGER audit_chained AFTER INSERT ON audit_entries FOR EACH ROW EXECUTE FUNCTION audit_chained()
""",
    """
CREATE FUNCTION audit_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log cannot be changed' USING ERRCODE = 'integrity_constraint_violation';
END $$
""",
    """
CREATE TRIGGER audit_entries_final BEFORE UPDATE ON audit_entries FOR EACH ROW EXECUTE FUNCTION audit_is_final()
""",
    """
CREATE TRIGGER audit_entries_kept BEFORE TRUNCATE ON audit_entries EXECUTE FUNCTION audit_is_final()
""",
    """
CREATE TRIGGER audit_heads_kept BEFORE DELETE ON audit_heads FOR EACH ROW EXECUTE FUNCTION audit_is_final()
""",
    """
CREATE TRIGGER audit_heads_kept_whole BEFORE TRUNCATE ON audit_heads EXECUTE FUNCTION audit_is_final()
""",
    """
CREATE FUNCTION audit_entry_may_go() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.at > statement_timestamp() - interval '183 days'
        OR OLD.sequence > (SELECT cut_sequence FROM audit_heads WHERE chain = OLD.chain)
    THEN
        RAISE EXCEPTION 'audit entries are kept for 183 days, and until a cut is on record'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN OLD;
END $$
""",
    """
CREATE TRIGGER audit_entry_may_go BEFORE DELETE ON audit_entries FOR EACH ROW EXECUTE FUNCTION audit_entry_may_go()
""",
    """
CREATE FUNCTION audit_head_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.chain, NEW.tenant_id) IS DISTINCT FROM (OLD.chain, OLD.tenant_id)
        OR NEW.sequence < OLD.sequence OR NEW.sequence > OLD.sequence + 1
        OR (NEW.sequence = OLD.sequence) <> (NEW.hash = OLD.hash)
        OR NEW.cut_sequence < OLD.cut_sequence
        OR (NEW.cut_sequence = OLD.cut_sequence) <> (NEW.cut_hash = OLD.cut_hash)
    THEN
        RAISE EXCEPTION 'the head of an audit chain moves forward only' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE TRIGGER audit_head_forward BEFORE UPDATE ON audit_heads FOR EACH ROW EXECUTE FUNCTION audit_head_forward()
""",
)


def upgrade() -> None:
    op.create_table(
        "audit_heads",
        sa.Column("chain", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=True),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("cut_sequence", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("cut_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(_OWN_CHAIN, name=op.f("ck_audit_heads_own_chain")),
        sa.CheckConstraint("cut_sequence <= sequence", name=op.f("ck_audit_heads_cut")),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_audit_heads")),
    )
    op.create_table(
        "audit_entries",
        sa.Column("chain", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("changes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(_OWN_CHAIN, name=op.f("ck_audit_entries_own_chain")),
        sa.CheckConstraint("kind IN ('change', 'look', 'cut')", name=op.f("ck_audit_entries_kind")),
        sa.PrimaryKeyConstraint("chain", "sequence", name=op.f("pk_audit_entries")),
    )
    op.create_index(
        "ix_audit_entries_subject", "audit_entries", ["chain", "subject_kind", "subject_id", "sequence"]
    )
    op.create_index("ix_audit_entries_actor", "audit_entries", ["chain", "actor_name", "sequence"])
    op.create_index("ix_audit_entries_action", "audit_entries", ["chain", "action", "sequence"])
    op.create_index("ix_audit_entries_at", "audit_entries", ["chain", "at", "sequence"])
    for statement in CHAIN_GUARDS:
        op.execute(statement)
    _create_grants()
    _create_retention()


def _create_grants() -> None:
    op.create_table(
        "content_grants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("kinds", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("granted_by", sa.Text(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            f"cardinality(kinds) > 0 AND kinds <@ ARRAY[{_KINDS}]", name=op.f("ck_content_grants_kinds")
        ),
        sa.CheckConstraint("expires_at > granted_at", name=op.f("ck_content_grants_term")),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoked_by IS NULL)", name=op.f("ck_content_grants_revoked")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_content_grants_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_grants")),
    )
    op.create_index("ix_content_grants_tenant", "content_grants", ["tenant_id", "id"])
    op.create_index(
        "ix_content_grants_standing",
        "content_grants",
        ["tenant_id", "expires_at"],
        postgresql_where=sa.text("revoked_at IS NULL"),
    )


_DATA_KINDS = (
    "kind IN ('queue_events', 'timeline', 'callback_deliveries', 'sms_messages', 'recordings', 'calls', "
    "'notifications', 'journeys', 'audit', 'outbox')"
)


def _create_retention() -> None:
    for table, columns in (
        ("retention_terms", [sa.Column("days", sa.Integer(), nullable=False)]),
        (
            "retention_progress",
            [
                sa.Column("done_before", sa.DateTime(timezone=True), nullable=False),
                sa.Column("first_left", sa.Uuid(), nullable=False),
                sa.Column("removed", sa.BigInteger(), nullable=False),
            ],
        ),
    ):
        op.create_table(
            table,
            sa.Column("id", sa.Uuid(), nullable=False),
            sa.Column("tenant_id", sa.Uuid(), nullable=True),
            sa.Column("kind", sa.Text(), nullable=False),
            *columns,
            sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
            sa.CheckConstraint(_DATA_KINDS, name=op.f(f"ck_{table}_kind")),
            sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f(f"fk_{table}_tenant_id")),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
            sa.UniqueConstraint(
                "tenant_id",
                "kind",
                name=op.f(f"uq_{table}_tenant_id_kind"),
                postgresql_nulls_not_distinct=True,
            ),
        )
    op.create_check_constraint(op.f("ck_retention_terms_days"), "retention_terms", "days BETWEEN 1 AND 36500")
    op.create_table(
        "legal_holds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("held_by", sa.Text(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_legal_holds_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_holds")),
    )
    op.create_index(
        "uq_legal_holds_standing",
        "legal_holds",
        ["call_id", "reason"],
        unique=True,
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.create_index("ix_legal_holds_list", "legal_holds", ["tenant_id", "id"])
    op.add_column("recordings", sa.Column("erase_due_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("recordings", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("ck_recordings_erased"), "recordings", "erased_at IS NULL OR erase_due_at IS NOT NULL"
    )
    op.create_index(
        "ix_recordings_kept",
        "recordings",
        ["tenant_id", "created_at"],
        postgresql_where=sa.text("erase_due_at IS NULL"),
    )
    op.create_index(
        "ix_recordings_due",
        "recordings",
        ["call_id"],
        postgresql_where=sa.text("erase_due_at IS NOT NULL AND erased_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_recordings_due", table_name="recordings")
    op.drop_index("ix_recordings_kept", table_name="recordings")
    op.drop_constraint(op.f("ck_recordings_erased"), "recordings", type_="check")
    op.drop_column("recordings", "erased_at")
    op.drop_column("recordings", "erase_due_at")
    for table in ("legal_holds", "retention_progress", "retention_terms"):
        op.drop_table(table)
    op.drop_table("content_grants")
    op.drop_table("audit_entries")
    op.drop_table("audit_heads")
    for function in ("audit_chained", "audit_is_final", "audit_entry_may_go", "audit_head_forward"):
        op.execute(f"DROP FUNCTION {function}")
