"""HTTP endpoints for the word lists: the operator's."""

from typing import Annotated

from litestar import Controller, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody, PathParameter, QueryParameter

from yunhu.domains.audit.public import record
from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.domains.screening import store
from yunhu.domains.screening.errors import ScreeningCategoryNotFoundError
from yunhu.domains.screening.schemas import (
    CategoryView,
    ListRequest,
    ListsView,
    ScreeningVersionView,
    TrialRequest,
    TrialView,
    WordsView,
    version_view,
)
from yunhu.foundation.http import Page, Services, decode_cursor, encode_cursor, problem_responses
from yunhu.speech.reading import Slot, SlotKind

Category = Annotated[str, PathParameter(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]


class ScreeningController(Controller):
    """内容审查: word lists by category."""

    path = "/operator/screening"
    tags = ("Screening",)
    guards = (requires(Scope.OPERATOR_SCREENING),)

    @get("/lists", summary="Word lists in force", responses=problem_responses())
    async def lists(self, services: NamedDependency[Services]) -> ListsView:
        """Categories with their number of words."""
        async with services.database.transaction() as session:
            version = await store.newest_version(session)
            lists = await store.lists_of(session, version)
        return ListsView(
            version=version,
            categories=[
                CategoryView(category=category, action=list_.action, words=len(list_.words))
                for category, list_ in sorted(lists.items())
            ],
        )

    @get("/lists/{category:str}", summary="Words of a category", responses=problem_responses(404, 422))
    async def words(
        self,
        category: Category,
        services: NamedDependency[Services],
        version: Annotated[int | None, QueryParameter(ge=0, le=2**31 - 1)] = None,
    ) -> WordsView:
        """Of the lists in force, or of an earlier version."""
        async with services.database.transaction() as session:
            number = version if version is not None else await store.newest_version(session)
            list_ = (await store.lists_of(session, number)).get(category)
        if list_ is None:
            raise ScreeningCategoryNotFoundError(category=category, version=number)
        return WordsView(version=number, category=category, action=list_.action, words=list(list_.words))

    @put("/lists/{category:str}", summary="Upload a category", responses=problem_responses(422))
    async def upload(
        self,
        category: Category,
        data: JSONBody[ListRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> ScreeningVersionView:
        """In the place of what it had. Calls are screened by it within a second; the former version stays readable."""
        async with services.database.transaction() as session:
            row = await store.replace_list(
                session, category, data.words, data.action, (caller.actor, data.note), services.clock.now()
            )
            await record(
                session,
                caller.actor,
                action="screening.upload",
                subject=("screening_version", str(row.number)),
                tenant_id=None,
                after={"category": category, "words": len(data.words), "digest": row.digest},
                reason=data.note,
            )
        return version_view(row)

    @get("/versions", summary="Versions of the word lists", responses=problem_responses(422))
    async def versions(
        self,
        services: NamedDependency[Services],
        cursor: FromQuery[str | None] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
    ) -> Page[ScreeningVersionView]:
        """Newest first. Version 0, what the product ships, is not among them."""
        before = decode_cursor(cursor, int) if cursor is not None else None
        async with services.database.transaction() as session:
            rows = await store.versions(session, before, limit + 1)
        more = encode_cursor(rows[limit - 1].number) if len(rows) > limit else None
        return Page([version_view(row) for row in rows[:limit]], more)

    @post("/try", summary="Try a text", status_code=200, responses=problem_responses(422))
    async def trial(self, data: JSONBody[TrialRequest], services: NamedDependency[Services]) -> TrialView:
        """What would be found in it by the lists in force. Nothing is stored."""
        async with services.database.transaction() as session:
            screen = await store.current_screen(session)
        return TrialView(
            version=screen.version,
            as_text=screen.text_findings(data.text),
            as_variable=screen.variable_findings(Slot("text", SlotKind.TEXT), data.text),
        )
