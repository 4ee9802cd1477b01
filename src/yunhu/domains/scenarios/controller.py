"""HTTP endpoints of scenarios."""

from typing import Annotated

from litestar import Controller, Response, get, post, put
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody, PathParameter, QueryParameter

from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.domains.scenarios import service
from yunhu.domains.scenarios.schemas import (
    PreviewAnswer,
    PreviewRequest,
    ScenarioDetail,
    ScenarioRequest,
    ScenarioVersionView,
    ScenarioView,
    scenario_fields,
    version_view,
)
from yunhu.foundation.http import Page, Services, decode_cursor, encode_cursor, problem_responses

Most = Annotated[int, QueryParameter(ge=1, le=200)]
NewSlug = Annotated[str, PathParameter(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]


class ScenarioController(Controller):
    """Scenarios of the caller's own tenant."""

    path = "/scenarios"
    tags = ("Scenarios",)

    @get(summary="List scenarios", guards=[requires(Scope.SCENARIOS_READ)], responses=problem_responses())
    async def list_scenarios(
        self,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        cursor: FromQuery[str | None] = None,
        limit: Most = 50,
    ) -> Page[ScenarioView]:
        """By slug; disabled ones too."""
        after = decode_cursor(cursor, str) if cursor is not None else None
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            rows = await service.page(session, caller.tenant_id, after=after, limit=limit + 1)
        more = encode_cursor(rows[limit - 1].slug) if len(rows) > limit else None
        return Page([ScenarioView(**scenario_fields(row)) for row in rows[:limit]], more)

    @get(
        "/{slug:str}",
        summary="One scenario",
        guards=[requires(Scope.SCENARIOS_READ)],
        responses=problem_responses(404),
    )
    async def show(
        self, slug: FromPath[str], caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> ScenarioDetail:
        """With what the filings in force hold against it."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            fields = scenario_fields(await service.find(session, caller.tenant_id, slug))
            faults = await service.faults_of(session, caller.tenant_id, fields["plan"], services.clock.now())
        return ScenarioDetail(**fields, faults=faults)

    @put(
        "/{slug:str}",
        summary="Create or change a scenario",
        guards=[requires(Scope.SCENARIOS_WRITE)],
        responses={
            **problem_responses(404, 409, 422),
            201: ResponseSpec(ScenarioView, generate_examples=False, description="A new one."),
        },
    )
    async def change(
        self,
        slug: NewSlug,
        data: JSONBody[ScenarioRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> Response[ScenarioView]:
        """Events are answered by it within a second. An enabled one must lie within the filings in force. Audited."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            row, new = await service.change(
                session, caller.actor, caller.tenant_id, slug, data, services.clock.now()
            )
            view = ScenarioView(**scenario_fields(row))
        return Response(view, status_code=201 if new else 200)

    @get(
        "/{slug:str}/versions",
        summary="A scenario's versions",
        guards=[requires(Scope.SCENARIOS_READ)],
        responses=problem_responses(404),
    )
    async def list_versions(
        self,
        slug: FromPath[str],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        cursor: FromQuery[str | None] = None,
        limit: Most = 50,
    ) -> Page[ScenarioVersionView]:
        """Newest first, with who changed it, when and why."""
        before = decode_cursor(cursor, int) if cursor is not None else None
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            row = await service.find(session, caller.tenant_id, slug)
            rows = await service.versions(session, row.id, before=before, limit=limit + 1)
        more = encode_cursor(rows[limit - 1].number) if len(rows) > limit else None
        return Page([version_view(one) for one in rows[:limit]], more)

    @post(
        "/preview",
        summary="What would happen?",
        status_code=200,
        guards=[requires(Scope.SCENARIOS_READ)],
        responses=problem_responses(404, 422),
    )
    async def preview(
        self,
        data: JSONBody[PreviewRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> PreviewAnswer:
        """Plays the events of one imagined visit through, by the code that judges real ones. Nothing is written."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            return await service.preview(
                session, services.vault, caller.tenant_id, data, services.clock.now()
            )
