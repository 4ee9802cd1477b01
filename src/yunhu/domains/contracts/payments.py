"""Record what was paid, and put it to the claims that were due first."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from yunhu.domains.contracts import repository_parts
from yunhu.domains.contracts.advance import advance
from yunhu.domains.contracts.drafts import find_contract
from yunhu.domains.contracts.errors import ContractInvalidError, PaymentExistsError, StepRefusedError
from yunhu.domains.contracts.events import Journal
from yunhu.domains.contracts.models import Contract
from yunhu.domains.contracts.models_money import Allocation, Payment
from yunhu.domains.contracts.wishes import Text
from yunhu.domains.contracts.words import ContractState
from yunhu.foundation.ids import new_id


class PaymentWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Money that came in. Fen."""

    amount: Annotated[int, Meta(ge=1, le=10**12)]
    paid_on: date
    reference: Text
    """Of the bank; unique in the contract."""


async def record_payment(journal: Journal, contract_id: UUID, wish: PaymentWish) -> Payment:
    """Keep a payment and put it to claims. Raises `PaymentExistsError`, `StepRefusedError` for a draft."""
    row = await find_contract(journal.session, contract_id, lock=True)
    _check(journal, row, wish)
    payments = await repository_parts.payments_of(journal.session, row.id)
    same = next((payment for payment in payments if payment.reference == wish.reference), None)
    if same is not None:
        raise PaymentExistsError(f"{wish.reference} is recorded already", payment_id=str(same.id))
    payment = Payment(
        id=new_id(),
        contract_id=row.id,
        tenant_id=row.tenant_id,
        amount=wish.amount,
        paid_on=wish.paid_on,
        reference=wish.reference,
        recorded_by=journal.actor.name,
        recorded_at=journal.now,
    )
    journal.session.add(payment)
    await journal.session.flush()
    await allocate(journal, row)
    paid = {"payment_id": str(payment.id), "amount": payment.amount, "paid_on": payment.paid_on}
    journal.note("contract.payment", row, after={**paid, "reference": payment.reference})
    journal.tell("contract.payment_received", row, **paid)
    await advance(journal, row)
    return payment


async def allocate(journal: Journal, row: Contract) -> None:
    """Put what is on account to open claims. Called after a payment and after a new claim."""
    session = journal.session
    await session.flush()
    payments = await repository_parts.payments_of(session, row.id)
    gone = await repository_parts.allocated_of(session, [payment.id for payment in payments])
    paid = await repository_parts.paid_by_claim(session, row.id)
    free = [(payment.id, payment.amount - gone.get(payment.id, 0)) for payment in payments]
    open_ = [
        (claim.id, claim.amount - sum(part.amount for part in paid.get(claim.id, ())))
        for claim in await repository_parts.claims_of(session, row.id)
    ]
    for payment_id, claim_id, amount in matched(free, open_):
        session.add(
            Allocation(payment_id=payment_id, claim_id=claim_id, tenant_id=row.tenant_id, amount=amount)
        )
    await session.flush()


def matched(
    free: Sequence[tuple[UUID, int]], open_: Sequence[tuple[UUID, int]]
) -> Iterator[tuple[UUID, UUID, int]]:
    """Which part of which payment goes to which claim: both in their order, until one side is used up. Pure."""
    rest = dict(open_)
    for payment_id, there in free:
        left = there
        for claim_id, wanted in rest.items():
            amount = min(left, wanted)
            if amount > 0:
                yield payment_id, claim_id, amount
                left -= amount
                rest[claim_id] = wanted - amount


def _check(journal: Journal, row: Contract, wish: PaymentWish) -> None:
    if row.state in {ContractState.DRAFT, ContractState.SETTLED}:
        raise StepRefusedError(
            f"a contract that is {row.state} takes no payment", state=row.state, step="payment"
        )
    if wish.paid_on > journal.today:
        raise ContractInvalidError(f"paid_on {wish.paid_on} lies in the future", faults=["paid_on"])
