"""`yunhu api`."""

import os
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from granian import Granian
from granian.constants import Interfaces, Loops

from yunhu.entrypoints.commands.workplace import read_settings
from yunhu.foundation.db.embedded import start_embedded
from yunhu.foundation.http.shared_metrics import share_metrics
from yunhu.foundation.warmup import hasten


@click.command()
def api() -> None:
    """Serve the HTTP API (any number share one database).

    \b
    Examples:
      yunhu api                          on YUNHU_HTTP_HOST:YUNHU_HTTP_PORT, documentation at /docs
      YUNHU_HTTP_WORKERS=4 yunhu api

    It does not migrate: run `yunhu db migrate` first, or `yunhu up`, which does.
    """
    settings = read_settings()
    server = None
    if settings.database_url is None:
        server = start_embedded(settings.database_dir)
        # The workers are processes of their own and read the environment.
        os.environ["YUNHU_DATABASE_URL"] = server.url()
    hasten()
    with ExitStack() as stack:
        if server:
            stack.callback(server.release)
        if settings.http_workers > 1:
            share_metrics(Path(stack.enter_context(TemporaryDirectory(prefix="yunhu-metrics-"))))
        Granian(
            "yunhu.entrypoints.api:app_from_environment",
            factory=True,
            address=settings.http_host,
            port=settings.http_port,
            interface=Interfaces.ASGI,
            workers=settings.http_workers,
            loop=Loops.uvloop,
            log_level="warning",  # type: ignore[arg-type]  # granian takes the word as well
            respawn_failed_workers=True,
            workers_kill_timeout=max(1, settings.drain_seconds),
        ).serve()
