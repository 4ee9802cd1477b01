"""HTTP endpoints for scripts of the caller's own tenant."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import record
from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.domains.screening.public import Screens, carrier_findings, message_length
from yunhu.domains.scripts import repository, rules, service
from yunhu.domains.scripts.comparison import compare_words
from yunhu.domains.scripts.errors import ScriptExistsError, ScriptNotFoundError, VersionNotFoundError
from yunhu.domains.scripts.models import Channel, Script, ScriptVersion
from yunhu.domains.scripts.schemas import (
    CheckRequest,
    CheckView,
    ComparisonView,
    NewScript,
    NewVersion,
    ScriptView,
    VersionView,
    script_view,
    slots_of,
    version_view,
)
from yunhu.foundation.http import Page, Services, decode_cursor, encode_cursor, problem_responses

_read = requires(Scope.SCRIPTS_READ)
_write = requires(Scope.SCRIPTS_WRITE)


class ScriptController(Controller):
    """话术: texts with typed slots, and their versions."""

    path = "/scripts"
    tags = ("Scripts",)

    @post(summary="Open a script", guards=(_write,), responses=problem_responses(409, 422))
    async def create(
        self,
        data: JSONBody[NewScript],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> ScriptView:
        """A name and a channel; its wording comes as versions."""
        now = services.clock.now()
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            existing = await repository.script_by_slug(session, caller.tenant_id, data.slug)
            if existing is not None:
                raise ScriptExistsError(script_id=str(existing.id))
            try:
                row = await service.add_script(
                    session, caller.tenant_id, (data.slug, data.name, data.channel), now
                )
            except IntegrityError:
                raise ScriptExistsError from None
            await record(
                session,
                caller.actor,
                action="script.create",
                subject=("script", row.id),
                tenant_id=caller.tenant_id,
                after={"slug": row.slug, "name": row.name, "channel": row.channel},
            )
        return script_view(row)

    @get(summary="List scripts", guards=(_read,), responses=problem_responses(422))
    async def list_scripts(
        self,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        channel: FromQuery[Channel | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
    ) -> Page[ScriptView]:
        """Newest first, each with its newest version and the one in use."""
        before = decode_cursor(cursor, UUID) if cursor is not None else None
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            rows = await repository.scripts_page(session, caller.tenant_id, before, limit + 1, channel)
            standings = await repository.standings_of(session, [row.id for row in rows])
        more = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
        return Page([script_view(row, standings) for row in rows[:limit]], more)

    @get("/{slug:str}", summary="One script", guards=(_read,), responses=problem_responses(404))
    async def show(
        self, slug: FromPath[str], caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> ScriptView:
        """With its newest version and the one in use; the wordings are its versions."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            script = await _script(session, caller.tenant_id, slug)
            return script_view(script, await repository.standings_of(session, [script.id]))

    @post(
        "/check",
        summary="Check a wording",
        guards=(_read,),
        status_code=200,
        responses=problem_responses(422),
    )
    async def check(
        self,
        data: JSONBody[CheckRequest],
        services: NamedDependency[Services],
        screens: NamedDependency[Screens],
    ) -> CheckView:
        """As it is being typed: form, screening, and what carriers would object to. Nothing is stored."""
        async with services.database.transaction() as session:
            screen = await screens.current(session)
        return CheckView(
            faults=rules.faults_of(data.text, data.slots, data.channel),
            hits=screen.text_findings(data.text),
            screening_version=screen.version,
            carriers=carrier_findings(data.text, data.slots, data.channel),
            length=message_length(data.text, data.slots) if data.channel is Channel.SMS else None,
        )

    @post(
        "/{slug:str}/versions",
        summary="Add a version",
        guards=(_write,),
        responses=problem_responses(404, 422),
    )
    async def add_version(
        self,
        slug: FromPath[str],
        data: JSONBody[NewVersion],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> VersionView:
        """A draft. It is spoken or texted once a filing that has it is in force; its words never change."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            script = await _script(session, caller.tenant_id, slug, lock=True)
            row = await service.add_version(session, script, data.text, data.slots, services.clock.now())
            await record(
                session,
                caller.actor,
                action="script.version",
                subject=("script", script.id),
                tenant_id=caller.tenant_id,
                after={"number": row.number, "text_hash": row.text_hash},
            )
        return version_view(row, slug)

    @get(
        "/{slug:str}/versions",
        summary="List versions",
        guards=(_read,),
        responses=problem_responses(404, 422),
    )
    async def list_versions(
        self,
        slug: FromPath[str],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        cursor: FromQuery[str | None] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
    ) -> Page[VersionView]:
        """Newest first."""
        before = decode_cursor(cursor, int) if cursor is not None else None
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            script = await _script(session, caller.tenant_id, slug)
            rows = await repository.versions_page(session, script.id, before, limit + 1)
        more = encode_cursor(rows[limit - 1].number) if len(rows) > limit else None
        return Page([version_view(row, slug) for row in rows[:limit]], more)

    @get(
        "/{slug:str}/compare",
        summary="Compare versions",
        guards=(_read,),
        responses=problem_responses(404, 422),
    )
    async def compare(
        self,
        slug: FromPath[str],
        before: Annotated[int, QueryParameter(ge=1, le=2**31 - 1)],
        after: Annotated[int, QueryParameter(ge=1, le=2**31 - 1)],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> ComparisonView:
        """Word by word: runs of same, added and removed words in reading order."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            script = await _script(session, caller.tenant_id, slug)
            old = await _version(session, script, before)
            new = await _version(session, script, after)
        return ComparisonView(
            before=before,
            after=after,
            runs=compare_words(old.text, new.text),
            slots_before=slots_of(old),
            slots_after=slots_of(new),
        )


async def _script(session: AsyncSession, tenant_id: UUID, slug: str, *, lock: bool = False) -> Script:
    row = await repository.script_by_slug(session, tenant_id, slug, lock=lock)
    if row is None:
        raise ScriptNotFoundError(script=slug)
    return row


async def _version(session: AsyncSession, script: Script, number: int) -> ScriptVersion:
    row = await repository.version_by_number(session, script.id, number)
    if row is None:
        raise VersionNotFoundError(script=script.slug, number=number)
    return row
