"""A trunk is locked and its calls are counted in one round trip.

A function of several statements: each of them sees what was committed before it, so the count comes after the lock.
"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE FUNCTION yunhu_hold_trunk(held uuid) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
        BEGIN
            PERFORM pg_advisory_xact_lock(hashtextextended(held::text, 0));
            RETURN (SELECT count(*) FROM calls WHERE trunk_id = held AND state <> 'ended');
        END $$
        """
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION yunhu_hold_trunk(uuid)")
