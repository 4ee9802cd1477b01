"""`yunhu node`."""

import click

from yunhu.entrypoints.commands.workplace import read_settings
from yunhu.entrypoints.node import main as run_node
from yunhu.foundation.db.embedded import start_embedded


@click.command()
def node() -> None:
    """Run a call node (呼叫节点): places calls, sends SMS, delivers callbacks (any number share one database).

    \b
    Examples:
      YUNHU_NODE_NAME=node-2 YUNHU_METRICS_PORT=9092 yunhu node

    It does not migrate: run `yunhu db migrate` first, or `yunhu up`, which does.
    """
    settings = read_settings()
    server = None if settings.database_url else start_embedded(settings.database_dir)
    try:
        run_node(settings, settings.database_url or (server.url() if server else ""))
    finally:
        if server:
            server.release()
