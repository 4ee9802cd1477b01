"""`yunhu up`."""

import asyncio
import sys

import click

from yunhu.entrypoints.commands.workplace import read_settings
from yunhu.entrypoints.up import Up


@click.command()
def up() -> None:
    """The whole product on this machine: database, API, call node.

    Starts the embedded PostgreSQL (or uses YUNHU_DATABASE_URL), migrates it, loads the example hall (示例大厅) on
    the very first start, and runs the API and a call node until Ctrl-C. The example hall uses the sandbox carrier:
    simulated phones and SMS centre, nobody is called.

    \b
    Examples:
      yunhu up
      YUNHU_DATA_DIR=/var/lib/yunhu YUNHU_HTTP_PORT=9000 yunhu up
      YUNHU_DATABASE_URL=postgresql://yunhu:…@db/yunhu yunhu up

    SIGTERM or Ctrl-C drains (running calls end within YUNHU_DRAIN_SECONDS); a second one does not wait.
    """
    sys.exit(asyncio.run(Up(read_settings()).run()))
