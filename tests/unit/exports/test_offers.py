"""Offers against the API's own description: each column is a field of its list, each word a value of its field."""

from typing import Any

import pytest

from yunhu.domains.exports.public import CellKind, Column, Door, ListOffer
from yunhu.entrypoints.api import create_app
from yunhu.entrypoints.exports import all_offers
from yunhu.foundation.clock import SystemClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import open_database
from yunhu.foundation.settings import Settings

_OPEN = {"presets"}
"""Fields that also have values which nobody could name beforehand."""


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The API's description; no database is asked."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("offers"))
    database = open_database("postgresql://nobody@127.0.0.1:1/none", pool_size=1)
    app = create_app(settings, database, Vault(bytes(range(32))), SystemClock())
    described: dict[str, Any] = app.openapi_schema.to_schema()
    return described


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for choice in ("oneOf", "anyOf"):
        if choice in schema:
            some = [one for one in schema[choice] if one.get("type") != "null"]
            return _resolved(document, some[0])
    return schema


def _row(document: dict[str, Any], offer: ListOffer, door: Door) -> dict[str, Any]:
    operation = document["paths"][f"/api/v1{door.path}"]["get"]
    answer = _resolved(document, operation["responses"]["200"]["content"]["application/json"]["schema"])
    items = answer if answer.get("type") == "array" else answer["properties"]["items"]
    fields: dict[str, Any] = dict(_resolved(document, items["items"])["properties"])
    if offer.each:
        fields |= _resolved(document, fields[offer.each]["items"])["properties"]
    return fields


def _field(document: dict[str, Any], fields: dict[str, Any], column: Column) -> dict[str, Any]:
    found: dict[str, Any] = {"properties": fields}
    for part in (column.at or column.key).split("."):
        found = _resolved(document, found["properties"][part])
    return _resolved(document, found["items"]) if found.get("type") == "array" else found


def test_given_every_list_offer_then_its_columns_are_fields_of_the_list_and_its_words_their_values(
    document: dict[str, Any],
) -> None:
    for offer in all_offers().values():
        if not isinstance(offer, ListOffer):
            continue
        for operator, door in ((False, offer.tenant), (True, offer.operator)):
            if door is None:
                continue
            fields = _row(document, offer, door)
            besides = offer.besides.fields if offer.besides is not None else ()
            for column in offer.columns:
                if (column.kind is CellKind.TENANT and not operator) or column.key in besides:
                    continue
                field = _field(document, fields, column)
                where = f"{offer.name}.{column.key}"
                if "enum" in field and column.key not in _OPEN:
                    assert set(column.words) == set(field["enum"]), where
                dated = {CellKind.MOMENT: "date-time", CellKind.DAY: "date"}
                if column.kind in dated:
                    assert field["format"] == dated[column.kind], where
                if column.kind in {CellKind.NUMBER, CellKind.MONEY}:
                    assert field["type"] in {"integer", "number"}, where


def test_given_the_offers_then_every_title_stands_in_both_languages() -> None:
    for offer in all_offers().values():
        titles = [(offer.title_zh, offer.title), *((one.title_zh, one.title) for one in offer.columns)]
        assert all(chinese and english for chinese, english in titles), offer.name
        keys = [column.key for column in offer.columns]
        assert len(keys) == len(set(keys)), offer.name


def test_given_a_list_that_runs_either_way_then_its_offer_can_be_sorted_and_no_other(
    document: dict[str, Any],
) -> None:
    runs = 0
    for offer in all_offers().values():
        if not isinstance(offer, ListOffer):
            continue
        assert not offer.in_time or offer.in_time in {column.key for column in offer.columns}, offer.name
        for door in (offer.tenant, offer.operator):
            if door is None:
                continue
            parameters = document["paths"][f"/api/v1{door.path}"]["get"].get("parameters", [])
            either_way = "order" in {one["name"] for one in parameters}
            assert either_way == bool(offer.in_time), f"{offer.name}: {door.path}"
            runs += either_way
    assert runs >= 8
