"""Alembic's environment: it gets an open connection from `yunhu.entrypoints.migrate`."""

from alembic import context

from yunhu.entrypoints.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, compare_server_default=False)
with context.begin_transaction():
    context.run_migrations()
