"""A contract that is signed, paid and qualified, for tests that need a tenant to be served."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from tests.support.hall.builders import Hall

from yunhu.domains.contracts.drafts import SignWish, create, sign
from yunhu.domains.contracts.events import journal_of
from yunhu.domains.contracts.payments import PaymentWish, record_payment
from yunhu.domains.contracts.qualifications import (
    QualificationWish,
    add_qualification,
    check_qualification,
)
from yunhu.domains.contracts.terms import add_months
from yunhu.domains.contracts.wishes import ContractWish, ItemWish
from yunhu.domains.contracts.words import Charging, ItemKind
from yunhu.domains.identity.public import TENANT_SCOPES, KeyWish, Tenant, create_api_key
from yunhu.foundation.actor import system
from yunhu.foundation.calendar import WorkingCalendar
from yunhu.foundation.clock import natural_day
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.ids import new_id

TESTER = system("test")
SECTION_B = (
    ItemWish(kind=ItemKind.CONSOLE, name="console", unit="month", quota=12, price=0),
    ItemWish(kind=ItemKind.ROBOT, name="robots", unit="robot", quota=2, price=4_400_000),
    ItemWish(kind=ItemKind.CALLER_NUMBER, name="numbers", unit="number", quota=40, price=0),
    ItemWish(kind=ItemKind.VOICE_NOTIFICATION, name="voice", unit="call", quota=1_380_000, price=13_800_000),
    ItemWish(kind=ItemKind.CALL_CARD, name="cards", unit="card", quota=1_380_000, price=6_700_000),
)


def contract_wish(
    first_day: date,
    *,
    number: str = "T-1",
    items: tuple[ItemWish, ...] = SECTION_B,
    prepayment: int = 24_900_000,
    charging: Charging = Charging.ON_ANSWER,
    required_documents: tuple[str, ...] | None = None,
    months: int = 12,
) -> ContractWish:
    """The contract of section B, from a day on."""
    return ContractWish(
        number=number,
        operator_name="operator",
        tenant_name="tenant",
        first_day=first_day,
        last_day=add_months(first_day, months) - timedelta(days=1),
        items=items,
        prepayment=prepayment,
        charging=charging,
        required_documents=required_documents,
    )


async def bare_tenant(database: Database, vault: Vault, now: datetime, *, slug: str = "yanta") -> Hall:
    """A tenant with a key, and neither contract nor scripts."""
    tenant_id = new_id()
    async with database.transaction() as session:
        session.add(Tenant(id=tenant_id, slug=slug, name=slug, created_at=now))
        await session.flush()
        wish = KeyWish(name="test", scopes=sorted(TENANT_SCOPES), rate_per_minute=1_000_000)
        token, _ = await create_api_key(session, vault, tenant_id, wish, now)
    return Hall(tenant_id, token, {})


async def serve(
    session: AsyncSession,
    tenant_id: UUID,
    now: datetime,
    *,
    wish: ContractWish | None = None,
) -> UUID:
    """An active contract from today on, signed and paid in full today; its id."""
    today = natural_day(now)
    wish = wish or contract_wish(today, number=f"T-{tenant_id}")
    async with journal_of(session, TESTER, now) as journal:
        row = await create(journal, tenant_id, wish)
        for kind in row.required_documents:
            paper = await add_qualification(journal, row.id, QualificationWish(kind=kind, reference="paper"))
            await check_qualification(journal, row.id, paper.id, "test")
        signature = SignWish(signed_on=today, signed_by="test")
        await sign(journal, row.id, signature, WorkingCalendar(), due_on=today)
        if row.prepayment:
            payment = PaymentWish(amount=row.prepayment, paid_on=today, reference="bank")
            await record_payment(journal, row.id, payment)
    return row.id
