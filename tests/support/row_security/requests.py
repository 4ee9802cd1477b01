"""Requests made from the OpenAPI document: every operation, with somebody else's ids wherever an id fits."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any
from uuid import UUID

import msgspec
from hypothesis import find
from hypothesis.strategies import from_regex

METHODS = ("get", "post", "put", "patch", "delete")


class Operation(msgspec.Struct, frozen=True):
    """One method of one path."""

    method: str
    path: str
    definition: dict[str, Any]

    @property
    def name(self) -> str:
        """`GET /api/v1/calls/{call_id}`."""
        return f"{self.method.upper()} {self.path}"

    @property
    def is_endless(self) -> bool:
        """Whether its answer is a stream of events, which ends when somebody leaves."""
        answers = self.definition["responses"].values()
        return any("text/event-stream" in answer.get("content", {}) for answer in answers)

    @property
    def names_an_object(self) -> bool:
        """Whether the path has an id of something, not only a word of a fixed list."""
        schemas = self.parameters("path").values()
        return any("$ref" not in schema and "enum" not in schema for schema in schemas)

    def parameters(self, place: str) -> dict[str, dict[str, Any]]:
        """Schemas of the parameters in `path` or `query`."""
        found = self.definition.get("parameters", [])
        return {item["name"]: item["schema"] for item in found if item["in"] == place}


class Sent(msgspec.Struct, frozen=True):
    """What is sent."""

    url: str
    query: dict[str, str] = {}
    body: Any = None
    foreign: bool = False
    """Whether an id of somebody else is in the query or the body."""


def operations(document: Mapping[str, Any]) -> list[Operation]:
    """Every operation of the document."""
    return [
        Operation(method, path, item[method])
        for path, item in document["paths"].items()
        for method in METHODS
        if method in item
    ]


class Requests:
    """Makes requests of somebody else's rows, by table."""

    def __init__(self, document: Mapping[str, Any], rows: Mapping[str, Mapping[str, Any]]) -> None:
        self._schemas = document.get("components", {}).get("schemas", {})
        self._rows = rows

    def of(self, operation: Operation) -> Iterator[Sent]:
        """Every request worth sending."""
        for url in self._urls(operation):
            query = self._needed(operation)
            yield Sent(url, query, self._body(operation, None))
            for name in self._id_parameters(operation):
                yield from (Sent(url, query | {name: str(id_)}, None, True) for id_ in self._ids_for([name]))
            fields = self._body_ids(operation)
            if fields and "{" not in operation.path:
                yield from (Sent(url, {}, self._body(operation, id_), True) for id_ in self._ids_for(fields))

    def _needed(self, operation: Operation) -> dict[str, str]:
        found = operation.definition.get("parameters", [])
        needed = [item for item in found if item["in"] == "query" and item.get("required")]
        return {item["name"]: str(self._sample(item["schema"])) for item in needed}

    def _urls(self, operation: Operation) -> list[str]:
        names = operation.parameters("path")
        if not names:
            return [operation.path]
        found: list[str] = []
        for row in self._rows_for(names):
            for values in self._fitting(list(names.items()), row):
                url = operation.path
                for name, value in values.items():
                    url = url.replace(f"{{{name}}}", str(value))
                found.append(url)
        return list(dict.fromkeys(found))

    def _rows_for(self, names: Iterable[str]) -> list[Mapping[str, Any]]:
        """Rows of the tables that these names speak of (`user_id` of `users`); of every table, when of none."""
        kin = [row for table, row in self._rows.items() if any(_speaks_of(name, table) for name in names)]
        return kin or list(self._rows.values())

    def _ids_for(self, names: Iterable[str]) -> list[UUID]:
        rows = self._rows_for(names)
        return sorted({value for row in rows for name, value in row.items() if _is_key(name, value)})

    def _fitting(
        self, names: Sequence[tuple[str, dict[str, Any]]], row: Mapping[str, Any]
    ) -> Iterator[dict[str, Any]]:
        if not names:
            yield {}
            return
        (name, schema), *rest = names
        for value in _values_for(self._resolved(schema), row):
            for more in self._fitting(rest, row):
                yield {name: value, **more}

    def _id_parameters(self, operation: Operation) -> list[str]:
        query = operation.parameters("query")
        return [name for name, schema in query.items() if self._is_id(schema)]

    def _is_id(self, schema: dict[str, Any]) -> bool:
        options = schema.get("oneOf") or schema.get("anyOf") or [schema]
        return any(self._resolved(option).get("format") == "uuid" for option in options)

    def _body_schema(self, operation: Operation) -> dict[str, Any] | None:
        content = operation.definition.get("requestBody", {}).get("content", {})
        found = content.get("application/json")
        return self._resolved(found["schema"]) if found else None

    def _body_ids(self, operation: Operation) -> list[str]:
        schema = self._body_schema(operation) or {}
        return [name for name, field in schema.get("properties", {}).items() if self._is_id(field)]

    def _body(self, operation: Operation, id_: UUID | None) -> Any:
        schema = self._body_schema(operation)
        if schema is None:
            return None
        body = self._sample(schema)
        if id_ is not None and isinstance(body, dict):
            body |= dict.fromkeys(self._body_ids(operation), str(id_))
        return body

    def _resolved(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        while "$ref" in schema:
            schema = self._schemas[schema["$ref"].rpartition("/")[2]]
        return dict(schema)

    def _sample(self, schema: Mapping[str, Any]) -> Any:
        """The least that fits: required fields alone."""
        schema = self._resolved(schema)
        for several in ("oneOf", "anyOf", "allOf"):
            if several in schema:
                options = [self._resolved(option) for option in schema[several]]
                return self._sample(next((o for o in options if o.get("type") != "null"), options[0]))
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema["enum"][0]
        kind = schema.get("type", "object" if "properties" in schema else "string")
        if isinstance(kind, list):
            kind = next((k for k in kind if k != "null"), "null")
        if kind == "object":
            fields = schema.get("properties", {})
            return {name: self._sample(fields[name]) for name in schema.get("required", []) if name in fields}
        if kind == "array":
            return [self._sample(schema.get("items", {})) for _ in range(schema.get("minItems", 0))]
        return _scalar(kind, schema)


def _scalar(kind: str, schema: Mapping[str, Any]) -> Any:
    if kind in ("integer", "number"):
        return schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
    if kind == "boolean":
        return False
    if kind == "null":
        return None
    by_format = {
        "uuid": str(UUID(int=0xF00)),
        "date-time": datetime(2026, 3, 1, tzinfo=UTC).isoformat(),
        "date": "2026-03-01",
        "uri": "https://example.org/x",
    }
    text = str(by_format.get(schema.get("format", ""), "aaaa"))
    fitting = text.ljust(schema.get("minLength", 0), "a")[: max(schema.get("maxLength", 1000), 1)]
    pattern = schema.get("pattern")
    if pattern is None or re.search(pattern, fitting):
        return fitting
    least, most = schema.get("minLength", 0), schema.get("maxLength", 1000)
    return find(from_regex(pattern), lambda text: least <= len(text) <= most and text.isprintable())


def _values_for(schema: Mapping[str, Any], row: Mapping[str, Any]) -> list[Any]:
    if schema.get("enum"):
        return list(schema["enum"][:1])
    kinds = schema.get("type")
    if schema.get("format") == "uuid":
        return list({value: None for name, value in row.items() if _is_key(name, value)})
    if kinds == "integer":
        return list(
            {v: None for n, v in row.items() if isinstance(v, int) and n in ("id", "number", "version")}
        )
    return list(
        {v: None for n, v in row.items() if isinstance(v, str) and n in ("slug", "name", "code", "login")}
    )


def _speaks_of(name: str, table: str) -> bool:
    word = name.removesuffix("_id").rpartition("_")[2]
    return name.endswith("_id") and table.endswith((f"{word}s", f"{word.removesuffix('y')}ies"))


def _is_key(name: str, value: object) -> bool:
    return isinstance(value, UUID) and name not in ("tenant_id", "chain")


def texts_of(rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What only these rows hold and no answer to a stranger may show."""
    values = chain.from_iterable(row.items() for row in rows.values())
    return sorted({str(value) for name, value in values if _is_key(name, value)})
