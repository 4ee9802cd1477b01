"""Who does something: a person, a program with a key, the command line, or the product itself."""

from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec


class ActorKind(StrEnum):
    """What kind of somebody it is."""

    USER = "user"
    KEY = "key"
    COMMAND = "command"
    """Somebody with a shell on the server."""
    SYSTEM = "system"
    """A clock or a rule of the product."""


class Actor(msgspec.Struct, frozen=True):
    """Kept with every change and every look (row D5)."""

    kind: ActorKind
    name: str
    """A user's login, a key's name, `yunhu apply`, a job's name. Never a secret, never a whole phone number."""
    id: UUID | None = None
    """Of the user or the key."""


def same_actor(one: Actor, other: Actor) -> bool:
    """By id where both have one, else by kind and name: two people may have one name, and names change."""
    if one.id is not None and other.id is not None:
        return one.id == other.id
    return one.name == other.name and one.kind is other.kind


def stored_actor(stored: dict[str, Any]) -> Actor:
    """An actor as it was kept. Raises `msgspec.ValidationError`."""
    return msgspec.convert(stored, Actor)


def system(name: str) -> Actor:
    """The product itself, in the part with this name."""
    return Actor(ActorKind.SYSTEM, name)
