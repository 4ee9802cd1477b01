"""One box that finds things by what people have at hand: a phone, a queue number, an id, a name."""

import contextlib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.identity.public import Scope
from yunhu.foundation.crypto import Vault
from yunhu.foundation.phone import InvalidPhoneError, Phone

MOST_OF_A_KIND = 8


class FoundKind(StrEnum):
    """What was found."""

    JOURNEY = "journey"
    NOTIFICATION = "notification"
    CALL = "call"
    MESSAGE = "message"
    REFUSAL = "refusal"
    SCRIPT = "script"
    SCENARIO = "scenario"
    CONTRACT = "contract"
    CALLER_NUMBER = "caller_number"
    TENANT = "tenant"


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One thing; `kind` and `id` say where its page is."""

    kind: FoundKind
    id: str
    """Of a script or a scenario: its slug."""
    title: str
    """Queue number, slug, contract number, masked phone, …"""
    state: str | None
    callee: str | None
    """Masked."""
    at: datetime | None


class _Query(msgspec.Struct, frozen=True):
    kind: FoundKind
    scope: Scope
    sql: TextClause
    needs: str
    """`callee_index`, `e164`, `uuid` or `word`."""


_JOURNEY = "id, queue_number AS title, state, callee_cipher, created_at AS at FROM journeys"
_NOTIFICATION = "id, coalesce(client_reference, purpose) AS title, state, callee_cipher, created_at AS at FROM notifications"
_CALL = "id, caller_number AS title, coalesce(result, state) AS state, callee_cipher, reserved_at AS at FROM calls"
_MESSAGE = (
    "id, (SELECT n.purpose FROM notifications AS n WHERE n.id = notification_id) AS title, state, callee_cipher, "
    "created_at AS at FROM sms_messages"
)
_REFUSAL = (
    "id, source AS title, CASE WHEN lifted_at IS NULL THEN 'standing' ELSE 'lifted' END AS state, "
    "callee_cipher, at FROM refusals"
)
_SCRIPT = (
    "slug AS id, name AS title, channel AS state, NULL::bytea AS callee_cipher, created_at AS at FROM scripts"
)
_SCENARIO = (
    "slug AS id, name AS title, CASE WHEN enabled THEN 'enabled' ELSE 'disabled' END AS state, "
    "NULL::bytea AS callee_cipher, updated_at AS at FROM scenarios"
)
_CONTRACT = "id, number AS title, state, NULL::bytea AS callee_cipher, created_at AS at FROM contracts"
_NUMBER = "id, e164 AS title, state, NULL::bytea AS callee_cipher, created_at AS at FROM caller_numbers"
_TENANT = (
    "slug AS id, name AS title, CASE WHEN disabled_at IS NULL THEN 'enabled' ELSE 'disabled' END AS state, "
    "NULL::bytea AS callee_cipher, created_at AS at FROM tenants"
)


def _find(source: str, condition: str, order: str = "id DESC") -> TextClause:
    return text(f"SELECT {source} WHERE {condition} ORDER BY {order} LIMIT {MOST_OF_A_KIND}")


_OWN = "tenant_id = :tenant_id"
_BY_PHONE = f"callee_index = :callee_index AND {_OWN}"
_BY_ID = f"id = :uuid AND {_OWN}"
_NAMED = "(slug LIKE :prefix OR name ILIKE :inside)"
_NUMBERED = "number ILIKE :inside"
_BY_DAY = "day DESC, id DESC"
_NO_CALLEE = "NULL::bytea AS callee_cipher"


def _query(kind: FoundKind, scope: Scope, needs: str, sql: TextClause) -> _Query:
    return _Query(kind, scope, sql, needs)


def _visits() -> Iterable[_Query]:
    kind, scope = FoundKind.JOURNEY, Scope.NOTIFICATIONS_READ
    yield _query(kind, scope, "word", _find(_JOURNEY, f"{_OWN} AND queue_number = :upper", _BY_DAY))
    yield _query(kind, scope, "callee_index", _find(_JOURNEY, _BY_PHONE, _BY_DAY))
    yield _query(kind, scope, "uuid", _find(_JOURNEY, _BY_ID))
    kind = FoundKind.NOTIFICATION
    yield _query(kind, scope, "word", _find(_NOTIFICATION, f"{_OWN} AND client_reference = :word"))
    yield _query(kind, scope, "callee_index", _find(_NOTIFICATION, _BY_PHONE))
    yield _query(kind, scope, "uuid", _find(_NOTIFICATION, _BY_ID))
    kind = FoundKind.MESSAGE
    yield _query(kind, scope, "callee_index", _find(_MESSAGE, _BY_PHONE, "created_at DESC"))
    yield _query(kind, scope, "uuid", _find(_MESSAGE, _BY_ID))


def _calls() -> Iterable[_Query]:
    kind, scope = FoundKind.CALL, Scope.CALLS_READ
    yield _query(kind, scope, "callee_index", _find(_CALL, _BY_PHONE, _BY_DAY))
    yield _query(kind, scope, "uuid", _find(_CALL, _BY_ID))
    standing = f"{_BY_PHONE} AND lifted_at IS NULL"
    yield _query(FoundKind.REFUSAL, Scope.CONSENTS_READ, "callee_index", _find(_REFUSAL, standing))


def _named() -> Iterable[_Query]:
    mine = f"{_OWN} AND {_NAMED}"
    yield _query(FoundKind.SCRIPT, Scope.SCRIPTS_READ, "word", _find(_SCRIPT, mine, "slug"))
    yield _query(FoundKind.SCENARIO, Scope.SCENARIOS_READ, "word", _find(_SCENARIO, mine, "slug"))
    contracts = _find(_CONTRACT, f"{_OWN} AND {_NUMBERED}", "number")
    yield _query(FoundKind.CONTRACT, Scope.CONTRACTS_READ, "word", contracts)
    numbers = _find(_NUMBER, f"e164 = :e164 AND {_OWN}")
    yield _query(FoundKind.CALLER_NUMBER, Scope.NUMBERS_READ, "e164", numbers)


def _operators() -> Iterable[_Query]:
    yield _query(FoundKind.TENANT, Scope.OPERATOR_TENANTS, "word", _find(_TENANT, _NAMED, "slug"))
    contracts = _find(_CONTRACT, _NUMBERED, "number")
    yield _query(FoundKind.CONTRACT, Scope.OPERATOR_CONTRACTS, "word", contracts)
    numbers = _find(_NUMBER, "e164 = :e164")
    yield _query(FoundKind.CALLER_NUMBER, Scope.OPERATOR_NUMBERS, "e164", numbers)
    # Without the person and the tenant's own words (row D8).
    call = _CALL.replace("callee_cipher", _NO_CALLEE)
    asked = _NOTIFICATION.replace("callee_cipher", _NO_CALLEE)
    asked = asked.replace("coalesce(client_reference, purpose)", "purpose")
    message = _MESSAGE.replace("callee_cipher", _NO_CALLEE)
    scope = Scope.OPERATOR_MONITOR
    yield _query(FoundKind.NOTIFICATION, scope, "uuid", _find(asked, "id = :uuid"))
    for kind, source in ((FoundKind.CALL, call), (FoundKind.MESSAGE, message)):
        yield _query(kind, scope, "uuid", _find(source, "id = :uuid"))
        yield _query(kind, scope, "uuid", _find(source, "notification_id = :uuid"))


# Each condition has an index of its own; scripts, scenarios, contracts and tenants are few.
OF_TENANT: tuple[_Query, ...] = (*_visits(), *_calls(), *_named())
OF_OPERATOR: tuple[_Query, ...] = tuple(_operators())

_LIKE = re.compile(r"([%_\\])")


def read_words(typed: str, vault: Vault) -> dict[str, Any]:
    """What the typed text can mean: a word always, perhaps a phone number, perhaps an id. Pure but for the key."""
    word = typed.strip()
    literal = _LIKE.sub(r"\\\1", word)
    values: dict[str, Any] = {
        "word": word,
        "upper": word.upper(),
        "prefix": f"{literal.lower()}%",
        "inside": f"%{literal}%",
    }
    try:
        phone = Phone.parse(word)
    except InvalidPhoneError:
        pass
    else:
        values |= {"callee_index": vault.index_of(phone), "e164": phone.e164}
    with contextlib.suppress(ValueError):
        values["uuid"] = UUID(word)
    return values


async def search(
    session: AsyncSession,
    vault: Vault,
    queries: Sequence[_Query],
    scopes: frozenset[Scope],
    values: Mapping[str, Any],
    tenant_id: UUID | None,
) -> list[Found]:
    """Everything that the words can mean and that the caller may see, each thing once."""
    found: dict[tuple[FoundKind, str], Found] = {}
    for query in queries:
        if query.scope not in scopes or query.needs not in values:
            continue
        names = query.sql.compile().params.keys()
        given = {name: tenant_id if name == "tenant_id" else values[name] for name in names}
        for row in await session.execute(query.sql, given):
            one = _found(query.kind, row, vault)
            found.setdefault((one.kind, one.id), one)
    return list(found.values())


def _found(kind: FoundKind, row: Any, vault: Vault) -> Found:
    callee = vault.open_phone(row.callee_cipher).masked if row.callee_cipher else None
    return Found(kind=kind, id=str(row.id), title=row.title, state=row.state, callee=callee, at=row.at)
