"""Use cases of packs: request, build, hand out."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import OWN_LOOK, ContentKind, look, record, require_grant
from yunhu.domains.documents.public import (
    Document,
    DocumentStore,
    NewDocument,
    document_by_id,
    store_document,
)
from yunhu.domains.evidence import parts, repository
from yunhu.domains.evidence.builder import Outcome, PackBuilder
from yunhu.domains.evidence.errors import (
    PackNotFoundError,
    PackNotReadyError,
    PhonesNotAllowedError,
    RecordingsNotAllowedError,
    SubjectInvalidError,
    SubjectNotFoundError,
)
from yunhu.domains.evidence.gathering import Progress
from yunhu.domains.evidence.models import EvidencePack
from yunhu.domains.evidence.rules import file_name, subject_of
from yunhu.domains.evidence.schemas import EvidenceRequest
from yunhu.domains.evidence.words import DOCUMENT_KIND, TASK_KIND, SubjectKind
from yunhu.domains.identity.public import Caller, Scope
from yunhu.domains.tasks.public import enqueue_task
from yunhu.foundation.actor import Actor
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.evidence import Attempt, Wanted
from yunhu.foundation.ids import new_id
from yunhu.foundation.phone import InvalidPhoneError, Phone

_LOOK = OWN_LOOK.removeprefix("look.")


class Requester(msgspec.Struct, frozen=True, kw_only=True):
    """Who wants a pack, and what of it this somebody may have."""

    actor: Actor
    of_operator: bool
    user_id: UUID | None = None
    may_see_phones: bool
    may_hear: bool


def requester_of(caller: Caller) -> Requester:
    """Behind a request."""
    return Requester(
        actor=caller.actor,
        of_operator=caller.of_operator,
        user_id=caller.user_id,
        may_see_phones=Scope.PHONES_REVEAL in caller.scopes,
        may_hear=Scope.CALLS_READ in caller.scopes,
    )


async def check_allowed(
    session: AsyncSession,
    requester: Requester,
    tenant_id: UUID,
    now: datetime,
    *,
    recordings: bool,
    phones: bool,
) -> None:
    """Rows D2, D8. Raises `GrantNeededError`, `PhonesNotAllowedError`, `RecordingsNotAllowedError`."""
    if requester.of_operator:
        kinds = [ContentKind.EVIDENCE]
        kinds += [ContentKind.RECORDINGS] if recordings else []
        kinds += [ContentKind.PHONES] if phones else []
        for kind in kinds:
            await require_grant(session, tenant_id, requester.user_id, kind, now)
    if phones and not requester.may_see_phones:
        raise PhonesNotAllowedError
    if recordings and not requester.may_hear:
        raise RecordingsNotAllowedError


async def request_pack(
    session: AsyncSession,
    vault: Vault,
    requester: Requester,
    tenant_id: UUID,
    wish: EvidenceRequest,
    now: datetime,
    *,
    enqueue: bool = True,
) -> EvidencePack:
    """Put the wish on record and, with `enqueue`, let a node fulfil it.

    Raises what `check_allowed` and `subject_of` raise, and `SubjectNotFoundError`.
    """
    kind = subject_of(wish)
    recordings, phones = wish.with_recordings, wish.whole_phones
    await check_allowed(session, requester, tenant_id, now, recordings=recordings, phones=phones)
    pack = EvidencePack(
        id=new_id(),
        tenant_id=tenant_id,
        kind=kind.value,
        call_id=wish.call_id,
        complaint_id=wish.complaint_id,
        first_day=wish.first_day,
        last_day=wish.last_day,
        with_recordings=recordings,
        whole_phones=phones,
        reason=wish.reason,
        requested_by=msgspec.to_builtins(requester.actor),
        of_operator=requester.of_operator,
        requested_at=now,
        attempts=0,
    )
    await _complete_subject(session, vault, pack, wish)
    if enqueue:
        task = await enqueue_task(
            session,
            tenant_id=tenant_id,
            kind=TASK_KIND,
            parameters={"pack_id": str(pack.id)},
            actor=requester.actor,
            now=now,
        )
        pack.task_id = task.id
    session.add(pack)
    await session.flush()
    await _put_on_record(session, requester.actor, pack, now)
    return pack


async def _complete_subject(
    session: AsyncSession, vault: Vault, pack: EvidencePack, wish: EvidenceRequest
) -> None:
    if wish.phone is not None:
        try:
            phone = Phone.parse(wish.phone)
        except InvalidPhoneError as error:
            raise SubjectInvalidError(str(error)) from None
        sealed = vault.seal_phone(phone)
        pack.callee_cipher, pack.callee_index = sealed.cipher, sealed.index
    if wish.call_id is not None:
        call = await _call(session, pack, wish.call_id)
        pack.callee_cipher, pack.callee_index = call.callee_cipher, call.callee_index
        pack.first_day = pack.last_day = call.day
    if wish.complaint_id is not None:
        await _of_complaint(session, pack)


async def _call(session: AsyncSession, pack: EvidencePack, call_id: UUID) -> Attempt:
    wanted = Wanted(call_ids=(call_id,), until=pack.requested_at)
    found = await parts.SOURCES[0].page(session, pack.tenant_id, wanted, None, 1)
    if not found:
        raise SubjectNotFoundError
    return found[0]


async def _of_complaint(
    session: AsyncSession, pack: EvidencePack
) -> tuple[tuple[UUID, ...], tuple[UUID, ...]]:
    """Calls and messages."""
    if pack.complaint_id is None:
        raise SubjectNotFoundError
    found = await parts.attempts_of_complaint(session, pack.tenant_id, pack.complaint_id)
    if found is None:
        raise SubjectNotFoundError
    return found


async def _put_on_record(session: AsyncSession, actor: Actor, pack: EvidencePack, now: datetime) -> None:
    after = {
        name: getattr(pack, name)
        for name in (
            "kind",
            "call_id",
            "complaint_id",
            "first_day",
            "last_day",
            "with_recordings",
            "whole_phones",
        )
    }
    of_pack = ("evidence_pack", pack.id)
    await record(
        session, actor, action="evidence_pack.request", subject=of_pack, tenant_id=pack.tenant_id, after=after,
        reason=pack.reason, now=now,
    )  # fmt: skip
    looks = [(_LOOK, of_pack)]
    looks += [(_LOOK, ("call", pack.call_id))] if pack.call_id else []
    looks += [("phone", of_pack)] if pack.whole_phones else []
    looks += [("recording", of_pack)] if pack.with_recordings else []
    for kind, subject in looks:
        await look(
            session, actor, kind=kind, subject=subject, tenant_id=pack.tenant_id, reason=pack.reason, now=now
        )


async def build_pack(
    database: Database, builder: PackBuilder, store: DocumentStore, pack_id: UUID, tenant_id: UUID, now: datetime,
    progress: Progress, outcome: Outcome | None = None,
) -> EvidencePack:  # fmt: skip
    """Make a pack and keep it; one that is finished stays as it is. `outcome` is told what was packed."""
    async with database.transaction() as session:
        pack = await repository.pack_of(session, tenant_id, pack_id)
        if pack is None:
            raise PackNotFoundError
        wanted = await _wanted(session, pack)
    if pack.document_id is not None:
        return pack
    signer, outcome = builder.signer(), outcome or Outcome()
    async with database.transaction() as session:
        # Nothing is asked of the database before the last byte is written: no connection is held meanwhile.
        new = NewDocument(
            tenant_id=tenant_id,
            kind=DOCUMENT_KIND,
            file_name=file_name(SubjectKind(pack.kind), pack.id),
            media_type="application/zip",
            actor=msgspec.convert(pack.requested_by, Actor),
            now=now,
        )
        content = builder.stream(pack, wanted, signer, outcome, progress)
        document = await store_document(session, store, new, content)
        row = await repository.pack_of(session, tenant_id, pack_id, lock=True)
        if row is None:
            raise PackNotFoundError
        if row.document_id is None:
            row.document_id, row.key_id, row.finished_at = document.id, signer.public.key_id, now
            row.content_sha256, row.attempts = outcome.content_sha256, outcome.attempts
            await session.flush()
    return row


async def _wanted(session: AsyncSession, pack: EvidencePack) -> Wanted:
    until = pack.requested_at
    if pack.kind == SubjectKind.CALL and pack.call_id is not None:
        return Wanted(call_ids=(pack.call_id,), until=until)
    if pack.kind == SubjectKind.CALLEE:
        return Wanted(callee_index=pack.callee_index, until=until)
    if pack.kind == SubjectKind.COMPLAINT:
        calls, messages = await _of_complaint(session, pack)
        return Wanted(call_ids=calls, message_ids=messages, until=until)
    if pack.first_day is None or pack.last_day is None:
        raise SubjectInvalidError
    return Wanted(days=(pack.first_day, pack.last_day), until=until)


async def pack_to_hand_out(
    session: AsyncSession, requester: Requester, tenant_id: UUID, pack_id: UUID, now: datetime
) -> Document:
    """The document of a finished pack, with the look on record.

    Raises `PackNotFoundError`, `PackNotReadyError`, and what `check_allowed` raises.
    """
    pack = await repository.pack_of(session, tenant_id, pack_id)
    if pack is None:
        raise PackNotFoundError
    await check_allowed(
        session, requester, tenant_id, now, recordings=pack.with_recordings, phones=pack.whole_phones
    )
    if pack.document_id is None:
        raise PackNotReadyError
    document = await document_by_id(session, pack.document_id, tenant_id)
    subject = ("evidence_pack", pack.id)
    await look(session, requester.actor, kind=_LOOK, subject=subject, tenant_id=tenant_id, now=now)
    return document
