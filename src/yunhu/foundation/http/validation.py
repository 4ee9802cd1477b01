"""Bodies become structs, or a list of every field that is wrong."""

import re
from collections.abc import Iterator
from typing import Annotated, Any, TypeVar, get_args, get_origin

import msgspec

from yunhu.foundation.http.errors import InvalidRequestError, MalformedBodyError
from yunhu.foundation.http.problems import FieldProblem

T = TypeVar("T")

_AT = re.compile(r" - at `(key in )?\$(?P<path>.*)`$", re.DOTALL)
_STEP = re.compile(r"\.(?P<name>[^.\[]+)|\[(?P<index>\d+|\.\.\.)\]")
_MOST_PROBLEMS = 100


def decode_json(body: bytes) -> Any:
    """Parse JSON without a schema. `MalformedBodyError` says where it stops being JSON."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedBodyError(str(error)) from error
    except RecursionError as error:
        raise MalformedBodyError("the body is nested too deeply") from error


def decode_body(body: bytes, type_: type[T]) -> T:
    """Read a body as a type. `InvalidRequestError` names each bad field."""
    try:
        return msgspec.json.decode(body, type=type_)
    except msgspec.ValidationError as error:
        raise invalid(decode_json(body), type_) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        decode_json(body)
        raise


def invalid(value: Any, type_: Any) -> InvalidRequestError:
    """The error for a value that does not fit its type."""
    return InvalidRequestError(errors=field_problems(value, type_))


def field_problems(value: Any, type_: Any, pointer: str = "") -> list[FieldProblem]:
    """Everything that is wrong with a parsed value, at most 100 entries."""
    found: list[FieldProblem] = []
    for problem in _walk(value, type_, pointer):
        found.append(problem)
        if len(found) == _MOST_PROBLEMS:
            break
    return found


def _walk(value: Any, type_: Any, pointer: str) -> Iterator[FieldProblem]:
    whole = _fault(value, type_)
    if whole is None:
        return
    if get_origin(type_) is Annotated:
        type_ = get_args(type_)[0]
    if isinstance(value, dict) and isinstance(type_, type) and issubclass(type_, msgspec.Struct):
        found = False
        for problem in _walk_struct(value, type_, pointer):
            found = True
            yield problem
        if found:
            return
    elif isinstance(value, list) and get_origin(type_) in (list, tuple) and get_args(type_):
        found = False
        for index, item in enumerate(value):
            for problem in _walk(item, get_args(type_)[0], f"{pointer}/{index}"):
                found = True
                yield problem
        if found:
            return
    yield _single(whole, pointer)


def _fault(value: Any, type_: Any) -> str | None:
    try:
        msgspec.convert(value, type_)
    except msgspec.ValidationError as error:
        return str(error)
    return None


def _walk_struct(value: dict[str, Any], type_: type[msgspec.Struct], pointer: str) -> Iterator[FieldProblem]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(type_)}
    for name, field in fields.items():
        if name in value:
            yield from _walk(value[name], field.type, f"{pointer}/{_escape(name)}")
        elif field.required:
            yield FieldProblem(pointer=f"{pointer}/{_escape(name)}", message="This field is required")
    if type_.__struct_config__.forbid_unknown_fields:
        for name in value:
            if name not in fields:
                yield FieldProblem(pointer=f"{pointer}/{_escape(name)}", message="There is no such field")


def _single(message: str, pointer: str) -> FieldProblem:
    match = _AT.search(message)
    if match is None:
        return FieldProblem(pointer=pointer, message=message)
    steps = (step["name"] or step["index"] for step in _STEP.finditer(match["path"]))
    return FieldProblem(
        pointer=pointer + "".join(f"/{_escape(step)}" for step in steps),
        message=message[: match.start()],
    )


def _escape(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")
