"""Alembic migrations, shipped with the package so that an installed product can migrate itself."""
