"""The OpenAPI description of the intake's body, which is read by hand: three forms under one path."""

from dataclasses import dataclass
from typing import Any

import msgspec
from litestar.openapi.spec import Example, OpenAPIMediaType, Operation, RequestBody, Schema

from yunhu.domains.notifications.schemas import QueueEventBatch, QueueEventIn

_ONE = {
    "event_id": "q-20260209-0001",
    "event": "taken",
    "queue_number": "A001",
    "matter": "企业登记",
    "ahead": 7,
    "phone": "13800138000",
    "occurred_at": "2026-02-09T09:30:00+08:00",
}
_CALLED = {
    "event_id": "q-20260209-0002",
    "event": "called",
    "queue_number": "A001",
    "window": "3",
    "occurred_at": "2026-02-09T09:41:00+08:00",
}


class _Literal(Schema):
    """A schema that is already in its wire form."""

    def __init__(self, schema: dict[str, Any]) -> None:
        super().__init__()
        self.literal = schema

    def to_schema(self) -> dict[str, Any]:
        """As it is."""
        return self.literal


def _inlined(value: Any, components: dict[str, Any]) -> Any:
    if isinstance(value, dict):
        if "$ref" in value:
            return _inlined(components[value["$ref"]], components)
        return {name: _inlined(inner, components) for name, inner in value.items()}
    if isinstance(value, list):
        return [_inlined(inner, components) for inner in value]
    return value


def body_schema() -> dict[str, Any]:
    """One event, an array of events, or an object that holds such an array."""
    (one, batch), components = msgspec.json.schema_components(
        [QueueEventIn, QueueEventBatch], ref_template="{name}"
    )
    one, batch = _inlined(one, components), _inlined(batch, components)
    return {"anyOf": [one, batch["properties"]["events"], batch]}


@dataclass
class QueueEventsOperation(Operation):
    """Adds the body, which the handler takes as bytes."""

    def __post_init__(self) -> None:
        self.request_body = RequestBody(
            required=True,
            content={
                "application/json": OpenAPIMediaType(
                    schema=_Literal(body_schema()),
                    examples={
                        "taken": Example(summary="A visitor took a number", value=_ONE),
                        "batch": Example(summary="Several events", value={"events": [_ONE, _CALLED]}),
                    },
                )
            },
        )
