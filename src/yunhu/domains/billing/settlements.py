"""The closing account as a paper, made anew whenever it is asked for: what it says is kept and does not change."""

import asyncio
import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.billing.errors import SettlementNotFoundError
from yunhu.domains.billing.excel import write_workbook
from yunhu.domains.billing.pdf import paper_pdf
from yunhu.domains.billing.wording import Paper, SettledContract, settlement_paper

_SETTLED = text(
    """
    SELECT c.number AS contract, c.operator_name, c.tenant_name, c.first_day, c.last_day, c.vat_basis_points,
        s.settled_on, s.account
    FROM contract_settlements AS s JOIN contracts AS c ON c.id = s.contract_id
    WHERE s.contract_id = :contract_id AND (CAST(:tenant_id AS uuid) IS NULL OR s.tenant_id = :tenant_id)
    """
)


async def paper_of_settlement(session: AsyncSession, contract_id: UUID, tenant_id: UUID | None) -> Paper:
    """What stands on it; of this tenant if one is named. Raises `SettlementNotFoundError`."""
    values = {"contract_id": contract_id, "tenant_id": tenant_id}
    row = (await session.execute(_SETTLED, values)).one_or_none()
    if row is None:
        raise SettlementNotFoundError
    fields: dict[str, Any] = dict(row._mapping)
    return settlement_paper(msgspec.convert(fields, SettledContract))


async def printed(paper: Paper, form: str) -> bytes:
    """A paper without details as `pdf` or `xlsx`."""
    if form == "pdf":
        return await asyncio.to_thread(paper_pdf, paper)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "paper.xlsx"
        await write_workbook(path, paper)
        return path.read_bytes()
