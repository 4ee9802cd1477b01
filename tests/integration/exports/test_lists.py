"""Every list that can be exported, by every side: the workbook has what the list has, for whoever may read the list."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import text
from tests.support.exports.rows import PHONE, ids_of, one_of_each
from tests.support.hall.builders import Hall, build_hall
from tests.support.hall.plugin import client_of
from tests.support.reports.sheet import moment, rows_of

from yunhu.domains.audit.public import record
from yunhu.domains.exports.public import (
    AnyOffer,
    CellKind,
    Column,
    Door,
    ListOffer,
    Order,
    Parts,
    make_export,
)
from yunhu.domains.identity.public import (
    OPERATOR_SCOPES,
    TENANT_SCOPES,
    Caller,
    KeyWish,
    Scope,
    create_api_key,
)
from yunhu.domains.tasks.public import TaskWorker
from yunhu.entrypoints.chores import all_handlers
from yunhu.entrypoints.exports import all_offers
from yunhu.entrypoints.own_lists import OwnLists
from yunhu.foundation.actor import system
from yunhu.foundation.clock import SHANGHAI, ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.http import Services
from yunhu.foundation.ids import new_id

LISTS = {name: offer for name, offer in all_offers().items() if isinstance(offer, ListOffer)}
SIDES = [
    (offer, operator)
    for offer in LISTS.values()
    for operator in (False, True)
    if (offer.operator if operator else offer.tenant) is not None
]
_SLUG = "yanta"
_NEED_A_TENANT = {"ledger", "meter", "reconciliations", "grants", "pauses", "legal_holds"}


@pytest.fixture
async def filled(
    database: Database, hall: Hall, vault: Vault, clock: ManualClock
) -> dict[str, dict[str, Any]]:
    """A row of the hall's in every table."""
    async with database.transaction() as session:
        return await one_of_each(session, vault, hall.tenant_id, clock.now())


def door_of(offer: ListOffer, operator: bool) -> Door:
    door = offer.operator if operator else offer.tenant
    assert door is not None
    return door


async def of_the_operator(operator_client: httpx.AsyncClient, clock: ManualClock) -> None:
    """What belongs to no tenant's tables."""
    starts_at = clock.now() + timedelta(hours=200)
    notice = {
        "reference": "M-1",
        "kind": "maintenance",
        "title": "=1+1",
        "body": "检修期间语音通知暂停",
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + timedelta(hours=2)).isoformat(),
    }
    bodies: tuple[tuple[str, dict[str, Any]], ...] = (
        ("notices", notice),
        ("refusals", {"phone": "13812345678"}),
        ("exports", {"offer": "notices"}),
        ("trunks", {"name": "sandbox", "kind": "sandbox"}),
    )
    for path, body in bodies:
        answer = await operator_client.post(f"/api/v1/operator/{path}", json=body)
        assert answer.is_success, answer.text
    words = {"words": ["开盘"], "action": "refuse", "note": "=1+1"}
    answer = await operator_client.put("/api/v1/operator/screening/lists/property", json=words)
    assert answer.is_success, answer.text
    file = {"file": ("=1+1.txt", b"paper", "text/plain")}
    answer = await operator_client.post("/api/v1/operator/documents", files=file)
    assert answer.is_success, answer.text


def filters_of(offer: ListOffer, operator: bool, run_id: object) -> dict[str, str]:
    """What the list cannot do without."""
    if offer.name == "differences":
        return {"run_id": str(run_id)}
    filters = {"tenant": _SLUG} if operator and offer.name in _NEED_A_TENANT else {}
    if offer.name == "alarms":
        filters |= {"standing": "false"}
    if offer.name == "meter":
        filters |= {"first_day": "2026-02-01", "last_day": "2026-02-28"}
    return filters


async def listed(client: httpx.AsyncClient, door: Door, filters: Mapping[str, str]) -> list[dict[str, Any]]:
    """Every row of the list, read as an integrator would."""
    left = dict(filters)
    path = re.sub(r"\{(\w+)\}", lambda hole: left.pop(hole[1]), door.path)
    found: list[dict[str, Any]] = []
    while True:
        answer = await client.get(f"/api/v1{path}", params=left)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        if isinstance(page, list):
            return page
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        left["cursor"] = page["next_cursor"]


def field_of(column: Column, row: Mapping[str, Any]) -> Any:
    value: Any = row
    for part in (column.at or column.key).split("."):
        value = (value or {}).get(part)
    return value


def as_cell(column: Column, row: Mapping[str, Any], tenants: Mapping[str, str]) -> Any:
    """What the workbook is to have, worked out apart from the product."""
    value = field_of(column, row)
    if value is None or value in ("", [], {}):
        return None
    if column.kind is CellKind.MOMENT:
        return datetime.fromisoformat(value).astimezone(SHANGHAI).replace(tzinfo=None, microsecond=0)
    if column.kind is CellKind.DAY:
        return date.fromisoformat(value)
    if column.kind in (CellKind.MONEY, CellKind.TENANT):
        return tenants[value] if column.kind is CellKind.TENANT else value / 100
    return in_words(column, value)


def in_words(column: Column, value: Any) -> Any:
    if column.said is not None:
        return column.said(value, False)
    if not column.words:
        return value
    return "、".join(
        column.words.get(str(one), str(one)) for one in (value if isinstance(value, list) else [value])
    )


def same(kind: CellKind, cell: Any, wanted: Any) -> bool:
    if wanted is None or cell is None:
        return cell == wanted
    if kind is CellKind.MOMENT:
        return abs((moment(cell) - wanted).total_seconds()) <= 1
    if kind is CellKind.DAY:
        return moment(cell).date() == wanted
    if isinstance(wanted, bool):
        return cell == ("是" if wanted else "否")
    if isinstance(wanted, (list, dict)):
        return isinstance(cell, str) and cell != ""
    return cell in (wanted, f"'{wanted}")


async def export(
    parts: Parts,
    offer: AnyOffer,
    caller: Caller,
    filters: dict[str, str],
    operator: bool,
    tmp_path: Path,
    **wish: Any,
) -> list[list[Any]]:
    order = Order(offer=offer.name, filters=filters, operator=operator, caller=caller, **wish)

    async def progress(_rows: int) -> None:
        return

    path = tmp_path / "export.xlsx"
    rows = await make_export(
        parts, order, None if operator else caller.tenant, path, datetime.now(SHANGHAI), progress
    )
    sheet = rows_of(path.read_bytes())
    assert len(sheet) == rows + 1
    return sheet


def reader(hall: Hall | None) -> Caller:
    return Caller(
        actor=system("test"),
        tenant=hall.tenant_id if hall else None,
        scopes=TENANT_SCOPES if hall else OPERATOR_SCOPES,
        of_operator=hall is None,
    )


@pytest.mark.timeout(600)  # one database for every list, because filling it takes longest
async def test_given_every_list_when_exported_then_the_workbook_has_its_rows_and_another_tenants_has_none_of_them(
    app: Litestar,
    client: httpx.AsyncClient,
    operator_client: httpx.AsyncClient,
    database: Database,
    vault: Vault,
    hall: Hall,
    clock: ManualClock,
    filled: dict[str, dict[str, Any]],
    tmp_path: Path,
) -> None:
    await of_the_operator(operator_client, clock)
    other = await build_hall(database, vault, clock.now(), slug="other", scopes=sorted(TENANT_SCOPES))
    parts = Parts(database, vault, all_offers(), OwnLists(app))
    assert len(SIDES) > 40
    for offer, operator in SIDES:
        filters = filters_of(offer, operator, filled["reconciliations"]["id"])
        rows = await listed(operator_client if operator else client, door_of(offer, operator), filters)
        cells = await export(parts, offer, reader(None if operator else hall), filters, operator, tmp_path)
        await assert_same(database, offer, operator, rows, cells)
        if offer.sealed is not None:
            wish = {"whole_phones": True, "columns": ["callee"]}
            _, *whole = await export(parts, offer, reader(hall), filters, operator, tmp_path, **wish)
            assert whole == [[PHONE.dialled]] * len(rows), offer.name
        if operator:
            continue
        _, *theirs = await export(parts, offer, reader(other), filters, operator, tmp_path)
        async with client_of(app, other.token) as stranger:
            own = flat(offer, await listed(stranger, door_of(offer, operator), filters))
        assert len(theirs) == len(own), offer.name
        assert not ids_of(filled) & {str(cell) for line in theirs for cell in line}, offer.name


def flat(offer: ListOffer, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row | part for row in rows for part in row[offer.each]] if offer.each else rows


async def assert_same(
    database: Database,
    offer: ListOffer,
    operator: bool,
    found: list[dict[str, Any]],
    sheet: list[list[Any]],
) -> None:
    """Row by row and cell by cell."""
    rows, (head, *cells) = flat(offer, found), sheet
    where = f"{offer.name} of {'the operator' if operator else 'the tenant'}"
    assert rows, f"{where}: nothing to export, so nothing is proved"
    columns = [one for one in offer.columns if operator or one.kind is not CellKind.TENANT]
    besides = offer.besides.fields if offer.besides is not None else ()
    assert head == [column.title_zh for column in columns], where
    async with database.transaction() as session:
        names = {str(row.id): row.name for row in await session.execute(text("SELECT id, name FROM tenants"))}
    assert len(cells) == len(rows), where
    for row, line in zip(rows, cells, strict=True):
        for place, column in enumerate(columns):
            if column.key in besides:
                continue
            wanted, cell = as_cell(column, row, names), line[place] if place < len(line) else None
            assert same(column.kind, cell, wanted), f"{where}, {column.key}: {cell!r} is not {wanted!r}"
    for key in {column.at.partition(".")[0] or column.key for column in columns} - set(besides):
        assert key in rows[0], f"{where}: the list has no {key}"


@pytest.mark.timeout(600)
async def test_given_a_key_without_a_lists_permission_when_it_asks_then_it_is_refused_and_with_it_let_through(
    app: Litestar, database: Database, vault: Vault, hall: Hall, clock: ManualClock
) -> None:
    for offer, operator in SIDES:
        scope = door_of(offer, operator).scope
        filters = filters_of(offer, operator, new_id())
        path = "/api/v1/operator/exports" if operator else "/api/v1/exports"
        lacking = (OPERATOR_SCOPES if operator else TENANT_SCOPES) - {scope}
        for scopes, allowed in ((lacking, False), ({scope, Scope.DOCUMENTS_READ}, True)):
            async with database.transaction() as session:
                wish = KeyWish(name=new_id().hex, scopes=sorted(scopes))
                token, _ = await create_api_key(
                    session, vault, None if operator else hall.tenant_id, wish, clock.now()
                )
            async with client_of(app, token) as asking:
                answer = await asking.post(path, json={"offer": offer.name, "filters": filters})
                shown = await asking.get(f"{path}/offers")
                offers = [one["name"] for one in shown.json()] if shown.is_success else []
            told = answer.json()
            let = answer.status_code == 202 or told["id"] == "exports.list_refused"  # a run that is not there
            assert let is allowed, f"{offer.name}: {answer.text}"
            assert let or answer.status_code == 403, answer.text
            assert (offer.name in offers) == allowed


async def test_given_the_operators_export_when_made_then_only_who_may_see_it_gets_the_file(
    app: Litestar,
    operator_client: httpx.AsyncClient,
    client: httpx.AsyncClient,
    services: Services,
    database: Database,
    hall: Hall,
) -> None:
    answer = await operator_client.post(
        "/api/v1/operator/exports", json={"offer": "filings", "filters": {"tenant": _SLUG}, "language": "en"}
    )
    assert answer.status_code == 202, answer.text
    assert await TaskWorker(database, services.clock, all_handlers(services)).run_one()
    path = f"/api/v1/operator/exports/{answer.json()['task_id']}"
    shown = (await operator_client.get(path)).json()
    assert (shown["state"], shown["report"]["rows"]) == ("done", 1), shown
    content = await operator_client.get(f"{path}/content")
    head, row = rows_of(content.content)
    assert dict(zip(head, row, strict=True))["Tenant"] == _SLUG
    for scopes, status in (({Scope.OPERATOR_BILLING}, 403), ({Scope.OPERATOR_FILINGS}, 200)):
        async with database.transaction() as session:
            wish = KeyWish(name=new_id().hex, scopes=sorted(scopes))
            token, _ = await create_api_key(session, services.vault, None, wish, services.clock.now())
        async with client_of(app, token) as other:
            assert (await other.get(f"{path}/content")).status_code == status
    tenants = path.replace("/operator", "")
    assert (await client.get(path)).status_code == 403
    assert (
        (await client.get(tenants)).status_code == (await client.get(f"{tenants}/content")).status_code == 404
    )
    async with database.transaction() as session:
        found = await session.execute(
            text("SELECT action FROM audit_entries WHERE tenant_id IS NULL ORDER BY sequence")
        )
        assert [row.action for row in found][:2] == ["export.start", "look.document"]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"offer": "filings", "filters": {"state": "no such state"}}, "exports.list_refused"),
        ({"offer": "filings", "filters": {"colour": "red"}}, "exports.list_refused"),
        ({"offer": "filings", "filters": {"cursor": "x"}}, "exports.list_refused"),
        ({"offer": "differences", "filters": {"run_id": "../statements"}}, "exports.list_refused"),
        ({"offer": "differences", "filters": {}}, "exports.list_refused"),
        ({"offer": "filings", "columns": ["secret"]}, "exports.column_unknown"),
        ({"offer": "filings", "filters": {"order": "oldest"}}, "exports.list_refused"),
        ({"offer": "filings", "sort": "name"}, "exports.sort_unknown"),
        ({"offer": "caller_numbers", "sort": "number"}, "exports.sort_unknown"),
        ({"offer": "calls"}, "exports.offer_unknown"),
        ({"offer": "scripts"}, "exports.offer_unknown"),
    ],
)
async def test_given_what_the_list_does_not_take_when_it_is_asked_for_then_it_is_refused_at_once(
    operator_client: httpx.AsyncClient, body: Mapping[str, Any], problem: str
) -> None:
    answer = await operator_client.post("/api/v1/operator/exports", json=body)
    assert answer.json()["id"] == problem, answer.text


async def test_given_a_phone_to_look_for_when_exported_and_cancelled_then_the_task_kept_it_sealed(
    client: httpx.AsyncClient, database: Database, filled: dict[str, dict[str, Any]]
) -> None:
    body = {"offer": "consents", "filters": {"phone": PHONE.dialled}}
    begun = (await client.post("/api/v1/exports", json=body)).json()
    cancelled = await client.post(f"/api/v1/exports/{begun['task_id']}/cancel")
    assert cancelled.json()["state"] == "cancelled"
    async with database.transaction() as session:
        kept = str(
            (
                await session.scalars(text("SELECT parameters::text FROM tasks WHERE kind = 'exports.write'"))
            ).all()
        )
        noted = str((await session.execute(text("SELECT changes FROM audit_entries"))).all())
    assert "phone_sealed" in kept
    assert PHONE.dialled not in kept + noted
    assert "phone_sealed" not in noted


async def test_given_more_rows_than_a_page_when_a_list_is_exported_then_every_one_is_written_once(
    app: Litestar, database: Database, vault: Vault, hall: Hall, clock: ManualClock, tmp_path: Path
) -> None:
    async with database.transaction() as session:
        for number in range(450):
            await record(
                session, system("test"), action="user.invite", subject=("user", number), tenant_id=hall.tenant_id,
                now=clock.now(),
            )  # fmt: skip
    parts = Parts(database, vault, all_offers(), OwnLists(app))
    for sort, newest_first in ((None, True), ("-at", True), ("at", False)):
        head, *cells = await export(
            parts,
            LISTS["audit"],
            reader(hall),
            {},
            False,
            tmp_path,
            sort=sort,
            columns=["action", "sequence"],
        )
        assert head == ["操作", "序号"]
        numbers = [line[1] for line in cells]
        assert numbers == sorted(set(numbers), reverse=newest_first), sort
        assert len(numbers) >= 450
