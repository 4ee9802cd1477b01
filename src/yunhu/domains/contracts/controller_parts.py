"""HTTP endpoints for what hangs on a contract: causes against service, supplements, qualification documents."""

from uuid import UUID

from litestar import Controller, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from yunhu.domains.contracts import suspensions
from yunhu.domains.contracts.drafts import SignWish
from yunhu.domains.contracts.events import request_journal
from yunhu.domains.contracts.qualifications import (
    QualificationWish,
    add_qualification,
    check_qualification,
)
from yunhu.domains.contracts.schemas import (
    QualificationView,
    Reason,
    SupplementView,
    SuspensionView,
    qualification_view,
    supplement_view,
    suspension_view,
)
from yunhu.domains.contracts.supplements import add_supplement, sign_supplement, withdraw_supplement
from yunhu.domains.contracts.suspensions import CauseWish
from yunhu.domains.contracts.wishes import SupplementWish
from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.foundation.calendar import load_calendar
from yunhu.foundation.http import Services, problem_responses


class SuspensionController(Controller):
    """Causes against service: set, proposed, confirmed, declined, lifted."""

    path = "/operator/contracts/{contract_id:uuid}/suspensions"
    tags = ("Contracts",)
    guards = (requires(Scope.OPERATOR_CONTRACTS),)

    @post(summary="Suspend service", responses=problem_responses(404, 409))
    async def suspend(
        self,
        contract_id: FromPath[UUID],
        data: JSONBody[CauseWish],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> SuspensionView:
        """At once. One that stands already for this cause and subject is returned; a proposal is confirmed."""
        async with request_journal(services, caller.actor) as journal:
            row = await suspensions.suspend(journal, contract_id, data)
        return suspension_view(row)

    @post("/propose", summary="Propose a suspension", responses=problem_responses(404, 409))
    async def propose(
        self,
        contract_id: FromPath[UUID],
        data: JSONBody[CauseWish],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> SuspensionView:
        """Service goes on until a person confirms it."""
        async with request_journal(services, caller.actor) as journal:
            row = await suspensions.propose(journal, contract_id, data)
        return suspension_view(row)

    @post(
        "/{suspension_id:uuid}/confirm",
        summary="Confirm a suspension",
        status_code=200,
        responses=problem_responses(404, 409),
    )
    async def confirm(
        self,
        contract_id: FromPath[UUID],
        suspension_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> SuspensionView:
        """Service stops now."""
        async with request_journal(services, caller.actor) as journal:
            row = await suspensions.confirm(journal, contract_id, suspension_id)
        return suspension_view(row)

    @post(
        "/{suspension_id:uuid}/decline",
        summary="Decline a proposed suspension",
        status_code=200,
        responses=problem_responses(404, 409),
    )
    async def decline(
        self,
        contract_id: FromPath[UUID],
        suspension_id: FromPath[UUID],
        data: JSONBody[Reason],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> SuspensionView:
        """Service goes on."""
        async with request_journal(services, caller.actor) as journal:
            row = await suspensions.decline(journal, contract_id, suspension_id, data.reason)
        return suspension_view(row)

    @post(
        "/{suspension_id:uuid}/lift",
        summary="Lift a suspension",
        status_code=200,
        responses=problem_responses(404, 409),
    )
    async def lift(
        self,
        contract_id: FromPath[UUID],
        suspension_id: FromPath[UUID],
        data: JSONBody[Reason],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> SuspensionView:
        """Service goes on when it was the last cause. What follows the facts (unpaid, expired) lifts itself."""
        async with request_journal(services, caller.actor) as journal:
            row = await suspensions.lift(journal, contract_id, suspension_id, data.reason)
        return suspension_view(row)


class SupplementController(Controller):
    """Amendments of a contract."""

    path = "/operator/contracts/{contract_id:uuid}/supplements"
    tags = ("Contracts",)
    guards = (requires(Scope.OPERATOR_CONTRACTS),)

    @post(summary="Draft a supplement", responses=problem_responses(404, 409, 422))
    async def add(
        self,
        contract_id: FromPath[UUID],
        data: JSONBody[SupplementWish],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> SupplementView:
        """More of something, something new, or a later last day; 409 with the id when its number is taken."""
        async with request_journal(services, caller.actor) as journal:
            row = await add_supplement(journal, contract_id, data)
        return supplement_view(row)

    @post(
        "/{supplement_id:uuid}/sign",
        summary="Sign a supplement",
        status_code=200,
        responses=problem_responses(404, 409, 422),
    )
    async def sign(
        self,
        contract_id: FromPath[UUID],
        supplement_id: FromPath[UUID],
        data: JSONBody[SignWish],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> SupplementView:
        """In force from its day on, at once when that day has come; its price is due like the prepayment."""
        async with request_journal(services, caller.actor) as journal:
            calendar = await load_calendar(journal.session)
            row = await sign_supplement(journal, contract_id, supplement_id, data, calendar)
        return supplement_view(row)

    @post(
        "/{supplement_id:uuid}/withdraw",
        summary="Withdraw a supplement",
        status_code=200,
        responses=problem_responses(404, 409),
    )
    async def withdraw(
        self,
        contract_id: FromPath[UUID],
        supplement_id: FromPath[UUID],
        data: JSONBody[Reason],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> SupplementView:
        """A draft only; what was signed stays."""
        async with request_journal(services, caller.actor) as journal:
            row = await withdraw_supplement(journal, contract_id, supplement_id, data.reason)
        return supplement_view(row)


class QualificationController(Controller):
    """Documents that a tenant has to have (§9.6)."""

    path = "/operator/contracts/{contract_id:uuid}/qualifications"
    tags = ("Contracts",)
    guards = (requires(Scope.OPERATOR_CONTRACTS),)

    @post(summary="Add a qualification document", responses=problem_responses(404))
    async def add(
        self,
        contract_id: FromPath[UUID],
        data: JSONBody[QualificationWish],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> QualificationView:
        """It counts once a person has checked it."""
        async with request_journal(services, caller.actor) as journal:
            row = await add_qualification(journal, contract_id, data)
        return qualification_view(row)

    @post(
        "/{qualification_id:uuid}/check",
        summary="Confirm that a document was checked",
        status_code=200,
        responses=problem_responses(404, 422),
    )
    async def check(
        self,
        contract_id: FromPath[UUID],
        qualification_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> QualificationView:
        """The caller compared it with the original; service that waited for it goes on."""
        async with request_journal(services, caller.actor) as journal:
            row = await check_qualification(journal, contract_id, qualification_id, caller.actor.name)
        return qualification_view(row)
