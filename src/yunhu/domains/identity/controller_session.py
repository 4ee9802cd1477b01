"""HTTP endpoints for signing in and out, and for taking an invitation."""

from typing import Any

from litestar import Controller, Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from yunhu.domains.identity import repository_sessions, repository_users
from yunhu.domains.identity.caller import Caller
from yunhu.domains.identity.guard import ANONYMOUS, any_caller, anybody, signed_in
from yunhu.domains.identity.links import Acceptance
from yunhu.domains.identity.one_time import csrf_token
from yunhu.domains.identity.passwords import normal
from yunhu.domains.identity.people import People
from yunhu.domains.identity.roles import Side
from yunhu.domains.identity.schemas_users import (
    AcceptanceRequest,
    EnrolmentCodeRequest,
    EnrolmentRequest,
    EnrolmentView,
    ForcedChangeRequest,
    SecondFactorRequest,
    SignInRequest,
    SignInView,
    WhoAmI,
    enrolment_view,
    sign_in_view,
)
from yunhu.domains.identity.sign_in import Progress
from yunhu.foundation.http import Services, problem_responses

AnyRequest = Request[Any, Any, Any]


class SignInController(Controller):
    """Login and password, then whatever the answer's `step` names, until it says `signed_in`."""

    path = "/session"
    tags = ("Sign-in",)
    guards = (anybody,)
    opt = ANONYMOUS
    security = ({},)

    @post(summary="Begin to sign in", status_code=200, responses=problem_responses())
    async def begin(
        self, data: JSONBody[SignInRequest], request: AnyRequest, people: NamedDependency[People]
    ) -> Response[SignInView]:
        """After five failures the login is locked for 15 minutes (429); a login that nobody has answers alike."""
        place = people.place_of(request)
        people.allow_try(place, normal(data.login))
        return _answer(people, request, await people.desk.begin(data.login, data.password, place))

    @post(
        "/second-factor", summary="Give the second factor", status_code=200, responses=problem_responses(409)
    )
    async def second_factor(
        self, data: JSONBody[SecondFactorRequest], request: AnyRequest, people: NamedDependency[People]
    ) -> Response[SignInView]:
        """A code of the app, good once; or a recovery code. Wrong codes count like wrong passwords."""
        place = people.place_of(request)
        people.allow_try(place)
        return _answer(people, request, await people.desk.second_factor(data.sign_in, data.code, place))

    @post(
        "/enrolment",
        summary="Begin to enrol the mandatory second factor",
        status_code=200,
        responses=problem_responses(409),
    )
    async def begin_enrolment(
        self, data: JSONBody[EnrolmentRequest], request: AnyRequest, people: NamedDependency[People]
    ) -> EnrolmentView:
        """A fresh secret for an authenticator app (RFC 6238). Asked again, the one before is void."""
        place = people.place_of(request)
        people.allow_try(place)
        return enrolment_view(await people.desk.begin_enrolment(data.sign_in, place))

    @post(
        "/enrolment/confirm",
        summary="Confirm the mandatory second factor",
        status_code=200,
        responses=problem_responses(409),
    )
    async def confirm_enrolment(
        self, data: JSONBody[EnrolmentCodeRequest], request: AnyRequest, people: NamedDependency[People]
    ) -> Response[SignInView]:
        """The app's first code. The answer holds ten recovery codes, this one time."""
        place = people.place_of(request)
        people.allow_try(place)
        progress = await people.desk.finish_enrolment(data.sign_in, data.code, place)
        return _answer(people, request, progress)

    @post(
        "/password",
        summary="Change a temporary or an old password",
        status_code=200,
        responses=problem_responses(409, 422),
    )
    async def change_password(
        self, data: JSONBody[ForcedChangeRequest], request: AnyRequest, people: NamedDependency[People]
    ) -> Response[SignInView]:
        """The last step for whoever must change it."""
        place = people.place_of(request)
        people.allow_try(place)
        progress = await people.desk.change_password(data.sign_in, data.new_password, place)
        return _answer(people, request, progress)


class InvitationController(Controller):
    """Whoever was invited chooses a password."""

    path = "/invitations"
    tags = ("Sign-in",)
    guards = (anybody,)
    opt = ANONYMOUS
    security = ({},)

    @post(
        "/accept", summary="Accept an invitation", status_code=204, responses=problem_responses(409, 410, 422)
    )
    async def accept(
        self, data: JSONBody[AcceptanceRequest], request: AnyRequest, people: NamedDependency[People]
    ) -> None:
        """Takes the token once. The first administrator of an installation also chooses a login. Then sign in."""
        people.allow_try(people.place_of(request))
        answer = Acceptance(password=data.password, login=data.login, display_name=data.display_name)
        await people.welcome.accept(data.token, answer)


class WhoAmIController(Controller):
    """The caller, and the way out."""

    path = "/session"
    tags = ("Sign-in",)

    @get(summary="Who am I", guards=(any_caller,), responses=problem_responses())
    async def who_am_i(
        self,
        caller: NamedDependency[Caller],
        request: AnyRequest,
        people: NamedDependency[People],
        services: NamedDependency[Services],
    ) -> WhoAmI:
        """Name, side, tenant and permissions; for a session also its CSRF token."""
        token = people.cookie.read(request) if caller.session_id else None
        async with services.database.transaction() as session:
            tenant = await repository_users.tenant_by_id(session, caller.tenant) if caller.tenant else None
            user = await repository_users.user_by_id(session, caller.user_id) if caller.user_id else None
            left = await repository_sessions.recovery_codes_left(session, user.id) if user else 0
            expires_at = (
                await repository_sessions.session_end(session, caller.session_id)
                if caller.session_id
                else None
            )
        return WhoAmI(
            kind=caller.actor.kind.value,
            name=caller.actor.name,
            display_name=user.display_name if user else caller.actor.name,
            side=Side.OPERATOR if caller.of_operator else Side.TENANT,
            tenant=tenant.slug if tenant else None,
            permissions=sorted(caller.scopes),
            csrf_token=csrf_token(services.vault, token) if token else None,
            session_expires_at=expires_at,
            second_factor=user is not None and user.totp_confirmed_at is not None,
            recovery_codes_left=left,
        )

    @delete(summary="Sign out", status_code=204, guards=(signed_in,), responses=problem_responses(404))
    async def sign_out(
        self, caller: NamedDependency[Caller], request: AnyRequest, people: NamedDependency[People]
    ) -> Response[None]:
        """Ends the session at once, everywhere."""
        await people.account.sign_out(caller)
        return Response(None, status_code=204, cookies=[people.cookie.clear(request)])


def _answer(people: People, request: AnyRequest, progress: Progress) -> Response[SignInView]:
    begun = progress.session
    cookies = [people.cookie.write(request, begun.token)] if begun else []
    headers = {"Cache-Control": "no-store"}
    return Response(sign_in_view(progress), cookies=cookies, headers=headers)
