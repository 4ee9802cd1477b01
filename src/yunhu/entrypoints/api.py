"""The HTTP API: composes the slices.

Each slice that speaks HTTP has a `wiring.py` with

    def routes(services: Services) -> Sequence[ControllerRouterHandler]

What it returns is mounted below `/api/v1`, behind an API key or a session. Handlers can ask for these dependencies
by name, each marked `NamedDependency[…]` (and `FromPath`, `FromQuery`, `JSONBody` for the rest: the framework warns
about parameters whose source it has to infer, and warnings are errors in tests):
`services` (`yunhu.foundation.http.Services`: settings, database, vault, clock, metrics registry), `caller`
(`yunhu.domains.identity.public.Caller`: every query is scoped by its `tenant_id`; the operator has none) and
`keyring`. A handler opens its one transaction itself, `async with services.database.transaction() as session`, and
returns after the block: what it answers has been committed, and a commit that fails becomes an error answer. A
controller names its scope with `guards = (requires(Scope.…),)` (a handler without a guard fails the permission test)
and its problems with `responses=problem_responses(404, 409)`.
Add the slice's `routes` to `SLICES` below.
"""

from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path

import structlog
from litestar import Litestar, MediaType, Response, Router, get
from litestar.di import Provide
from litestar.types import ASGIApp, ControllerRouterHandler
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, PlatformCollector, ProcessCollector
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from yunhu.domains.audit import wiring as audit
from yunhu.domains.audit.public import granted_scopes
from yunhu.domains.billing import wiring as billing
from yunhu.domains.call_cards import wiring as call_cards
from yunhu.domains.callbacks import wiring as callbacks
from yunhu.domains.calls import wiring as calls
from yunhu.domains.complaints import wiring as complaints
from yunhu.domains.consent import wiring as consent
from yunhu.domains.contracts import wiring as contracts
from yunhu.domains.dispatch import wiring as dispatch
from yunhu.domains.documents import wiring as documents
from yunhu.domains.equipment import wiring as equipment
from yunhu.domains.evidence import wiring as evidence
from yunhu.domains.exports import wiring as exports
from yunhu.domains.filings import wiring as filings
from yunhu.domains.identity import wiring as identity
from yunhu.domains.identity.public import AuthenticationMiddleware, provide_caller
from yunhu.domains.incidents import wiring as incidents
from yunhu.domains.monitoring import wiring as monitoring
from yunhu.domains.notifications import wiring as notifications
from yunhu.domains.numbers import wiring as numbers
from yunhu.domains.privacy import wiring as privacy
from yunhu.domains.recordings import wiring as recordings
from yunhu.domains.reports import wiring as reports
from yunhu.domains.sandbox import wiring as sandbox
from yunhu.domains.scenarios import wiring as scenarios
from yunhu.domains.screening import wiring as screening
from yunhu.domains.scripts import wiring as scripts
from yunhu.domains.sms import wiring as sms
from yunhu.domains.tasks import wiring as tasks
from yunhu.entrypoints.exports import all_offers
from yunhu.entrypoints.own_lists import OwnLists
from yunhu.entrypoints.reader import LazyReader
from yunhu.foundation.clock import Clock, SystemClock
from yunhu.foundation.crypto import Vault, load_vault
from yunhu.foundation.db import Database, open_database
from yunhu.foundation.http import Services, provided
from yunhu.foundation.http.console import SECURITY_HEADERS, ConsoleFiles, WithConsole
from yunhu.foundation.http.docs import openapi_config
from yunhu.foundation.http.errors import NotReadyError
from yunhu.foundation.http.handlers import exception_handlers
from yunhu.foundation.http.observe import Observed
from yunhu.foundation.http.query import refuse_unknown_query
from yunhu.foundation.http.quick import OwnRouter
from yunhu.foundation.http.schema import TuplePlugin
from yunhu.foundation.http.shared_metrics import exposition
from yunhu.foundation.logging import configure_logging
from yunhu.foundation.settings import Settings, load_settings
from yunhu.foundation.warmup import settle
from yunhu.migrations import newest_revision

SLICES: tuple[Callable[[Services], Sequence[ControllerRouterHandler]], ...] = (
    notifications.routes,
    identity.routes,
    recordings.routes,
    consent.routes,
    complaints.routes,
    callbacks.routes,
    contracts.routes,
    billing.routes,
    audit.routes,
    privacy.routes,
    calls.routes,
    numbers.routes,
    scripts.routes,
    screening.routes,
    filings.routes,
    call_cards.routes,
    documents.routes,
    tasks.routes,
    dispatch.routes,
    incidents.routes,
    reports.routes,
    sms.routes,
    monitoring.routes,
    scenarios.routes,
    evidence.routes,
    equipment.routes,
    sandbox.routes,
)
MOST_BODY_BYTES = 2 * 1024 * 1024
CONSOLE_DIR = Path(str(files("yunhu"))) / "console_dist"
"""Where `make console` puts the console; in an installed package it is there."""

log = structlog.get_logger()


def create_app(settings: Settings, database: Database, vault: Vault, clock: Clock) -> Litestar:
    """The application over open parts; it closes none of them."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    services = Services(settings, database, vault, clock, registry)
    reader, lists = LazyReader(settings), OwnLists()
    app = Litestar(
        route_handlers=[
            _api(services, reader, lists),
            *call_cards.open_routes(services),
            *consent.open_routes(services),
            *evidence.open_routes(services),
            *_operations(services),
        ],
        exception_handlers=exception_handlers(),
        openapi_config=openapi_config(),
        plugins=[TuplePlugin()],
        request_max_body_size=MOST_BODY_BYTES,
        logging_config=None,
        on_shutdown=[reader.close],
    )
    own = {route.path.lstrip("/").partition("/")[0] for route in app.routes} - {""}
    console = WithConsole(app.asgi_handler, ConsoleFiles(CONSOLE_DIR), own)
    lists.app = app
    app.asgi_handler = Observed(console, registry, SECURITY_HEADERS)
    return app


def app_from_environment() -> Litestar:
    """A factory for granian: `granian --interface asgi --factory yunhu.entrypoints.api:app_from_environment`."""
    settings = load_settings()
    configure_logging(level=settings.log_level, format_=settings.log_format)
    database = open_database(database_url_of(settings), pool_size=settings.database_pool)
    app = create_app(settings, database, load_vault(settings.keys_dir), SystemClock())
    app.on_shutdown.append(database.close)
    settle()
    return app


def database_url_of(settings: Settings) -> str:
    """Where the database is: the server that was set, or the embedded one inside the data directory."""
    if settings.database_url is not None:
        return settings.database_url
    from yunhu.foundation.db.embedded import start_embedded  # noqa: PLC0415

    return start_embedded(settings.database_dir).url()


def _api(services: Services, reader: LazyReader, lists: OwnLists) -> Router:
    doors = identity.doors(services, granted_scopes)

    def authenticated(app: ASGIApp) -> ASGIApp:
        return AuthenticationMiddleware(app, doors)

    return OwnRouter(
        "/api/v1",
        route_handlers=[
            *(route for slice_ in SLICES for route in slice_(services)),
            *scripts.reading_routes(services, reader),
            *exports.routes(services, all_offers(), lists),
        ],
        middleware=[authenticated],
        before_request=refuse_unknown_query,
        dependencies={
            "services": provided(services),
            "keyring": provided(doors.keyring),
            "caller": Provide(provide_caller),
        },
    )


def _operations(services: Services) -> Sequence[ControllerRouterHandler]:
    newest = newest_revision()

    @get("/healthz", media_type=MediaType.TEXT, include_in_schema=False, sync_to_thread=False)
    def healthz() -> str:
        """The process answers."""
        return "ok"

    @get("/readyz", media_type=MediaType.TEXT, include_in_schema=False)
    async def readyz() -> str:
        """The database answers and has this version's schema."""
        try:
            async with services.database.transaction() as session:
                current = await session.scalar(text("SELECT version_num FROM alembic_version"))
        except (SQLAlchemyError, OSError) as error:
            log.warning("readyz.failed", error=type(error).__name__)
            raise NotReadyError("the database does not answer or has no schema") from error
        if current != newest:
            raise NotReadyError(f"the schema is at {current}, this version needs {newest}")
        return "ready"

    @get("/metrics", include_in_schema=False, sync_to_thread=False)
    def metrics() -> Response[bytes]:
        """Prometheus exposition."""
        return Response(exposition(services.registry), media_type=CONTENT_TYPE_LATEST)

    return healthz, readyz, metrics
