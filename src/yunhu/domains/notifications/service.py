"""Use cases of single notifications: ask for one, look at it, cancel it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.notifications import repository_listing
from yunhu.domains.notifications.consents import COVERING, ConsentSource, Evidence, keep_evidence
from yunhu.domains.notifications.create import Draft, create_notifications
from yunhu.domains.notifications.errors import (
    CalleeRefusedError,
    NotificationFinishedError,
    NotificationNotFoundError,
    ReferenceConflictError,
    RequestImpossibleError,
)
from yunhu.domains.notifications.models import Notification, Scenario
from yunhu.domains.notifications.plans import MAIN_HALL, DeliveryPlan, ScenarioPlan
from yunhu.domains.notifications.repository_intake import refused_callees
from yunhu.domains.notifications.repository_record import Record
from yunhu.domains.notifications.schemas_notifications import NotificationRequest
from yunhu.domains.notifications.states import OPEN_STATES, NotificationState, Purpose
from yunhu.domains.notifications.stop import StopReason, stop_notifications
from yunhu.domains.scripts.public import (
    ApprovedScript,
    Channel,
    ParameterInvalidError,
    ScriptNotFoundError,
    approved_scripts,
    fill,
)
from yunhu.foundation.clock import natural_day
from yunhu.foundation.crypto import Vault
from yunhu.foundation.http import FieldProblem
from yunhu.foundation.ids import new_id
from yunhu.foundation.phone import InvalidPhoneError, Phone

_DEFAULT_VALIDITY = timedelta(hours=1)
_LONGEST_AHEAD = timedelta(days=31)
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_CLOCK_SKEW = timedelta(minutes=5)
_encoder = msgspec.json.Encoder(order="sorted")


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A request whose fields make sense."""

    request: NotificationRequest
    phone: Phone
    due_at: datetime
    deadline: datetime


async def ask(
    session: AsyncSession, vault: Vault, tenant_id: UUID, request: NotificationRequest, now: datetime, by: str
) -> tuple[Notification, bool]:
    """Create a notification, or find the one that was created under the same reference.

    `by` is kept with the consent that the request may carry.

    Returns the row and whether it is new. Raises `RequestImpossibleError`, `ScriptNotFoundError`,
    `ParameterInvalidError`, `CalleeRefusedError`, `ReferenceConflictError`.
    """
    # The phone number is part of the request: a keyed hash does not give it away.
    digest = vault.digest_token(_encoder.encode(request).decode())
    if request.client_reference is not None:
        earlier = await _earlier(session, tenant_id, request.client_reference, digest)
        if earlier is not None:
            return earlier, False
    draft = await draft_of(session, vault, tenant_id, request, now)
    if await refused_callees(session, tenant_id, {draft.callee_index}):
        raise CalleeRefusedError
    draft = msgspec.structs.replace(draft, request_hash=digest if request.client_reference else None)
    record = Record(now)
    if not await create_notifications(session, [draft], record):
        earlier = await _earlier(session, tenant_id, request.client_reference or "", digest)
        if earlier is None:
            raise ReferenceConflictError(client_reference=request.client_reference)
        return earlier, False
    await keep_carried_consent(session, request, draft, now, by=by)
    await record.write(session)
    return await find(session, tenant_id, draft.id), True


async def draft_of(
    session: AsyncSession, vault: Vault, tenant_id: UUID, request: NotificationRequest, now: datetime
) -> Draft:
    """The notification that a request would make; nothing is written.

    Raises `RequestImpossibleError`, `ScriptNotFoundError`, `ParameterInvalidError`.
    """
    asked = examine(request, now)
    script = await _script(session, tenant_id, asked)
    return _draft(vault, tenant_id, asked, script, await _notice_plan(session, tenant_id))


async def keep_carried_consent(
    session: AsyncSession, request: NotificationRequest, draft: Draft, now: datetime, *, by: str
) -> None:
    """Keep the evidence that came with a request, if any; what was withdrawn since does not count."""
    carried = request.consent
    if carried is None:
        return
    evidence = Evidence(
        callee_cipher=draft.callee_cipher,
        callee_index=draft.callee_index,
        purpose=COVERING[draft.purpose],
        source=ConsentSource(carried.source),
        given_at=min(carried.given_at, now),
        valid_until=carried.valid_until,
        reference=carried.reference,
        recorded_by=by,
    )
    await keep_evidence(session, draft.tenant_id, [evidence], now)


async def _notice_plan(session: AsyncSession, tenant_id: UUID) -> DeliveryPlan:
    """Hours, retries and habits of the tenant's first hall: a notice is bound by them as a call to the window is."""
    query = (
        select(Scenario.plan)
        .where(Scenario.tenant_id == tenant_id, Scenario.enabled)
        .order_by(Scenario.hall != MAIN_HALL, Scenario.slug)
        .limit(1)
    )
    found = await session.scalar(query)
    plan = ScenarioPlan() if found is None else msgspec.convert(found, ScenarioPlan)
    return DeliveryPlan(
        windows=plan.windows,
        retries=plan.retries,
        calls_kept_for_turn=plan.calls_kept_for_turn,
        detect_answer=plan.detect_answer,
        queue_digits=plan.queue_digits,
    )


def examine(request: NotificationRequest, now: datetime) -> Asked:
    """Check what a schema cannot say. Raises `RequestImpossibleError` naming each bad field."""
    problems = []
    try:
        phone: Phone | None = Phone.parse(request.phone)
    except InvalidPhoneError as error:
        phone = None
        problems.append(FieldProblem(pointer="/phone", message=str(error)))
    latest = now + _LONGEST_AHEAD
    if request.not_before is not None and request.not_before > latest:
        problems.append(FieldProblem(pointer="/not_before", message="Expected a moment within 31 days"))
    if request.deadline is not None and request.valid_seconds is not None:
        problems.append(FieldProblem(pointer="/deadline", message="Give deadline or valid_seconds, not both"))
    due_at = now if request.not_before is None or problems else max(now, request.not_before)
    validity = timedelta(seconds=request.valid_seconds) if request.valid_seconds else _DEFAULT_VALIDITY
    deadline = request.deadline or due_at + validity
    if not due_at < deadline <= latest + timedelta(days=7):
        message = "Expected a moment after not_before, in the future, and within 38 days"
        problems.append(FieldProblem(pointer="/deadline", message=message))
    problems += _consent_problems(request, now)
    if problems or phone is None:
        raise RequestImpossibleError(errors=problems)
    return Asked(request=request, phone=phone, due_at=due_at, deadline=deadline)


def _consent_problems(request: NotificationRequest, now: datetime) -> list[FieldProblem]:
    carried = request.consent
    if carried is None:
        return []
    if not _EARLIEST <= carried.given_at <= now + _CLOCK_SKEW:
        message = "Expected a moment since 2000 that has come already"
        return [FieldProblem(pointer="/consent/given_at", message=message)]
    if carried.valid_until is not None and carried.valid_until < natural_day(carried.given_at):
        message = "Expected a day not before that of given_at"
        return [FieldProblem(pointer="/consent/valid_until", message=message)]
    return []


async def find(session: AsyncSession, tenant_id: UUID, notification_id: UUID) -> Notification:
    """A tenant's notification or `NotificationNotFoundError`."""
    row = await repository_listing.notification_by_id(session, tenant_id, notification_id)
    if row is None:
        raise NotificationNotFoundError
    return row


async def cancel(
    session: AsyncSession, tenant_id: UUID, notification_id: UUID, now: datetime
) -> Notification:
    """Cancel on request; a second time changes nothing.

    Raises `NotificationNotFoundError`, and `NotificationFinishedError` when it came to another end.
    """
    record = Record(now)
    await stop_notifications(session, tenant_id, StopReason.CANCELLED, record, ids=[notification_id])
    await record.write(session)
    row = await find(session, tenant_id, notification_id)
    state = NotificationState(row.state)
    if state not in OPEN_STATES and state is not NotificationState.CANCELLED:
        raise NotificationFinishedError(state=state.value)
    return row


async def _earlier(
    session: AsyncSession, tenant_id: UUID, reference: str, digest: bytes
) -> Notification | None:
    row = await repository_listing.notification_by_reference(session, tenant_id, reference)
    if row is not None and row.request_hash != digest:
        raise ReferenceConflictError(client_reference=reference)
    return row


async def _script(session: AsyncSession, tenant_id: UUID, asked: Asked) -> ApprovedScript:
    script = (await approved_scripts(session, tenant_id)).get(asked.request.script)
    if script is None:
        raise ScriptNotFoundError(script=asked.request.script)
    if script.channel is Channel.SMS and not asked.phone.is_mobile:
        problem = FieldProblem(pointer="/phone", message="A text message needs a mobile number")
        raise RequestImpossibleError(errors=[problem])
    try:
        fill(script, asked.request.parameters)
    except ParameterInvalidError as error:
        pointer = f"/parameters/{error.details.get('parameter')}"
        reason = str(error.details.get("reason"))
        raise RequestImpossibleError(errors=[FieldProblem(pointer=pointer, message=reason)]) from error
    return script


def _draft(vault: Vault, tenant_id: UUID, asked: Asked, script: ApprovedScript, plan: DeliveryPlan) -> Draft:
    sealed = vault.seal_phone(asked.phone)
    request = asked.request
    return Draft(
        id=new_id(),
        tenant_id=tenant_id,
        purpose=Purpose.NOTICE,
        channel=script.channel.value,
        script_version_id=script.version_id,
        parameters=request.parameters,
        callee_cipher=sealed.cipher,
        callee_index=sealed.index,
        plan=msgspec.json.encode(plan).decode(),
        priority=request.priority,
        deadline=asked.deadline,
        due_at=asked.due_at,
        client_reference=request.client_reference,
        matter=request.parameters.get("matter"),
        window=request.parameters.get("window"),
    )
