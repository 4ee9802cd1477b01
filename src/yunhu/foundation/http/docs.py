"""The OpenAPI document and the page that shows it, without any request to another host."""

from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme


def openapi_config() -> OpenAPIConfig:
    """OpenAPI 3.1 at `/docs/openapi.json`, the page at `/docs`."""
    return OpenAPIConfig(
        title="云呼+ API",
        version="1",
        description="Queue events in; notifications, calls and callbacks out.",
        path="/docs",
        render_plugins=[JsonRenderPlugin(path="/openapi.json")],
        components=Components(
            security_schemes={"apiKey": SecurityScheme(type="http", scheme="bearer", description="API key")}
        ),
        security=[{"apiKey": []}],
        use_handler_docstrings=True,
    )
