"""The OpenAPI document and the page that shows it, without any request to another host."""

from importlib.resources import files
from typing import Any

from litestar.connection import Request
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, OpenAPIRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

DOCS_PATH = "/docs"


class LocalPagePlugin(OpenAPIRenderPlugin):
    """Serves the page of this package; it reads `openapi.json` beside itself and nothing else."""

    def __init__(self) -> None:
        super().__init__(path="/", style="")
        self._page = files(__package__).joinpath("docs.html").read_bytes()

    def render(self, _request: Request[Any, Any, Any], _openapi_schema: dict[str, Any]) -> bytes:
        """The page, the same for every document."""
        return self._page


def openapi_config() -> OpenAPIConfig:
    """OpenAPI 3.1 at `/docs/openapi.json`, the page at `/docs`."""
    return OpenAPIConfig(
        title="云呼+ API",
        version="1",
        description="Queue events in; notifications, calls and callbacks out.",
        path=DOCS_PATH,
        render_plugins=[LocalPagePlugin(), JsonRenderPlugin(path="/openapi.json")],
        components=Components(
            security_schemes={
                "apiKey": SecurityScheme(type="http", scheme="bearer", description="API key"),
                "session": SecurityScheme(
                    type="apiKey",
                    security_scheme_in="cookie",
                    name="yunhu-session",
                    description="A person's session; `__Host-yunhu-session` over TLS. What changes something carries "
                    "the header `Yunhu-CSRF` too.",
                ),
            }
        ),
        security=[{"apiKey": []}, {"session": []}],
        use_handler_docstrings=True,
    )
