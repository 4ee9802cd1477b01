"""Row security: the second net behind every query's own tenant_id.

The role `yunhu_tenant` sees and writes the rows of one tenant, the one in the setting `yunhu.tenant`, and nothing
without it. The owner of the tables (nodes, the operator's side, migrations) is not bound. A later migration that adds a
table with tenant_id, or one that hangs on such a table, calls `SELECT yunhu_protect()` at its end.
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# A server of one's own may not let the product's user make roles: then its administrator makes this one beforehand.
ROLE = """
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'yunhu_tenant') THEN
        BEGIN
            CREATE ROLE yunhu_tenant NOLOGIN NOINHERIT;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;  -- by another database of the same server, at this moment
        END;
    END IF;
    -- From 16 on, whoever made a role is its member without being allowed to take it on.
    IF NOT pg_has_role(current_user, 'yunhu_tenant',
                       CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END) THEN
        EXECUTE format('GRANT yunhu_tenant TO %I', current_user);
    END IF;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE EXCEPTION 'the role yunhu_tenant is needed: let an administrator of the server run '
        'CREATE ROLE yunhu_tenant NOLOGIN NOINHERIT; GRANT yunhu_tenant TO %;', quote_ident(current_user);
END $$
"""

# Tables with tenant_id by that column; tables that hang on one by a foreign key that is never empty, through it;
# whatever is left stays out of the role's reach, but for what the last step opens.
PROTECT = """
CREATE FUNCTION yunhu_protect() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    candidate record;
    condition text;
    own CONSTANT text := 'tenant_id = (SELECT nullif(current_setting(''yunhu.tenant'', true), '''')::uuid)';
BEGIN
    LOOP
        SELECT c.oid AS id, c.relname AS name, EXISTS (
            SELECT FROM pg_attribute AS a
            WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped) AS owned,
            (SELECT string_agg(format(
                'EXISTS (SELECT FROM %I AS parent WHERE parent.%I = %I.%I)',
                p.relname, pa.attname, c.relname, ca.attname), ' AND ' ORDER BY f.conname)
             FROM pg_constraint AS f
             JOIN pg_class AS p ON p.oid = f.confrelid AND p.relrowsecurity AND p.relname <> 'tenants'
             JOIN pg_attribute AS ca ON ca.attrelid = c.oid AND ca.attnum = f.conkey[1] AND ca.attnotnull
             JOIN pg_attribute AS pa ON pa.attrelid = p.oid AND pa.attnum = f.confkey[1]
             WHERE f.conrelid = c.oid AND f.contype = 'f' AND cardinality(f.conkey) = 1
               AND f.confrelid <> c.oid) AS through
        INTO candidate
        FROM pg_class AS c
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
          AND NOT c.relrowsecurity
          AND (EXISTS (SELECT FROM pg_attribute AS a
                       WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped)
               OR EXISTS (SELECT FROM pg_constraint AS f
                          JOIN pg_class AS p ON p.oid = f.confrelid AND p.relrowsecurity AND p.relname <> 'tenants'
                          JOIN pg_attribute AS ca
                              ON ca.attrelid = c.oid AND ca.attnum = f.conkey[1] AND ca.attnotnull
                          WHERE f.conrelid = c.oid AND f.contype = 'f' AND cardinality(f.conkey) = 1
                            AND f.confrelid <> c.oid))
        ORDER BY owned DESC, c.relname LIMIT 1;
        EXIT WHEN NOT FOUND;
        condition := CASE WHEN candidate.owned THEN own ELSE candidate.through END;
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', candidate.name);
        EXECUTE format('CREATE POLICY own_tenant ON %I TO yunhu_tenant USING (%s) WITH CHECK (%s)',
                       candidate.name, condition, condition);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO yunhu_tenant', candidate.name);
    END LOOP;
    REVOKE UPDATE, DELETE ON audit_entries FROM yunhu_tenant;
    REVOKE DELETE ON audit_heads FROM yunhu_tenant;
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO yunhu_tenant', current_schema());
END $$
"""

TENANTS = (
    "ALTER TABLE tenants ENABLE ROW LEVEL SECURITY",
    """
CREATE POLICY own_tenant ON tenants TO yunhu_tenant
USING (id = (SELECT nullif(current_setting('yunhu.tenant', true), '')::uuid))
""",
    "GRANT SELECT ON tenants TO yunhu_tenant",
)


# What every tenant's requests may read: the product's word lists and calendar say nothing of anybody.
SHARED = ("screening_versions", "working_days")


def upgrade() -> None:
    op.execute(ROLE)
    op.execute(PROTECT)
    op.execute(
        "DO $$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA %I TO yunhu_tenant', current_schema()); END $$"
    )
    op.execute("SELECT yunhu_protect()")
    for statement in TENANTS:
        op.execute(statement)
    for table in SHARED:
        op.execute(f"GRANT SELECT ON {table} TO yunhu_tenant")


def downgrade() -> None:
    # The role stays: it belongs to the server, and another database of it may use it.
    op.execute("DROP FUNCTION yunhu_protect()")
    op.execute(
        """
DO $$
DECLARE
    protected record;
BEGIN
    FOR protected IN SELECT tablename AS name FROM pg_policies
        WHERE policyname = 'own_tenant' AND schemaname = current_schema()
    LOOP
        EXECUTE format('DROP POLICY own_tenant ON %I', protected.name);
        EXECUTE format('ALTER TABLE %I DISABLE ROW LEVEL SECURITY', protected.name);
    END LOOP;
    EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %I FROM yunhu_tenant', current_schema());
    EXECUTE format('REVOKE ALL ON ALL SEQUENCES IN SCHEMA %I FROM yunhu_tenant', current_schema());
    EXECUTE format('REVOKE USAGE ON SCHEMA %I FROM yunhu_tenant', current_schema());
END $$
"""
    )
