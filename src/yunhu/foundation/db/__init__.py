"""PostgreSQL: declarative base, engine, the embedded server, migrations, and LISTEN/NOTIFY."""

from yunhu.foundation.db.bare import BareStatement
from yunhu.foundation.db.base import Base, BlindIndex, Jsonb, Moment, one_of
from yunhu.foundation.db.engine import Database, open_database
from yunhu.foundation.db.listen import Listener, notify

__all__ = [
    "BareStatement",
    "Base",
    "BlindIndex",
    "Database",
    "Jsonb",
    "Listener",
    "Moment",
    "notify",
    "one_of",
    "open_database",
]
