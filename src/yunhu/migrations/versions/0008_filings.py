"""Filings, screening and working days."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# A wording that stands in a filing is what is reviewed: it can never be changed, also while it is a draft.
FILED_WORDS_ARE_FINAL = (
    """
CREATE FUNCTION filed_words_are_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM filing_scripts WHERE script_version_id = OLD.id) THEN
        RAISE EXCEPTION 'a filed wording cannot be changed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE TRIGGER filed_words_are_final BEFORE UPDATE ON script_versions FOR EACH ROW
WHEN ((OLD.text, OLD.slots, OLD.text_hash, OLD.script_id, OLD.number)
      IS DISTINCT FROM (NEW.text, NEW.slots, NEW.text_hash, NEW.script_id, NEW.number))
EXECUTE FUNCTION filed_words_are_final()
""",
)
# What was submitted is what is decided on.
FILED_CONTENT_IS_FINAL = (
    """
CREATE FUNCTION filed_content_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a submitted filing cannot be changed' USING ERRCODE = 'integrity_constraint_violation';
END $$
""",
    """
CREATE TRIGGER filed_content_is_final BEFORE UPDATE ON filing_versions FOR EACH ROW
WHEN (OLD.state NOT IN ('draft', 'returned') AND (OLD.content, OLD.content_hash, OLD.filing_id, OLD.number)
      IS DISTINCT FROM (NEW.content, NEW.content_hash, NEW.filing_id, NEW.number))
EXECUTE FUNCTION filed_content_is_final()
""",
)
SCREENING_IS_FINAL = (
    """
CREATE FUNCTION screening_version_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'word lists are replaced by a new version' USING ERRCODE = 'integrity_constraint_violation';
END $$
""",
    """
CREATE TRIGGER screening_version_is_final BEFORE UPDATE OR DELETE ON screening_versions FOR EACH ROW
EXECUTE FUNCTION screening_version_is_final()
""",
)


def upgrade() -> None:
    # A trusted extension: the owner of the database may create it.
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    _filings()
    _filing_scripts()
    op.create_table(
        "screening_versions",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("lists", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_screening_versions_number")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_screening_versions")),
    )
    op.create_table(
        "working_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_working_days")),
    )
    for table in ("calls", "sms_messages"):
        op.add_column(table, sa.Column("filing_version_id", sa.Uuid(), nullable=True))
        op.add_column(table, sa.Column("text_hash", sa.Text(), nullable=True))
        op.create_foreign_key(
            op.f(f"fk_{table}_filing_version_id"), table, "filing_versions", ["filing_version_id"], ["id"]
        )
    op.create_index("ix_sms_messages_callee", "sms_messages", ["callee_index", "created_at"])
    for statement in (*FILED_WORDS_ARE_FINAL, *FILED_CONTENT_IS_FINAL, *SCREENING_IS_FINAL):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TRIGGER screening_version_is_final ON screening_versions")
    op.execute("DROP FUNCTION screening_version_is_final")
    op.execute("DROP TRIGGER filed_content_is_final ON filing_versions")
    op.execute("DROP FUNCTION filed_content_is_final")
    op.execute("DROP TRIGGER filed_words_are_final ON script_versions")
    op.execute("DROP FUNCTION filed_words_are_final")
    op.drop_index("ix_sms_messages_callee", table_name="sms_messages")
    for table in ("sms_messages", "calls"):
        op.drop_constraint(op.f(f"fk_{table}_filing_version_id"), table, type_="foreignkey")
        op.drop_column(table, "text_hash")
        op.drop_column(table, "filing_version_id")
    for table in (
        "working_days",
        "screening_versions",
        "filing_days",
        "filing_scripts",
        "filing_versions",
        "filings",
    ):
        op.drop_table(table)
    op.execute("DROP EXTENSION btree_gist")


def _filings() -> None:
    op.create_table(
        "filings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_filings_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filings")),
        sa.UniqueConstraint("tenant_id", "slug", name=op.f("uq_filings_tenant_id_slug")),
    )
    op.create_table(
        "filing_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("filing_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("drafted_by", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("submitted_by", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remarks", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("screening_version", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("in_force", postgresql.TSTZRANGE(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'returned', 'approved', 'effective', 'superseded', 'expired', "
            "'withdrawn')",
            name=op.f("ck_filing_versions_state"),
        ),
        sa.CheckConstraint(
            "in_force IS NULL OR decided_at IS NOT NULL", name=op.f("ck_filing_versions_decided")
        ),
        sa.CheckConstraint(
            "valid_until IS NULL OR valid_from <= valid_until", name=op.f("ck_filing_versions_validity")
        ),
        sa.ForeignKeyConstraint(["filing_id"], ["filings.id"], name=op.f("fk_filing_versions_filing_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_filing_versions_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_versions")),
        sa.UniqueConstraint("filing_id", "number", name=op.f("uq_filing_versions_filing_id_number")),
        postgresql.ExcludeConstraint(
            ("filing_id", "="),
            ("in_force", "&&"),
            name="ex_filing_versions_in_force",
            using="gist",
            where=sa.text("in_force IS NOT NULL"),
        ),
    )
    states = {
        "queue": "state = 'submitted'",
        "standing": "state IN ('approved', 'effective')",
    }
    for name, where in states.items():
        op.create_index(
            f"ix_filing_versions_{name}", "filing_versions", ["id"], postgresql_where=sa.text(where)
        )
    op.create_index("ix_filing_versions_list", "filing_versions", ["tenant_id", "id"])
    op.create_index(
        "uq_filing_versions_open",
        "filing_versions",
        ["filing_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('draft', 'submitted', 'returned')"),
    )
    op.create_table(
        "filing_days",
        sa.Column("filing_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("calls", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("messages", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("calls >= 0 AND messages >= 0", name=op.f("ck_filing_days_counts")),
        sa.ForeignKeyConstraint(["filing_id"], ["filings.id"], name=op.f("fk_filing_days_filing_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_filing_days_tenant_id")),
        sa.PrimaryKeyConstraint("filing_id", "day", name=op.f("pk_filing_days")),
    )


def _filing_scripts() -> None:
    op.create_table(
        "filing_scripts",
        sa.Column("filing_version_id", sa.Uuid(), nullable=False),
        sa.Column("script_version_id", sa.Uuid(), nullable=False),
        sa.Column("script_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("text_hash", sa.Text(), nullable=False),
        sa.Column("in_force", postgresql.TSTZRANGE(), nullable=True),
        sa.ForeignKeyConstraint(
            ["filing_version_id"], ["filing_versions.id"], name=op.f("fk_filing_scripts_filing_version_id")
        ),
        sa.ForeignKeyConstraint(
            ["script_version_id"], ["script_versions.id"], name=op.f("fk_filing_scripts_script_version_id")
        ),
        sa.ForeignKeyConstraint(["script_id"], ["scripts.id"], name=op.f("fk_filing_scripts_script_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_filing_scripts_tenant_id")),
        sa.PrimaryKeyConstraint("filing_version_id", "script_version_id", name=op.f("pk_filing_scripts")),
        postgresql.ExcludeConstraint(
            ("script_id", "="),
            ("in_force", "&&"),
            name="ex_filing_scripts_in_force",
            using="gist",
            where=sa.text("in_force IS NOT NULL"),
        ),
    )
    for name, column in {"version": "script_version_id", "tenant": "tenant_id"}.items():
        op.create_index(
            f"ix_filing_scripts_{name}",
            "filing_scripts",
            [column],
            postgresql_where=sa.text("in_force IS NOT NULL"),
        )
