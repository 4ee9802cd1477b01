"""`yunhu settings`."""

import click
import msgspec
from sqlalchemy.engine import make_url

from yunhu.entrypoints.commands.reference import settings_reference
from yunhu.foundation.settings import PREFIX, load_settings


@click.group()
def settings() -> None:
    """What this installation chose (配置): show, reference."""


@settings.command()
def show() -> None:
    """The settings in effect; passwords are masked."""
    for name, value in msgspec.structs.asdict(load_settings()).items():
        shown = (
            make_url(value).render_as_string(hide_password=True)
            if name in {"database_url", "smtp_url"} and value
            else value
        )
        click.echo(f"{PREFIX}{name.upper()}={'' if shown is None else shown}")


@settings.command()
def reference() -> None:
    """Every setting with its meaning, as Markdown."""
    click.echo(settings_reference(), nl=False)
