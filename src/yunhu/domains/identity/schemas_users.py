"""People over the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from yunhu.domains.identity.credentials import Enrolment
from yunhu.domains.identity.links import Invitation
from yunhu.domains.identity.managing import RoleChoice
from yunhu.domains.identity.models_users import Role, User, UserSession
from yunhu.domains.identity.passwords import LONGEST
from yunhu.domains.identity.repository_users import Held
from yunhu.domains.identity.roles import Preset, Side
from yunhu.domains.identity.scopes import Scope
from yunhu.domains.identity.sign_in import Progress

Login = Annotated[
    str,
    Meta(
        min_length=3,
        max_length=64,
        pattern=r"^[\w.@-]+$(?!\n)",
        description="Unique in the whole installation; capitals do not count.",
    ),
]
PersonName = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$(?!\n)")]
Mail = Annotated[str, Meta(min_length=3, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$(?!\n)")]
GivenPassword = Annotated[str, Meta(min_length=1, max_length=1024)]
"""A password to compare: bounded, so that hashing it is."""
NewPassword = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=LONGEST,
        description="At least 8 characters of 3 kinds (small letters, capitals, digits, others), without the login, "
        "not a common one, none of the last five.",
    ),
]
Code = Annotated[
    str, Meta(min_length=6, max_length=16, description="Six digits from the app, or a recovery code.")
]
AppCode = Annotated[str, Meta(pattern=r"^[0-9]{6}$(?!\n)", description="Six digits from the app.")]
Token = Annotated[str, Meta(min_length=1, max_length=64)]
PresetName = Annotated[str, Meta(min_length=1, max_length=64)]
RoleName = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$(?!\n)")]


class _Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body without unknown fields."""


class SignInRequest(_Strict, frozen=True, kw_only=True):
    """The first step."""

    login: Annotated[str, Meta(min_length=1, max_length=256)]
    password: GivenPassword


class SecondFactorRequest(_Strict, frozen=True, kw_only=True):
    """The second step, for whoever has a second factor."""

    sign_in: Token
    code: Code


class EnrolmentRequest(_Strict, frozen=True, kw_only=True):
    """Asks for a secret, for whoever must have a second factor and has none."""

    sign_in: Token


class EnrolmentCodeRequest(_Strict, frozen=True, kw_only=True):
    """The first code of the new second factor."""

    sign_in: Token
    code: AppCode


class ForcedChangeRequest(_Strict, frozen=True, kw_only=True):
    """The new password in place of a temporary or an old one."""

    sign_in: Token
    new_password: NewPassword


class PasswordChangeRequest(_Strict, frozen=True, kw_only=True):
    """A new password of one's own accord."""

    current_password: GivenPassword
    new_password: NewPassword


class PasswordProof(_Strict, frozen=True, kw_only=True):
    """The present password, to show who is there."""

    password: GivenPassword


class CodeRequest(_Strict, frozen=True, kw_only=True):
    """A code of the app."""

    code: AppCode


class AcceptanceRequest(_Strict, frozen=True, kw_only=True):
    """The answer to an invitation."""

    token: Token
    password: NewPassword
    login: Login | None = None
    """Chosen by the first administrator alone; others have been given one."""
    display_name: PersonName | None = None


class EnrolmentView(msgspec.Struct, frozen=True, kw_only=True):
    """What the authenticator app needs; shown once."""

    secret: str
    otpauth_uri: str
    """For the QR code."""


class SignInView(msgspec.Struct, frozen=True, kw_only=True):
    """Where the sign-in stands."""

    step: str
    """`second_factor`, `enrolment`, `password_change` or `signed_in`."""
    sign_in: str | None
    """To send with the next step, within ten minutes of the first."""
    csrf_token: str | None
    """When signed in: to send as `Yunhu-CSRF` with every request that changes something. The session itself is in
    the cookie."""
    expires_at: datetime | None
    """The session's end, whatever is done; half an hour without a request ends it before."""
    recovery_codes: list[str]
    """Shown once, right after the second factor was enrolled."""


class RecoveryCodesView(msgspec.Struct, frozen=True, kw_only=True):
    """Ten codes, each good once in place of the app. Shown once."""

    recovery_codes: list[str]


class RolesBody(_Strict, frozen=True, kw_only=True):
    """The roles of somebody."""

    presets: Annotated[list[PresetName], Meta(max_length=10)] = []
    role_ids: Annotated[list[UUID], Meta(max_length=50)] = []

    def choice(self) -> RoleChoice:
        """As the service takes it."""
        return RoleChoice(tuple(dict.fromkeys(self.presets)), tuple(dict.fromkeys(self.role_ids)))


class UserRequest(_Strict, frozen=True, kw_only=True):
    """Somebody to invite."""

    login: Login
    display_name: PersonName
    mail: Mail | None = None
    roles: RolesBody


class UserChangeRequest(_Strict, frozen=True, kw_only=True):
    """What to change; what is left out stays."""

    display_name: PersonName | UnsetType = UNSET
    mail: Mail | UnsetType | None = UNSET
    roles: RolesBody | UnsetType = UNSET


class AdministratorRequest(_Strict, frozen=True, kw_only=True):
    """A tenant's first administrator."""

    login: Login
    display_name: PersonName
    mail: Mail | None = None


class UserView(msgspec.Struct, frozen=True, kw_only=True):
    """A user as it can be shown."""

    id: UUID
    login: str
    display_name: str
    mail: str | None
    state: str
    """`invited`, `active`, `locked` (until `locked_until`) or `disabled`."""
    locked_until: datetime | None
    presets: list[str]
    role_ids: list[UUID]
    second_factor: bool
    must_change_password: bool
    password_changed_at: datetime | None
    created_at: datetime
    last_signed_in_at: datetime | None


class InvitationView(msgspec.Struct, frozen=True, kw_only=True):
    """A link to hand over. It cannot be had again."""

    token: str
    path: str
    """Below the console's address."""
    expires_at: datetime


class InvitedUser(msgspec.Struct, frozen=True, kw_only=True):
    """A user and the link with which a password is chosen."""

    user: UserView
    invitation: InvitationView


class TemporaryPassword(msgspec.Struct, frozen=True, kw_only=True):
    """Good for one sign-in, at which it has to be changed. Shown once."""

    temporary_password: str


class EndedSessions(msgspec.Struct, frozen=True, kw_only=True):
    """How many sessions were ended."""

    ended: int


class SessionView(msgspec.Struct, frozen=True, kw_only=True):
    """A running session."""

    id: UUID
    address: str
    agent: str
    """What the browser calls itself."""
    created_at: datetime
    last_seen_at: datetime
    """To the minute."""
    expires_at: datetime
    current: bool


class WhoAmI(msgspec.Struct, frozen=True, kw_only=True):
    """The caller."""

    kind: str
    """`user` or `key`."""
    name: str
    """The login, or the key's name."""
    display_name: str
    side: Side
    tenant: str | None
    """Slug of the tenant whose things requests are about."""
    permissions: list[str]
    csrf_token: str | None
    """For sessions only; the console asks for it after a reload."""
    session_expires_at: datetime | None
    second_factor: bool
    recovery_codes_left: int


class RoleRequest(_Strict, frozen=True, kw_only=True):
    """A role of one's own side."""

    name: RoleName
    scopes: Annotated[list[Scope], Meta(min_length=1, max_length=64)]


class RoleView(msgspec.Struct, frozen=True, kw_only=True):
    """A role."""

    id: UUID | None
    """None for a preset: it goes by its name."""
    name: str
    title: str
    title_zh: str
    scopes: list[str]
    preset: bool


class PolicyBody(_Strict, frozen=True, kw_only=True):
    """What a side demands at sign-in beyond the product's own rules."""

    second_factor_for_all: bool
    """Operator staff and tenants' administrators need one in any case."""


def sign_in_view(progress: Progress) -> SignInView:
    """The wire form of a sign-in."""
    begun = progress.session
    return SignInView(
        step=progress.step.value,
        sign_in=progress.token,
        csrf_token=begun.csrf if begun else None,
        expires_at=begun.expires_at if begun else None,
        recovery_codes=list(progress.recovery_codes),
    )


def enrolment_view(enrolment: Enrolment) -> EnrolmentView:
    """The wire form of a fresh secret."""
    return EnrolmentView(secret=enrolment.secret, otpauth_uri=enrolment.otpauth_uri)


def invitation_view(invitation: Invitation) -> InvitationView:
    """The wire form of a link."""
    return InvitationView(token=invitation.token, path=invitation.path, expires_at=invitation.expires_at)


def user_view(user: User, held: Held, locked_until: datetime | None) -> UserView:
    """The wire form of a user."""
    return UserView(
        id=user.id,
        login=user.login,
        display_name=user.display_name,
        mail=user.mail,
        state="locked" if locked_until is not None and user.state == "active" else user.state,
        locked_until=locked_until,
        presets=list(held.presets),
        role_ids=list(held.role_ids),
        second_factor=user.totp_confirmed_at is not None,
        must_change_password=user.must_change_password,
        password_changed_at=user.password_changed_at,
        created_at=user.created_at,
        last_signed_in_at=user.last_signed_in_at,
    )


def session_view(row: UserSession, current: UUID | None) -> SessionView:
    """The wire form of a session."""
    return SessionView(
        id=row.id,
        address=row.address,
        agent=row.agent,
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
        expires_at=row.expires_at,
        current=row.id == current,
    )


def preset_view(preset: Preset) -> RoleView:
    """The wire form of a preset."""
    return RoleView(
        id=None,
        name=preset.name,
        title=preset.title,
        title_zh=preset.title_zh,
        scopes=sorted(preset.scopes),
        preset=True,
    )


def role_view(role: Role) -> RoleView:
    """The wire form of a role that a side made."""
    return RoleView(
        id=role.id, name=role.name, title=role.name, title_zh=role.name, scopes=role.scopes, preset=False
    )
