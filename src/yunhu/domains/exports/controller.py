"""HTTP endpoints of exports."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Meta
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import look, record
from yunhu.domains.exports.errors import ColumnUnknownError, OfferUnknownError, ReasonNeededError
from yunhu.domains.exports.making import Order
from yunhu.domains.exports.offers import Offer, chosen
from yunhu.domains.exports.tasks import EXPORT
from yunhu.domains.identity.public import Caller, Scope, ScopeMissingError, requires
from yunhu.domains.tasks.public import Task, enqueue_task
from yunhu.foundation.http import InvalidRequestError, Services, field_problems, problem_responses


class ColumnView(msgspec.Struct, frozen=True):
    """One column that can be chosen."""

    key: str
    title_zh: str
    title: str


class OfferView(msgspec.Struct, frozen=True):
    """Something that the caller may export."""

    name: str
    title_zh: str
    title: str
    has_phones: bool
    columns: list[ColumnView]


class ExportRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An export to be made."""

    offer: Annotated[str, Meta(max_length=64)]
    filters: dict[str, Any] = {}
    """As the query of the list or the report: `state`, `from`, …"""
    columns: Annotated[list[str], Meta(min_length=1, max_length=64)] | None = None
    """Keys, in the order wanted; all when left out."""
    language: Annotated[str, Meta(pattern=r"^(zh|en)$")] = "zh"
    whole_phones: bool = False
    """Whole numbers instead of masked ones: needs `phones:reveal` and a reason, and is put on record."""
    reason: Annotated[str, Meta(max_length=500)] = ""


class ExportStarted(msgspec.Struct, frozen=True):
    """Follow it at `/tasks/{task_id}`: progress, and at the end `result_document_id`."""

    task_id: UUID
    state: str


class ExportController(Controller):
    """Lists and reports of the caller's own tenant as Excel files."""

    path = "/exports"
    tags = ("Exports",)
    guards = (requires(Scope.DOCUMENTS_READ),)

    @get("/offers", summary="What can be exported")
    async def list_offers(
        self, caller: NamedDependency[Caller], offers: NamedDependency[Mapping[str, Offer]]
    ) -> list[OfferView]:
        """What the caller may see, with its columns."""
        return [offer_view(offer) for offer in offers.values() if offer.scope in caller.scopes]

    @post(summary="Start an export", status_code=202, responses=problem_responses(404, 422))
    async def start(
        self,
        data: JSONBody[ExportRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        offers: NamedDependency[Mapping[str, Offer]],
    ) -> ExportStarted:
        """A node makes it; whoever asked for it is on record. The file is kept for 7 days."""
        offer = _allowed(data, caller, offers)
        wire = _filters(data, offer)
        stored = offer.prepare(wire, services.vault)
        order = Order(
            offer=offer.name,
            filters=msgspec.to_builtins(stored),
            columns=data.columns,
            whole_phones=data.whole_phones,
            english=data.language == "en",
            asked_by=caller.actor.name,
        )
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            task = await _enqueue(session, services, caller, offer, order)
            await _put_on_record(session, services, caller, data, order, task)
        return ExportStarted(task.id, task.state)


def offer_view(offer: Offer) -> OfferView:
    """The wire form of an offer."""
    columns = [ColumnView(column.key, column.title_zh, column.title) for column in offer.columns]
    return OfferView(offer.name, offer.title_zh, offer.title, offer.has_phones, columns)


def _allowed(data: ExportRequest, caller: Caller, offers: Mapping[str, Offer]) -> Offer:
    offer = offers.get(data.offer)
    if offer is None:
        raise OfferUnknownError(offer=data.offer)
    for scope in [offer.scope] + [Scope.PHONES_REVEAL] * data.whole_phones:
        if scope not in caller.scopes:
            raise ScopeMissingError(f"the scope {scope} is needed", scope=scope)
    if data.whole_phones and len(data.reason.strip()) < 2:
        raise ReasonNeededError
    try:
        chosen(offer, data.columns)
    except KeyError as error:
        raise ColumnUnknownError(column=str(error.args[0])) from error
    return offer


def _filters(data: ExportRequest, offer: Offer) -> Any:
    try:
        return msgspec.convert(data.filters, offer.wire)
    except msgspec.ValidationError as error:
        raise InvalidRequestError(
            str(error), errors=field_problems({"filters": data.filters}, _wrapped(offer.wire))
        ) from error


def _wrapped(wire: type[msgspec.Struct]) -> type[msgspec.Struct]:
    return msgspec.defstruct("Filters", [("filters", wire)])


async def _enqueue(
    session: AsyncSession, services: Services, caller: Caller, offer: Offer, order: Order
) -> Task:
    file_name = offer.title if order.english else offer.title_zh
    return await enqueue_task(
        session,
        tenant_id=caller.tenant_id,
        kind=EXPORT,
        parameters={"order": msgspec.to_builtins(order), "file_name": file_name},
        actor=caller.actor,
        now=services.clock.now(),
    )


async def _put_on_record(
    session: AsyncSession,
    services: Services,
    caller: Caller,
    data: ExportRequest,
    order: Order,
    task: Task,
) -> None:
    now = services.clock.now()
    after = {"offer": order.offer, "whole_phones": order.whole_phones}
    after |= {
        f"filter_{name}": value
        for name, value in order.filters.items()
        if value is not None and name != "callee_index"
    }
    await record(
        session,
        caller.actor,
        action="export.start",
        subject=("task", task.id),
        tenant_id=caller.tenant_id,
        after=after,
        reason=data.reason,
        now=now,
    )
    if order.whole_phones:
        await look(
            session,
            caller.actor,
            kind="phone",
            subject=("export", task.id),
            tenant_id=caller.tenant_id,
            reason=data.reason,
            now=now,
        )
