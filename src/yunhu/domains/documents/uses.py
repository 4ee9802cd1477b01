"""Where a document is used: every column of the house that names one."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, column, literal, or_, select, table, text, union
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

MOST_USES = 50
"""A file of proofs can stand behind every consent of an import: the newest are told."""


class UseKind(StrEnum):
    """What uses it."""

    CARD_LOGO = "card_logo"
    CONSENT = "consent"
    FILING = "filing"
    NUMBER = "number"
    QUALIFICATION = "qualification"
    RECONCILIATION = "reconciliation"
    STATEMENT = "statement"
    TASK_INPUT = "task_input"
    TASK_RESULT = "task_result"


class DocumentUse(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that uses it. Whoever may see that thing finds it by its id."""

    kind: UseKind
    id: UUID
    """Of the card profile, consent, filing version, caller number, contract, comparison, statement or task."""


SOURCES: Mapping[UseKind, tuple[str, tuple[str, ...], str]] = {
    UseKind.CARD_LOGO: ("card_profiles", ("logo_document_id",), "id"),
    UseKind.CONSENT: ("consents", ("document_id",), "id"),
    UseKind.NUMBER: ("number_papers", ("document_id",), "number_id"),
    UseKind.QUALIFICATION: ("contract_qualifications", ("document_id",), "contract_id"),
    UseKind.RECONCILIATION: ("reconciliations", ("document_id",), "id"),
    UseKind.STATEMENT: ("statements", ("pdf_document_id", "xlsx_document_id"), "id"),
    UseKind.TASK_INPUT: ("tasks", ("input_document_id",), "id"),
    UseKind.TASK_RESULT: ("tasks", ("result_document_id",), "id"),
}
"""Table, columns that name a document, column that names what uses it."""


def _used(kind: UseKind, document_id: UUID) -> Select[Any]:
    name, columns, of = SOURCES[kind]
    source = table(name, column(of), *(column(one) for one in columns))
    named = or_(*(source.c[one] == document_id for one in columns))
    return _some(select(literal(kind.value).label("kind"), source.c[of].label("id")).where(named))


def _filed(document_id: UUID, tenant_id: UUID | None) -> Select[Any]:
    """A filing holds its attachments in its content; a tenant has few versions."""
    versions = table("filing_versions", column("id"), column("tenant_id"), column("content", JSONB))
    attached = versions.c.content["attachments"].contains([str(document_id)])
    found = select(literal(UseKind.FILING.value).label("kind"), versions.c.id.label("id"))
    return _some(found.where(versions.c.tenant_id == tenant_id, attached))


def _some(query: Select[Any]) -> Select[Any]:
    newest = query.order_by(text("id DESC")).limit(MOST_USES).subquery()
    return select(newest.c.kind, newest.c.id)


async def uses_of(session: AsyncSession, document_id: UUID, tenant_id: UUID | None) -> list[DocumentUse]:
    """What uses a document of a tenant, or of the operator, at most `MOST_USES` things."""
    queries = [*(_used(kind, document_id) for kind in SOURCES), _filed(document_id, tenant_id)]
    rows = await session.execute(union(*queries).order_by("kind", "id").limit(MOST_USES))
    return [DocumentUse(kind=UseKind(row.kind), id=row.id) for row in rows]
