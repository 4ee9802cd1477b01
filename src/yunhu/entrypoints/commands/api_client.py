"""Commands that speak to the running API."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec

import click
import httpx

from yunhu.entrypoints.up_first_start import key_file_of
from yunhu.foundation.settings import Settings

P = ParamSpec("P")


def api_options(function: Callable[P, None]) -> Callable[P, None]:
    """`--url` and `--key-file`."""
    url = click.option("--url", help="The API; left out, the one of these settings on this machine.")
    key = click.option(
        "--key-file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="File with an API key; left out, the example hall's.",
    )
    return url(key(function))


def open_api(settings: Settings, url: str | None, key_file: Path | None) -> httpx.AsyncClient:
    """A client that holds the key."""
    path = key_file or key_file_of(settings)
    if not path.exists():
        raise click.ClickException(
            f"there is no key in {path}: run `yunhu up` once, or name one with --key-file"
        )
    base = url or f"http://{settings.http_host}:{settings.http_port}"
    return httpx.AsyncClient(
        base_url=base, headers={"Authorization": f"Bearer {path.read_text().strip()}"}, timeout=10
    )


async def ask(api: httpx.AsyncClient, method: str, path: str, body: Any = None) -> Any:
    """One request. A problem becomes a sentence."""
    try:
        response = await api.request(method, path, json=body)
    except httpx.HTTPError as error:
        raise click.ClickException(
            f"the API at {api.base_url} does not answer ({type(error).__name__})"
        ) from error
    if response.is_error:
        raise click.ClickException(f"{response.status_code} from {path}: {response.text[:1000]}")
    return response.json() if response.content else None
