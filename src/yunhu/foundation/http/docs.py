"""The OpenAPI document and the page that shows it, without any request to another host and nothing inline."""

from importlib.resources import files
from typing import Any

from litestar import Router
from litestar.connection import Request
from litestar.datastructures import ResponseHeader
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, OpenAPIRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from yunhu.foundation.http.console import CONTENT_SECURITY_POLICY

DOCS_PATH = "/docs"
_PAGE = "docs_page"
_FILES = (
    ("/", "page.html", "text/html; charset=utf-8"),
    ("/page.css", "page.css", "text/css; charset=utf-8"),
    ("/page.js", "page.js", "text/javascript; charset=utf-8"),
)


class LocalFilePlugin(OpenAPIRenderPlugin):
    """Serves one file of this package, the same for every document; it reads `openapi.json` beside itself."""

    def __init__(self, path: str, name: str, media_type: str) -> None:
        super().__init__(path=path, media_type=media_type, style="")  # type: ignore[arg-type] # any text goes
        self._content = files(__package__).joinpath(_PAGE, name).read_bytes()

    def render(self, _request: Request[Any, Any, Any], _openapi_schema: dict[str, Any]) -> bytes:
        """The file."""
        return self._content


def _router() -> Router:
    headers = (
        ResponseHeader(name="Content-Security-Policy", value=CONTENT_SECURITY_POLICY),
        ResponseHeader(name="Cache-Control", value="no-cache"),
    )
    return Router(
        DOCS_PATH,
        route_handlers=[],
        include_in_schema=False,
        response_headers=headers,
        dto=None,
        return_dto=None,
    )


def openapi_config() -> OpenAPIConfig:
    """OpenAPI 3.1 at `/docs/openapi.json`, the page at `/docs`."""
    return OpenAPIConfig(
        title="云呼+ API",
        version="1",
        description="Queue events in; notifications, calls and callbacks out.",
        path=DOCS_PATH,
        openapi_router=_router(),
        render_plugins=[*(LocalFilePlugin(*file) for file in _FILES), JsonRenderPlugin(path="/openapi.json")],
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
