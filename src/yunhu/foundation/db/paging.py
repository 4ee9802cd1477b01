"""Pages of long tables, in the order of ids (UUIDv7, so of time), each part of them read off one index.

PostgreSQL cannot read several values of an index's first column in the order of its second. A list that is narrowed
to any of a few values is therefore made of one short list a value. And what is found by another table is found first,
whatever the planner thinks of it: a limit makes it believe that walking the whole table would soon hit.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, select, union_all

from yunhu.foundation.ids import lowest_id

_CLOCKS_APART = timedelta(hours=1)
"""How far the moment inside an id may lie from the row's own."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Which page of a list."""

    after: UUID | None = None
    """The last row of the page before."""
    limit: int
    oldest_first: bool = False


def page_query(
    model: Any,
    conditions: Sequence[ColumnElement[bool]],
    place: Place,
    *,
    branches: Sequence[ColumnElement[bool]] = (),
    found_first: bool = False,
) -> Select[Any]:
    """One page of `model`. The first of the conditions says whose rows they are (the tenant's).

    `branches` are conditions of which any one may hold, no two at once.

    `found_first`: the conditions pick few rows, which are found and then sorted.
    """
    order = model.id.asc() if place.oldest_first else model.id.desc()
    conditions = list(conditions)
    if place.after is not None:
        conditions.append(model.id > place.after if place.oldest_first else model.id < place.after)
    if found_first:
        if branches:
            conditions.append(_any_of(branches))
        few = select(model.id).where(*conditions).offset(0).subquery()
        newest = select(few.c.id).order_by(few.c.id.asc() if place.oldest_first else few.c.id.desc())
        return select(model).where(model.id.in_(newest.limit(place.limit))).order_by(order)
    if not branches:
        return select(model).where(*conditions).order_by(order).limit(place.limit)
    parts = [
        select(model.id)
        .where(*conditions, branch, _from_its_first(model, conditions[0], branch, place))
        .order_by(order)
        .limit(place.limit)
        .subquery()
        for branch in branches
    ]
    ids = union_all(*(select(part.c.id) for part in parts)).subquery()
    return select(model).where(model.id.in_(select(ids.c.id))).order_by(order).limit(place.limit)


def _from_its_first(
    model: Any, owner: ColumnElement[bool], branch: ColumnElement[bool], place: Place
) -> ColumnElement[bool]:
    """Not before the branch's own first row on the page's side: what ended long ago is not looked for since."""
    query = select(model.id).where(owner, branch)
    if place.oldest_first:
        query = query if place.after is None else query.where(model.id > place.after)
        return model.id >= query.order_by(model.id.asc()).limit(1).correlate(None).scalar_subquery()  # type: ignore[no-any-return]
    query = query if place.after is None else query.where(model.id < place.after)
    return model.id <= query.order_by(model.id.desc()).limit(1).correlate(None).scalar_subquery()  # type: ignore[no-any-return]


def after_in_order(query: Any, column: Any, after: Any, limit: int, *, oldest_first: bool) -> Any:
    """One page of a query, in the order of a column that grows with time."""
    if after is not None:
        query = query.where(column > after if oldest_first else column < after)
    return query.order_by(column.asc() if oldest_first else column.desc()).limit(limit)


def equal(model: Any, narrowed: Any, names: Sequence[str]) -> list[ColumnElement[bool]]:
    """Columns of these names that are what `narrowed` wants; None there is no condition."""
    wanted = {name: getattr(narrowed, name) for name in names}
    return [getattr(model, name) == value for name, value in wanted.items() if value is not None]


def between(
    id_: Any, moment: Any, since: datetime | None, until: datetime | None
) -> list[ColumnElement[bool]]:
    """Rows of a time: bounded by the moments inside their ids, decided by their own."""
    conditions: list[ColumnElement[bool]] = []
    if since is not None:
        conditions += [id_ >= lowest_id(since - _CLOCKS_APART), moment >= since]
    if until is not None:
        conditions += [id_ < lowest_id(until + _CLOCKS_APART), moment < until]
    return conditions


def _any_of(branches: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    first, *rest = branches
    for branch in rest:
        first |= branch
    return first
