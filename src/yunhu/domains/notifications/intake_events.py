"""From a request's body to events that can be judged, and problems for those that cannot."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from yunhu.domains.notifications.errors import EventInvalidError
from yunhu.domains.notifications.repository_intake import VisitKey
from yunhu.domains.notifications.schemas import MOST_EVENTS, QueueEventBatch, QueueEventIn
from yunhu.foundation.clock import natural_day
from yunhu.foundation.crypto import Vault
from yunhu.foundation.errors import YunhuError
from yunhu.foundation.http import FieldProblem, InvalidRequestError, decode_json, field_problems
from yunhu.foundation.phone import InvalidPhoneError, Phone

_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_CLOCK_SKEW = timedelta(minutes=5)
_MOST_ATTRIBUTES = 50
_MOST_ATTRIBUTE_BYTES = 4096
_DEEPEST_ATTRIBUTE = 8

_single = msgspec.json.Decoder(QueueEventIn)
_batch = msgspec.json.Decoder(QueueEventBatch)
_list = msgspec.json.Decoder(list[QueueEventIn])
_encoder = msgspec.json.Encoder(order="sorted")


class Incoming(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An event that can be judged."""

    said: QueueEventIn
    occurred_at: datetime
    """UTC"""
    day: date
    """The natural day that the visit belongs to."""
    phone: Phone | None
    callee_index: bytes | None
    """Blind index of the phone."""
    digest: bytes
    """Keyed, since a plain hash would give the phone number away to whoever tries them all."""
    facts: bytes
    """JSON of what is kept of the event."""

    @property
    def journey_key(self) -> VisitKey:
        """Which visit."""
        return self.said.hall, self.day, self.said.queue_number


class Refused(msgspec.Struct, frozen=True):
    """An event of a batch that cannot be judged."""

    event_id: str | None
    error: YunhuError


class Body(msgspec.Struct, frozen=True):
    """What a request brought."""

    single: bool
    items: list[QueueEventIn | Refused]


def read_body(body: bytes) -> Body:
    """Read one event, an array of them, or `{"events": […]}`.

    Raises `MalformedBodyError`, and `InvalidRequestError` for a single event or an envelope that breaks the
    schema. A bad event inside a batch becomes `Refused` and spoils nothing else.
    """
    try:
        return _read_good(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        value = decode_json(body)
    if isinstance(value, dict) and "events" not in value:
        raise InvalidRequestError(errors=field_problems(value, QueueEventIn))
    return Body(False, [_convert(item) for item in _items_of(value)])


def _read_good(body: bytes) -> Body:
    """The fast way, for bodies without a fault."""
    if body.lstrip()[:1] == b"[":
        events = _list.decode(body)
        if not 1 <= len(events) <= MOST_EVENTS:
            raise msgspec.ValidationError("the number of events")
        return Body(False, list(events))
    try:
        return Body(True, [_single.decode(body)])
    except msgspec.ValidationError:
        return Body(False, list(_batch.decode(body).events))


def _items_of(value: Any) -> list[Any]:
    if isinstance(value, dict):
        extra = [FieldProblem(pointer=f"/{name}", message="There is no such field") for name in value]
        extra = [problem for problem in extra if problem.pointer != "/events"]
        if extra:
            raise InvalidRequestError(errors=extra)
        value, pointer = value["events"], "/events"
    else:
        pointer = ""
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_EVENTS:
        message = f"Expected an array of 1 to {MOST_EVENTS} events"
        raise InvalidRequestError(errors=[FieldProblem(pointer=pointer, message=message)])
    return value


def _convert(item: Any) -> QueueEventIn | Refused:
    try:
        return msgspec.convert(item, QueueEventIn)
    except msgspec.ValidationError:
        event_id = item.get("event_id") if isinstance(item, dict) else None
        named = event_id if isinstance(event_id, str) and len(event_id) <= 128 else None
        return Refused(named, InvalidRequestError(errors=field_problems(item, QueueEventIn)))


def make_incoming(said: QueueEventIn, vault: Vault, now: datetime) -> Incoming | Refused:
    """Check what a schema cannot say."""
    problems: list[FieldProblem] = []
    phone = _phone(said.phone, problems)
    if not _EARLIEST <= said.occurred_at <= now + _CLOCK_SKEW:
        problems.append(
            FieldProblem(pointer="/occurred_at", message="Expected a moment since 2000 that has come already")
        )
    kept = {
        "queue_number": said.queue_number,
        "matter": said.matter,
        "window": said.window,
        "ahead": said.ahead,
        "attributes": said.attributes,
    }
    facts = b"" if problems else _encode(kept, said.attributes, problems)
    if problems:
        return Refused(said.event_id, EventInvalidError(errors=problems))
    occurred_at = said.occurred_at.astimezone(UTC)
    identity = (said.event_id, said.event.value, said.hall, occurred_at, phone and phone.e164)
    digest = vault.digest_token(_encoder.encode(identity).decode() + facts.decode())
    return Incoming(
        said=said,
        occurred_at=occurred_at,
        day=natural_day(occurred_at),
        phone=phone,
        callee_index=vault.index_of(phone) if phone is not None else None,
        digest=digest,
        facts=facts,
    )


def _phone(text: str | None, problems: list[FieldProblem]) -> Phone | None:
    if text is None:
        return None
    try:
        return Phone.parse(text)
    except InvalidPhoneError as error:
        problems.append(FieldProblem(pointer="/phone", message=str(error)))
        return None


def _encode(kept: dict[str, Any], attributes: dict[str, Any], problems: list[FieldProblem]) -> bytes:
    facts = _encoder.encode(kept)
    if not attributes:
        return facts
    message = None
    if len(attributes) > _MOST_ATTRIBUTES or len(_encoder.encode(attributes)) > _MOST_ATTRIBUTE_BYTES:
        message = f"Expected at most {_MOST_ATTRIBUTES} names and {_MOST_ATTRIBUTE_BYTES} bytes"
    elif not _is_shallow(attributes, _DEEPEST_ATTRIBUTE):
        message = f"Expected at most {_DEEPEST_ATTRIBUTE} levels"
    elif b"\\u0000" in facts:
        # PostgreSQL cannot keep U+0000; a backslash before a literal u0000 is refused with it.
        message = "Expected text without the character U+0000"
    if message is not None:
        problems.append(FieldProblem(pointer="/attributes", message=message))
    return facts


def _is_shallow(value: Any, levels: int) -> bool:
    if isinstance(value, dict):
        return levels > 0 and all(_is_shallow(inner, levels - 1) for inner in value.values())
    if isinstance(value, list):
        return levels > 0 and all(_is_shallow(inner, levels - 1) for inner in value)
    return True
