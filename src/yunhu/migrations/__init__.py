"""Alembic migrations, shipped with the package so that an installed product can migrate itself."""

from importlib.resources import files


def newest_revision() -> str:
    """The schema that this version needs: migrations are numbered in their one order, `00NN_name.py`."""
    names = (entry.name for entry in (files(__name__) / "versions").iterdir())
    return max(name.partition("_")[0] for name in names if name.endswith(".py") and name[:4].isdigit())
