"""Consents and refusals over the wire. The whole number never goes out, but for one document that is asked for it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from yunhu.domains.consent.evidence import Proof, stands
from yunhu.domains.consent.links import DEFAULT_DAYS, LONGEST_DAYS
from yunhu.domains.consent.models import Consent, Refusal, RefusalSource
from yunhu.domains.notifications.public import ConsentPurpose, ConsentSource
from yunhu.foundation.crypto import Vault

PhoneText = Annotated[str, Meta(min_length=3, max_length=24, description="13812345678, 029-88886666, +86…")]
Line = Annotated[str, Meta(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f\x7f]+$(?!\n)")]
Reason = Annotated[str, Meta(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\x7f]+$(?!\n)")]
Moment = Annotated[datetime, Meta(tz=True)]


class RefusalRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person who wants no further calls and texts."""

    phone: PhoneText


class RefusalView(msgspec.Struct, frozen=True, kw_only=True):
    """A refusal as it can be shown."""

    id: UUID
    phone: str
    """Masked."""
    source: RefusalSource
    call_id: UUID | None
    at: datetime
    recorded_by: str
    """Empty when the person did it."""
    lifted_at: datetime | None
    """Null while it stands."""


class LinkRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For whom a link is wanted."""

    phone: PhoneText
    valid_days: Annotated[int, Meta(ge=1, le=LONGEST_DAYS)] = DEFAULT_DAYS
    """Natural days after today."""


class LinkView(msgspec.Struct, frozen=True, kw_only=True):
    """A link by which one person refuses, or takes it back. Give it to nobody else."""

    url: str
    last_day: date


class GivenBy(StrEnum):
    """How consent was given, where somebody tells it. Kiosks and imports have ways of their own."""

    FORM = "form"
    RECORDING = "recording"
    API = "api"


class ConsentRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An act of consent."""

    phone: PhoneText
    purpose: ConsentPurpose
    source: GivenBy
    given_at: Moment
    valid_until: date | None = None
    """Last natural day; left out: until it is withdrawn."""
    reference: Line
    """Where the evidence lies: the number of a form, the file of a recording, an id of your own."""
    document_id: UUID | None = None
    """A document that was uploaded before: the scanned form."""


class ReasonRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why: somebody no longer agrees, or somebody has to see a whole number."""

    reason: Reason


class WithdrawalView(msgspec.Struct, frozen=True, kw_only=True):
    """What a withdrawal did."""

    purpose: ConsentPurpose
    withdrawn: int
    """Acts of consent that stood until now."""


class ImportRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file of consents that was uploaded as a document before."""

    document_id: UUID
    purpose: ConsentPurpose
    """Of rows that name none themselves."""
    encoding: Annotated[str, Meta(pattern=r"^(utf-8|gb18030)$")] = "utf-8"
    skip_bad_rows: bool = False
    """Left out: one bad row, and nothing is imported."""
    evidence_document_id: UUID | None = None
    """A document that holds the evidence of all rows: the scanned forms."""


class ImportAccepted(msgspec.Struct, frozen=True):
    """Its progress and report are at `GET /api/v1/tasks/{id}`."""

    task_id: UUID


class ConsentView(msgspec.Struct, frozen=True, kw_only=True):
    """An act of consent."""

    id: UUID
    phone: str
    """Masked."""
    purpose: ConsentPurpose
    source: ConsentSource
    given_at: datetime
    valid_until: date | None
    reference: str
    document_id: UUID | None
    recorded_at: datetime
    recorded_by: str
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    withdrawal_reason: str
    stands: bool
    """Whether calls may rest on it now."""


class PurposeProof(msgspec.Struct, frozen=True, kw_only=True):
    """What stands for one purpose."""

    purpose: ConsentPurpose
    consent_id: UUID | None


class ProofView(msgspec.Struct, frozen=True, kw_only=True):
    """What one person agreed to, and took back."""

    phone: str
    """Masked."""
    made_at: datetime
    standing: list[PurposeProof]
    consents: list[ConsentView]
    """Newest first, at most 100."""
    refusals: list[RefusalView]


def refusal_view(row: Refusal, vault: Vault) -> RefusalView:
    """The wire form of a refusal."""
    return RefusalView(
        id=row.id,
        phone=vault.open_phone(row.callee_cipher).masked,
        source=RefusalSource(row.source),
        call_id=row.call_id,
        at=row.at,
        recorded_by=row.recorded_by or "",
        lifted_at=row.lifted_at,
    )


def consent_view(row: Consent, vault: Vault, now: datetime) -> ConsentView:
    """The wire form of a consent."""
    return ConsentView(
        id=row.id,
        phone=vault.open_phone(row.callee_cipher).masked,
        purpose=ConsentPurpose(row.purpose),
        source=ConsentSource(row.source),
        given_at=row.given_at,
        valid_until=row.valid_until,
        reference=row.reference,
        document_id=row.document_id,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        withdrawn_at=row.withdrawn_at,
        withdrawn_by=row.withdrawn_by,
        withdrawal_reason=row.withdrawal_reason,
        stands=stands(row, now),
    )


def proof_view(proof: Proof, vault: Vault) -> ProofView:
    """The wire form of a proof."""
    found = {purpose: proof.standing(purpose) for purpose in ConsentPurpose}
    return ProofView(
        phone=vault.open_phone(proof.callee_cipher).masked,
        made_at=proof.made_at,
        standing=[
            PurposeProof(purpose=purpose, consent_id=row.id if row else None)
            for purpose, row in found.items()
        ],
        consents=[consent_view(row, vault, proof.made_at) for row in proof.consents],
        refusals=[refusal_view(row, vault) for row in proof.refusals],
    )
