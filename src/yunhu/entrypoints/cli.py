"""The command line `yunhu`. Commands are loaded when they are asked for, so that help answers at once."""

import importlib
import warnings
from typing import Any

import click

from yunhu.foundation.errors import YunhuError

_COMMANDS = {
    "up": "yunhu.entrypoints.commands.up:up",
    "api": "yunhu.entrypoints.commands.api:api",
    "node": "yunhu.entrypoints.commands.node:node",
    "apply": "yunhu.entrypoints.commands.apply:apply",
    "db": "yunhu.entrypoints.commands.db:db",
    "backup": "yunhu.entrypoints.commands.backup:backup",
    "apikey": "yunhu.entrypoints.commands.apikey:apikey",
    "users": "yunhu.entrypoints.commands.users:users_group",
    "audit": "yunhu.entrypoints.commands.audit:audit",
    "contracts": "yunhu.entrypoints.commands.contracts:contracts",
    "evidence": "yunhu.entrypoints.commands.evidence:evidence",
    "billing": "yunhu.entrypoints.commands.billing:billing",
    "reports": "yunhu.entrypoints.commands.reports:reports",
    "jobs": "yunhu.entrypoints.commands.jobs:jobs",
    "notifications": "yunhu.entrypoints.commands.notifications:notifications",
    "filings": "yunhu.entrypoints.commands.filings:filings",
    "consents": "yunhu.entrypoints.commands.consents:consents",
    "complaints": "yunhu.entrypoints.commands.complaints:complaints",
    "numbers": "yunhu.entrypoints.commands.numbers:numbers",
    "calendar": "yunhu.entrypoints.commands.calendar:calendar",
    "calls": "yunhu.entrypoints.commands.calls:calls",
    "say": "yunhu.entrypoints.commands.say:say",
    "simulate": "yunhu.entrypoints.commands.simulate:simulate",
    "settings": "yunhu.entrypoints.commands.settings:settings",
    "openapi": "yunhu.entrypoints.commands.openapi:openapi",
}


class CommandGroup(click.Group):
    """Loads commands lazily, and tells expected errors as a sentence instead of a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which people meet them."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module."""
        if cmd_name not in _COMMANDS:
            return None
        # A machine without a login session has none; the embedded database says so on every start.
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
        module, _, name = _COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; exit code 1 for an expected error."""
        try:
            return super().invoke(ctx)
        except YunhuError as error:
            raise click.ClickException(
                f"{error.title} ({error.title_zh})\n{error.detail}".rstrip()
            ) from error


@click.group(
    cls=CommandGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="yunhu")
def main() -> None:
    """云呼+: queue events (叫号) become SMS (短信) and robot phone calls (语音通知) under hard rules.

    \b
    First steps:
      yunhu up                                the whole product on this machine, with an example hall
      yunhu simulate                          one visitor takes a number, waits, and is called
      yunhu notifications list                what was owed to whom, and what became of it
      yunhu apply -f examples/hall.yaml --dry-run

    Settings come from the environment (YUNHU_…) or a TOML file named by YUNHU_CONFIG: yunhu settings show.
    """


if __name__ == "__main__":
    main()
