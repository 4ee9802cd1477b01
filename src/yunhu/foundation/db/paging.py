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
from sqlalchemy import ColumnElement, Select, select, tuple_, union_all

from yunhu.foundation.ids import lowest_id

_CLOCKS_APART = timedelta(hours=1)
"""How far the moment inside an id may lie from the row's own."""


class OneOf(msgspec.Struct, frozen=True, kw_only=True):
    """A column that is one of a few values, with an index over the owner, the column and the id."""

    column: Any
    values: Sequence[Any]


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
    one_of: OneOf | None = None,
    found_first: bool = False,
) -> Select[Any]:
    """One page of `model`. The first of the conditions says whose rows they are (the tenant's).

    `found_first`: the conditions pick few rows, which are found and then sorted.
    """
    order = model.id.asc() if place.oldest_first else model.id.desc()
    conditions = list(conditions)
    if place.after is not None:
        conditions.append(model.id > place.after if place.oldest_first else model.id < place.after)
    if found_first:
        if one_of is not None:
            conditions.append(one_of.column.in_(one_of.values))
        few = select(model.id).where(*conditions).offset(0).subquery()
        newest = select(few.c.id).order_by(few.c.id.asc() if place.oldest_first else few.c.id.desc())
        return select(model).where(model.id.in_(newest.limit(place.limit))).order_by(order)
    if one_of is None:
        return select(model).where(*conditions).order_by(order).limit(place.limit)
    parts = [
        select(model.id)
        .where(
            *conditions,
            one_of.column == value,
            _from_its_first(model, conditions[0], one_of.column, value, place),
        )
        .order_by(order)
        .limit(place.limit)
        .subquery()
        for value in one_of.values
    ]
    ids = union_all(*(select(part.c.id) for part in parts)).subquery()
    return select(model).where(model.id.in_(select(ids.c.id))).order_by(order).limit(place.limit)


def _from_its_first(
    model: Any, owner: ColumnElement[bool], column: Any, value: Any, place: Place
) -> ColumnElement[bool]:
    """Not before the value's own first row on the page's side: what ended long ago is not looked for since.

    The value is written as a range and takes part in the order. As an equation it would drop out of the order, and
    a planner that knows it of half the rows would look for it along the whole table.
    """
    query = select(model.id).where(owner)
    here = tuple_(column, model.id)
    if place.oldest_first:
        start = column >= value if place.after is None else here > tuple_(value, place.after)
        query = query.where(start, column <= value).order_by(column.asc(), model.id.asc())
        return model.id >= query.limit(1).correlate(None).scalar_subquery()  # type: ignore[no-any-return]
    start = column <= value if place.after is None else here < tuple_(value, place.after)
    query = query.where(start, column >= value).order_by(column.desc(), model.id.desc())
    return model.id <= query.limit(1).correlate(None).scalar_subquery()  # type: ignore[no-any-return]


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
