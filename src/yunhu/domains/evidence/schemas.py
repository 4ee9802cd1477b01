"""Packs over the wire. Phone numbers are masked."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from yunhu.domains.evidence.keys import PublicKey
from yunhu.domains.evidence.models import EvidencePack
from yunhu.domains.tasks.public import Task, TaskState
from yunhu.foundation.crypto import Vault

Reason = Annotated[
    str,
    Meta(
        min_length=4,
        max_length=500,
        pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$(?!\n)",
        description="Why, in words; kept with the pack and in the audit log.",
    ),
]


class EvidenceRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be proved. Exactly one of call_id, phone, complaint_id, or both days."""

    reason: Reason
    call_id: UUID | None = None
    phone: Annotated[str, Meta(max_length=24)] | None = None
    complaint_id: UUID | None = None
    first_day: date | None = None
    """Natural day, China time."""
    last_day: date | None = None
    with_recordings: bool = False
    """Put the recordings themselves in; their hashes are in any case."""
    whole_phones: bool = False
    """Show phone numbers whole; needs phones:reveal."""


class PackView(msgspec.Struct, frozen=True, kw_only=True):
    """An evidence pack."""

    id: UUID
    kind: str
    call_id: UUID | None
    complaint_id: UUID | None
    callee: str | None
    """Masked."""
    first_day: date | None
    last_day: date | None
    with_recordings: bool
    whole_phones: bool
    reason: str
    requested_by: str
    of_operator: bool
    requested_at: datetime
    state: str
    """queued, running, done, failed, cancelled."""
    done_units: int
    total_units: int | None
    message: str
    attempts: int
    """Calls and messages in it."""
    key_id: str | None
    content_sha256: str | None
    finished_at: datetime | None
    task_id: UUID | None


class OperatorPackView(PackView, frozen=True, kw_only=True):
    """A pack as the operator's list shows it; what is in it needs the tenant's grant."""

    tenant_id: UUID


class PublicKeys(msgspec.Struct, frozen=True):
    """Every key that ever signed a pack, oldest first; the last is the one in use."""

    items: list[PublicKey]


def pack_fields(row: EvidencePack, task: Task | None, vault: Vault) -> dict[str, object]:
    """What both views show."""
    same = (
        "id", "kind", "call_id", "complaint_id", "first_day", "last_day", "with_recordings", "whole_phones", "reason",
        "of_operator", "requested_at", "attempts", "key_id", "content_sha256", "finished_at", "task_id",
    )  # fmt: skip
    state = TaskState.DONE if row.finished_at else TaskState(task.state) if task else TaskState.FAILED
    return {
        **{name: getattr(row, name) for name in same},
        "callee": vault.open_phone(row.callee_cipher).masked if row.callee_cipher else None,
        "requested_by": row.requested_by["name"],
        "state": state.value,
        "done_units": task.done_units or 0 if task else 0,
        "total_units": task.total_units if task else None,
        "message": task.message or "" if task else "",
    }


def pack_view(row: EvidencePack, task: Task | None, vault: Vault) -> PackView:
    """For the tenant."""
    return PackView(**pack_fields(row, task, vault))  # type: ignore[arg-type]


def operator_pack_view(row: EvidencePack, task: Task | None, vault: Vault) -> OperatorPackView:
    """For the operator."""
    return OperatorPackView(tenant_id=row.tenant_id, **pack_fields(row, task, vault))  # type: ignore[arg-type]
