"""YAML into typed data, with every mistake told at once and each by its place.

Only plain YAML is read: no anchors and aliases (a few lines can stand for gigabytes), no tags, no key twice.
Text is taken as it is written: `08:30`, `0010` and `on` stay what they look like where text is expected.
"""

import difflib
import types
import typing
from collections.abc import Iterable
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

import msgspec
import yaml

from yunhu.foundation.errors import InvalidInputError

MAX_CHARACTERS = 1_048_576
_MAX_DEPTH = 20
T = TypeVar("T")
Path = tuple[str | int, ...]
Place = tuple[int, int]


class Fault(msgspec.Struct, frozen=True, order=True):
    """One mistake in the file."""

    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        where = f" {self.path}:" if self.path else ""
        return f"line {self.line}, column {self.column}:{where} {self.message}"


class FileInvalidError(InvalidInputError):
    """The file cannot be applied. Details: `faults`, each with line, column, path and message."""

    id = "apply.file_invalid"
    title = "The file is not valid"
    title_zh = "文件内容无效"

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(set(faults))
        super().__init__(
            "\n".join(str(fault) for fault in self.faults),
            faults=[msgspec.to_builtins(fault) for fault in self.faults],
        )


class Places:
    """Where in the file each value stands."""

    def __init__(self) -> None:
        self._places: dict[Path, Place] = {}

    def put(self, path: Path, node: yaml.Node) -> None:
        """Remember the place of a value."""
        mark = node.start_mark
        self._places[path] = (mark.line + 1, mark.column + 1)

    def fault(self, path: Path, message: str) -> Fault:
        """A mistake at that value, or at the nearest one around it that the file has."""
        known = path
        while known and known not in self._places:
            known = known[:-1]
        line, column = self._places.get(known, (1, 1))
        return Fault(line, column, path_text(path), message)


def path_text(path: Path) -> str:
    """`scenarios[0].plan.windows[1].start`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def read_typed(text: str, type_: type[T]) -> tuple[T, Places]:
    """Read a document as `type_`. Raises `FileInvalidError` with every fault."""
    if len(text) > MAX_CHARACTERS:
        raise FileInvalidError([Fault(1, 1, "", f"the file is longer than {MAX_CHARACTERS} characters")])
    reader = _Reader()
    node = _compose(text)
    value = reader.read(node, type_, ())
    if reader.faults:
        raise FileInvalidError(reader.faults)
    return msgspec.convert(value, type_, str_keys=True), reader.places


def _compose(text: str) -> yaml.Node:
    try:
        loader = yaml.SafeLoader(text)
        depth = 0
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            _refuse_cleverness(event)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _MAX_DEPTH:
                raise FileInvalidError([_at(event.start_mark, "the file is nested too deeply")])
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        raise FileInvalidError([_at(error.problem_mark, str(error.problem))]) from None
    except yaml.YAMLError as error:
        raise FileInvalidError([Fault(1, 1, "", str(error).splitlines()[0])]) from None
    if node is None:
        raise FileInvalidError([Fault(1, 1, "", "the file is empty")])
    return node


def _refuse_cleverness(event: yaml.Event) -> None:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise FileInvalidError([_at(event.start_mark, "anchors and aliases are not read here")])
    if getattr(event, "tag", None):
        raise FileInvalidError([_at(event.start_mark, "tags are not read here")])


def _at(mark: Any, message: str) -> Fault:
    return Fault(mark.line + 1, mark.column + 1, "", message) if mark else Fault(1, 1, "", message)


class _Reader:
    """Walks nodes and types side by side. What it returns is plain data that `msgspec` converts."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.places = Places()

    def read(self, node: yaml.Node, hint: Any, path: Path) -> Any:
        self.places.put(path, node)
        faults = len(self.faults)
        chosen = _choose(hint, node)
        value = None
        if chosen is None:
            self._refuse(path, _alternatives(hint))
        else:
            value = self._read(node, chosen, path)
        if len(self.faults) == faults:
            self._check(value, hint, path)
        return value

    def _read(self, node: yaml.Node, hint: Any, path: Path) -> Any:
        bare = _bare(hint)
        if isinstance(bare, type) and issubclass(bare, msgspec.Struct):
            return self._struct(node, bare, path)
        origin = get_origin(bare)
        if origin in {tuple, list}:
            return self._sequence(node, get_args(bare)[0], path)
        if origin is dict:
            return self._mapping(node, get_args(bare)[1], path)
        return self._scalar(node, bare, path)

    def _struct(self, node: yaml.Node, struct: type[msgspec.Struct], path: Path) -> Any:
        if not isinstance(node, yaml.MappingNode):
            return self._refuse(path, getattr(struct, "wanted", "a block of `name: value` is expected here"))
        hints = typing.get_type_hints(struct, include_extras=True)
        fields = {field.name: field for field in msgspec.structs.fields(struct)}
        tag_field = struct.__struct_config__.tag_field
        values: dict[str, Any] = {}
        for name, key, item in self._items(node, path):
            if name == tag_field:
                values[name] = item.value
            elif name in fields:
                values[name] = self.read(item, hints[name], (*path, name))
            else:
                self.places.put((*path, name), key)
                self._refuse((*path, name), _unknown(name, [*fields, *([tag_field] if tag_field else [])]))
        for name, field in fields.items():
            if field.required and name not in values:
                self._refuse((*path, name), "is missing")
        return values

    def _sequence(self, node: yaml.Node, hint: Any, path: Path) -> Any:
        if not isinstance(node, yaml.SequenceNode):
            return self._refuse(path, "a list is expected here")
        return [self.read(item, hint, (*path, position)) for position, item in enumerate(node.value)]

    def _mapping(self, node: yaml.Node, hint: Any, path: Path) -> Any:
        if not isinstance(node, yaml.MappingNode):
            return self._refuse(path, "a block of `name: value` is expected here")
        return {name: self.read(item, hint, (*path, name)) for name, _, item in self._items(node, path)}

    def _scalar(self, node: yaml.Node, hint: Any, path: Path) -> Any:
        if not isinstance(node, yaml.ScalarNode):
            return self._refuse(path, "one value is expected here, not a list or a block")
        if node.tag == "tag:yaml.org,2002:null":
            return None
        as_written = isinstance(hint, type) and issubclass(hint, str)
        as_written = as_written or get_origin(hint) is typing.Literal
        return node.value if as_written else _plain(node)

    def _items(self, node: yaml.MappingNode, path: Path) -> Iterable[tuple[str, yaml.Node, yaml.Node]]:
        seen: set[str] = set()
        for key, item in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.places.put((*path, "?"), key)
                self._refuse((*path, "?"), "a name is expected before the colon")
            elif key.value in seen:
                self.places.put((*path, key.value), key)
                self._refuse((*path, key.value), "stands here a second time")
            else:
                seen.add(key.value)
                yield key.value, key, item

    def _check(self, value: Any, hint: Any, path: Path) -> None:
        try:
            msgspec.convert(value, hint, str_keys=True)
        except msgspec.ValidationError as error:
            message, _, inner = str(error).partition(" - at `$")
            self._refuse(path, f"{message} (at {inner.rstrip('`').lstrip('.')})" if inner else message)

    def _refuse(self, path: Path, message: str) -> None:
        self.faults.append(self.places.fault(path, message))


def _plain(node: yaml.ScalarNode) -> Any:
    value = yaml.SafeLoader("").construct_object(node)
    return value if isinstance(value, int | float | bool | str) else node.value


def _bare(hint: Any) -> Any:
    return get_args(hint)[0] if get_origin(hint) is Annotated else hint


def _members(hint: Any) -> tuple[Any, ...]:
    bare = _bare(hint)
    return get_args(bare) if get_origin(bare) in {Union, types.UnionType} else (hint,)


def _choose(hint: Any, node: yaml.Node) -> Any:
    """The member of a union that this node can be; the hint itself when there is only one; None when none fits."""
    members = [member for member in _members(hint) if member is not types.NoneType]
    if len(members) == 1:
        return members[0]
    if isinstance(node, yaml.MappingNode):
        return next((member for member in members if _tag_fits(member, node)), None)
    wanted = {tuple, list} if isinstance(node, yaml.SequenceNode) else {None}
    return next(
        (member for member in members if get_origin(_bare(member)) in wanted and not _is_struct(member)), None
    )


def _is_struct(hint: Any) -> bool:
    bare = _bare(hint)
    return isinstance(bare, type) and issubclass(bare, msgspec.Struct)


def _tag_fits(member: Any, node: yaml.MappingNode) -> bool:
    if not _is_struct(member):
        return False
    config = _bare(member).__struct_config__
    return any(key.value == config.tag_field and item.value == config.tag for key, item in node.value)


def _alternatives(hint: Any) -> str:
    structs = [_bare(member).__struct_config__ for member in _members(hint) if _is_struct(member)]
    if structs:
        return f"{structs[0].tag_field} must be one of {', '.join(str(config.tag) for config in structs)}"
    return "one value or a list is expected here"


def _unknown(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return (
        f"is not known here; did you mean {near[0]!r}?"
        if near
        else f"is not known here; known are {', '.join(known)}"
    )
