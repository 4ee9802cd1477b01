"""HTTP endpoints about one's own account."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from yunhu.domains.identity.caller import Caller
from yunhu.domains.identity.guard import signed_in
from yunhu.domains.identity.people import People
from yunhu.domains.identity.schemas_users import (
    CodeRequest,
    EnrolmentView,
    PasswordChangeRequest,
    PasswordProof,
    RecoveryCodesView,
    SessionView,
    enrolment_view,
    session_view,
)
from yunhu.foundation.http import problem_responses

AnyRequest = Request[Any, Any, Any]


class AccountController(Controller):
    """For persons who have signed in. Wrong passwords and codes count like failed sign-ins."""

    path = "/account"
    tags = ("Own account",)
    guards = (signed_in,)

    @put("/password", summary="Change one's password", status_code=204, responses=problem_responses(422))
    async def change_password(
        self,
        data: JSONBody[PasswordChangeRequest],
        caller: NamedDependency[Caller],
        request: AnyRequest,
        people: NamedDependency[People],
    ) -> None:
        """Every other session of the account ends at once."""
        await people.account.change_password(
            caller, data.current_password, data.new_password, people.address_of(request)
        )

    @post(
        "/second-factor",
        summary="Begin to enrol a second factor",
        status_code=200,
        responses=problem_responses(409),
    )
    async def begin_second_factor(
        self,
        data: JSONBody[PasswordProof],
        caller: NamedDependency[Caller],
        request: AnyRequest,
        people: NamedDependency[People],
    ) -> EnrolmentView:
        """A fresh secret for an authenticator app; in use once it is confirmed."""
        return enrolment_view(
            await people.account.begin_second_factor(caller, data.password, people.address_of(request))
        )

    @post(
        "/second-factor/confirm",
        summary="Confirm the second factor",
        status_code=200,
        responses=problem_responses(409),
    )
    async def confirm_second_factor(
        self,
        data: JSONBody[CodeRequest],
        caller: NamedDependency[Caller],
        request: AnyRequest,
        people: NamedDependency[People],
    ) -> RecoveryCodesView:
        """The app's first code; the answer holds ten recovery codes, this one time."""
        codes = await people.account.finish_second_factor(caller, data.code, people.address_of(request))
        return RecoveryCodesView(recovery_codes=codes)

    @post(
        "/second-factor/remove",
        summary="Do without a second factor",
        status_code=204,
        responses=problem_responses(409),
    )
    async def remove_second_factor(
        self,
        data: JSONBody[PasswordProof],
        caller: NamedDependency[Caller],
        request: AnyRequest,
        people: NamedDependency[People],
    ) -> None:
        """Refused where it is mandatory."""
        await people.account.remove_second_factor(caller, data.password, people.address_of(request))

    @post(
        "/recovery-codes",
        summary="Make new recovery codes",
        status_code=200,
        responses=problem_responses(409),
    )
    async def new_recovery_codes(
        self,
        data: JSONBody[CodeRequest],
        caller: NamedDependency[Caller],
        request: AnyRequest,
        people: NamedDependency[People],
    ) -> RecoveryCodesView:
        """Ten new ones against a code of the app; the old ones are void."""
        codes = await people.account.new_recovery_codes(caller, data.code, people.address_of(request))
        return RecoveryCodesView(recovery_codes=codes)

    @get("/sessions", summary="List one's sessions", responses=problem_responses())
    async def list_sessions(
        self, caller: NamedDependency[Caller], people: NamedDependency[People]
    ) -> list[SessionView]:
        """Running ones, newest first."""
        return [session_view(row, caller.session_id) for row in await people.account.sessions(caller)]

    @delete(
        "/sessions/{session_id:uuid}", summary="End one of one's sessions", responses=problem_responses(404)
    )
    async def end_session(
        self, session_id: FromPath[UUID], caller: NamedDependency[Caller], people: NamedDependency[People]
    ) -> None:
        """At once, in every process."""
        await people.account.end_session(caller, session_id)
