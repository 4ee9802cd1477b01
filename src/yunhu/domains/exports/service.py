"""Use cases of exports: start one, find one, take its file."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote
from uuid import UUID

import msgspec
from litestar.response import Stream
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import look, record
from yunhu.domains.documents.public import DocumentStore, document_by_id, open_document
from yunhu.domains.exports.errors import (
    ColumnUnknownError,
    ExportNotFoundError,
    OfferUnknownError,
    ReasonNeededError,
    SortUnknownError,
    WholePhonesError,
)
from yunhu.domains.exports.making import UNTOLD, Order, probe, sealed_filters
from yunhu.domains.exports.offers import (
    AnyOffer,
    ListOffer,
    Lists,
    Offer,
    chosen,
    columns_of,
    has_phones,
    scope_of,
    sorted_column,
    sorts_of,
)
from yunhu.domains.exports.schemas import ExportRequest
from yunhu.domains.exports.tasks import EXPORT
from yunhu.domains.identity.public import Caller, Scope, ScopeMissingError
from yunhu.domains.tasks.public import Task, enqueue_task, tasks_by_id
from yunhu.foundation.http import InvalidRequestError, Services, field_problems


class Desk:
    """What can be exported, for one side."""

    def __init__(self, offers: Mapping[str, AnyOffer], lists: Lists, *, operator: bool) -> None:
        self.offers = offers
        self.lists = lists
        self.operator = operator
        """Of every tenant; else of the caller's."""

    def owner_of(self, caller: Caller) -> UUID | None:
        """Whose the task and the file are. Raises `TenantNeededError`."""
        return None if self.operator else caller.tenant_id


async def start(desk: Desk, services: Services, caller: Caller, data: ExportRequest) -> Task:
    """A node makes it; whoever asked for it is on record.

    Raises `OfferUnknownError`, `ScopeMissingError`, `ColumnUnknownError`, `SortUnknownError`, `ReasonNeededError`,
    `WholePhonesError`, `ListRefusedError`, `InvalidRequestError`.
    """
    offer = _allowed(desk, data, caller)
    order = Order(
        offer=offer.name,
        filters=_filters(offer, data, services),
        columns=data.columns,
        sort=data.sort,
        whole_phones=data.whole_phones,
        english=data.language == "en",
        asked_by=caller.actor.name,
        operator=desk.operator,
        caller=caller if isinstance(offer, ListOffer) else None,
    )
    if isinstance(offer, ListOffer):
        await probe(desk.lists, services.vault, offer, order)
    owner = desk.owner_of(caller)
    opened = services.database.transaction() if owner is None else services.database.tenant_transaction(owner)
    async with opened as session:
        task = await enqueue_task(
            session,
            tenant_id=owner,
            kind=EXPORT,
            parameters={
                "order": msgspec.to_builtins(order),
                "file_name": offer.title if order.english else offer.title_zh,
            },
            actor=caller.actor,
            now=services.clock.now(),
        )
        await _put_on_record(session, services, caller, data, order, task)
    return task


async def find(session: AsyncSession, desk: Desk, caller: Caller, task_id: UUID) -> Task:
    """An export of this side, for whoever may see what is in it. Raises `ExportNotFoundError`, `ScopeMissingError`."""
    task = (await tasks_by_id(session, [task_id])).get(task_id)
    if task is None or task.kind != EXPORT or task.tenant_id != desk.owner_of(caller):
        raise ExportNotFoundError
    order = msgspec.convert(task.parameters["order"], Order)
    offer = desk.offers.get(order.offer)
    scope = scope_of(offer, operator=desk.operator) if offer is not None else None
    if scope is None:
        raise ExportNotFoundError
    _demand(caller, [scope] + [Scope.PHONES_REVEAL] * order.whole_phones)
    return task


async def file_of(
    session: AsyncSession, store: DocumentStore, desk: Desk, caller: Caller, task_id: UUID
) -> Stream:
    """The workbook, as an attachment. Who downloaded is put on record. Raises `ExportNotFoundError`."""
    task = await find(session, desk, caller, task_id)
    if task.result_document_id is None:
        raise ExportNotFoundError
    row = await document_by_id(session, task.result_document_id, task.tenant_id)
    content = open_document(store, row)
    await look(session, caller.actor, kind="document", subject=("document", row.id), tenant_id=task.tenant_id)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(row.file_name)}",
        "Content-Length": str(row.bytes),
        "X-Content-Type-Options": "nosniff",
    }
    return Stream(content, media_type=row.media_type, headers=headers)


def _allowed(desk: Desk, data: ExportRequest, caller: Caller) -> AnyOffer:
    offer = desk.offers.get(data.offer)
    scope = scope_of(offer, operator=desk.operator) if offer is not None else None
    if offer is None or scope is None:
        raise OfferUnknownError(offer=data.offer)
    _demand(caller, [scope] + [Scope.PHONES_REVEAL] * data.whole_phones)
    if data.whole_phones and not has_phones(offer):
        raise WholePhonesError
    if data.whole_phones and len(data.reason.strip()) < 2:
        raise ReasonNeededError
    try:
        chosen(columns_of(offer, operator=desk.operator), data.columns)
    except KeyError as error:
        raise ColumnUnknownError(column=str(error.args[0])) from error
    sorts = sorts_of(offer)
    if data.sort is not None and sorted_column(data.sort)[0] not in sorts:
        raise SortUnknownError(sort=data.sort, sorts=list(sorts))
    return offer


def _demand(caller: Caller, scopes: list[Scope]) -> None:
    for scope in scopes:
        if scope not in caller.scopes:
            raise ScopeMissingError(f"the scope {scope} is needed", scope=scope)


def _filters(offer: AnyOffer, data: ExportRequest, services: Services) -> dict[str, Any]:
    if isinstance(offer, ListOffer):
        return dict(sealed_filters(data.filters, services.vault))
    wire = _wire_filters(offer, data)
    stored: dict[str, Any] = msgspec.to_builtins(offer.prepare(wire, services.vault))
    return stored


def _wire_filters(offer: Offer, data: ExportRequest) -> Any:
    try:
        return msgspec.convert(data.filters, offer.wire)
    except msgspec.ValidationError as error:
        wrapped = msgspec.defstruct("Filters", [("filters", offer.wire)])
        raise InvalidRequestError(
            str(error), errors=field_problems({"filters": data.filters}, wrapped)
        ) from error


async def _put_on_record(
    session: AsyncSession, services: Services, caller: Caller, data: ExportRequest, order: Order, task: Task
) -> None:
    now = services.clock.now()
    after: dict[str, Any] = {"offer": order.offer, "whole_phones": order.whole_phones}
    if order.columns is not None:
        after["columns"] = ", ".join(order.columns)
    after |= {
        f"filter_{name}": value
        for name, value in order.filters.items()
        if value is not None and name not in UNTOLD
    }
    await record(
        session,
        caller.actor,
        action="export.start",
        subject=("task", task.id),
        tenant_id=task.tenant_id,
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
            tenant_id=task.tenant_id,
            reason=data.reason,
            now=now,
        )
