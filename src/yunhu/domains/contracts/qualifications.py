"""Qualification documents (row C12): collected, checked by a person, kept current."""

from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.contracts.advance import advance
from yunhu.domains.contracts.drafts import find_contract
from yunhu.domains.contracts.errors import ContractInvalidError, PartNotFoundError
from yunhu.domains.contracts.events import Journal
from yunhu.domains.contracts.models import Contract
from yunhu.domains.contracts.models_service import Qualification
from yunhu.domains.contracts.wishes import Text, Word
from yunhu.domains.documents.public import DocumentNotFoundError, document_by_id
from yunhu.foundation.ids import new_id


class QualificationWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A document of a tenant."""

    kind: Word
    reference: Text
    """The number printed on it, or where the paper lies."""
    document_id: UUID | None = None
    """Of the scan that was uploaded."""
    valid_until: date | None = None
    """The last day; left out for a document without end."""


async def add_qualification(journal: Journal, contract_id: UUID, wish: QualificationWish) -> Qualification:
    """Keep a document; it counts only once it was checked. Raises `DocumentNotFoundError` for a scan not there."""
    row = await find_contract(journal.session, contract_id, lock=True)
    if wish.document_id is not None:
        await _check_scan(journal.session, wish.document_id, row.tenant_id)
    paper = Qualification(
        id=new_id(),
        contract_id=row.id,
        tenant_id=row.tenant_id,
        kind=wish.kind,
        reference=wish.reference,
        document_id=wish.document_id,
        valid_until=wish.valid_until,
        added_by=journal.actor.name,
        added_at=journal.now,
    )
    journal.session.add(paper)
    await journal.session.flush()
    journal.note("contract.qualification_add", row, after=_shown(paper))
    return paper


async def check_qualification(
    journal: Journal, contract_id: UUID, paper_id: UUID, checked_by: str
) -> Qualification:
    """A person compared it with the original. Raises `PartNotFoundError`, `ContractInvalidError` if expired."""
    row = await find_contract(journal.session, contract_id, lock=True)
    paper = await _find(journal, row, paper_id)
    if paper.valid_until is not None and paper.valid_until < journal.today:
        raise ContractInvalidError(f"it was valid until {paper.valid_until}", faults=["valid_until"])
    before = _shown(paper)
    paper.checked_by, paper.checked_at = checked_by, journal.now
    journal.note("contract.qualification_check", row, before=before, after=_shown(paper))
    await advance(journal, row)
    return paper


async def _check_scan(session: AsyncSession, document_id: UUID, tenant_id: UUID) -> None:
    # Uploaded by the tenant, or by the operator's staff from what the tenant brought.
    try:
        await document_by_id(session, document_id, tenant_id)
    except DocumentNotFoundError:
        await document_by_id(session, document_id, None)


async def _find(journal: Journal, row: Contract, paper_id: UUID) -> Qualification:
    paper = await journal.session.get(Qualification, paper_id)
    if paper is None or paper.contract_id != row.id:
        raise PartNotFoundError
    return paper


def _shown(paper: Qualification) -> dict[str, object]:
    names = ("kind", "reference", "document_id", "valid_until", "checked_by")
    return {f"qualification.{name}": getattr(paper, name) for name in names}
