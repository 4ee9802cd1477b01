"""What the OpenAPI document says of every operation, read without a server."""

import json

from yunhu.entrypoints.commands.openapi import document

_OF_EVERY_GUARDED = {"401", "403", "429", "500"}


def test_given_an_operation_that_asks_who_calls_when_documented_then_it_says_how_it_refuses() -> None:
    paths = json.loads(document())["paths"]
    silent = [
        f"{method.upper()} {path}"
        for path, methods in paths.items()
        for method, operation in methods.items()
        if operation.get("security") != [{}] and not set(operation["responses"]) >= _OF_EVERY_GUARDED
    ]
    assert silent == []
