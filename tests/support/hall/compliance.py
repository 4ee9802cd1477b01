"""What a tenant needs before the gate lets anything out: a contract in service, and a filing that holds its scripts."""

from datetime import datetime
from functools import cache
from importlib.resources import files
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.contracts.file import ContractDocument, ContractFile
from yunhu.domains.contracts.provision import provision_contract
from yunhu.domains.filings.public import FilingWish, implied_terms, provision_filing
from yunhu.entrypoints.apply_yaml import read_typed


@cache
def example_contract() -> ContractFile:
    """The contract of section B, signed and paid on the day on which it is loaded."""
    text_ = (files("yunhu.entrypoints.examples") / "contract.yaml").read_text(encoding="utf-8")
    return read_typed(text_, ContractDocument)[0].contract


async def put_under_contract(session: AsyncSession, tenant_id: UUID, now: datetime) -> None:
    """A paid contract from this very day."""
    number = f"T-{tenant_id.hex[-12:]}"
    file = msgspec.structs.replace(
        example_contract(),
        number=number,
        paid=tuple(
            msgspec.structs.replace(part, reference=f"{part.reference}-{number}")
            for part in example_contract().paid
        ),
    )
    await provision_contract(session, tenant_id, file, now)


async def file_scripts(session: AsyncSession, tenant_id: UUID, now: datetime) -> None:
    """One filing over every approved wording of the tenant, in force at once."""
    query = text(
        "SELECT s.slug, v.text_hash FROM script_versions AS v JOIN scripts AS s ON s.id = v.script_id "
        "WHERE v.tenant_id = :tenant_id AND v.state = 'approved'"
    )
    rows = (await session.execute(query, {"tenant_id": tenant_id})).all()
    wish = FilingWish(terms=implied_terms("reviewer"), wordings={row.slug: row.text_hash for row in rows})
    await provision_filing(session, tenant_id, wish, now)
