"""`yunhu openapi`."""

from typing import Any

import click
from litestar.serialization import encode_json

from yunhu.entrypoints.api import create_app
from yunhu.foundation.clock import SystemClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import open_database
from yunhu.foundation.settings import Settings

_NO_DATABASE = "postgresql://nobody@127.0.0.1:1/none"
_NO_KEY = bytes(32)


def document() -> bytes:
    """The API's description as JSON. Nothing is connected to, and no key is read."""
    app = create_app(Settings(), open_database(_NO_DATABASE), Vault(_NO_KEY), SystemClock())
    described: dict[str, Any] = app.openapi_schema.to_schema()
    return encode_json(described)


@click.command()
def openapi() -> None:
    """Print the API's OpenAPI 3.1 document (接口描述), the same that the product serves at /docs/openapi.json."""
    click.echo(document())
