"""`yunhu users`."""

from collections.abc import Callable
from typing import ParamSpec
from uuid import UUID

import click
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.identity import repository_users, users
from yunhu.domains.identity.failures import locked_until
from yunhu.domains.identity.links import Acceptance, Invitation, Welcome, first_link
from yunhu.domains.identity.managing import RoleChoice, at_the_server
from yunhu.domains.identity.models_users import User
from yunhu.domains.identity.passwords import PasswordHasher, normal
from yunhu.domains.identity.roles import Side, presets_of
from yunhu.domains.identity.user_errors import UserNotFoundError
from yunhu.entrypoints.commands.workplace import (
    Workplace,
    json_option,
    open_workplace,
    runs_async,
    show_rows,
    tenant_id_of,
    tenant_option,
)
from yunhu.entrypoints.up_banner import base_url

P = ParamSpec("P")
_MANAGER = at_the_server("yunhu users")
_PRESET_NAMES = sorted({preset.name for side in Side for preset in presets_of(side)})
_MOST_LISTED = 10_000


@click.group("users")
def users_group() -> None:
    """People who sign in (用户): the first administrator, invitations, lost passwords and telephones.

    Nobody has a default account or a default password.
    """


def operator_option(function: Callable[P, None]) -> Callable[P, None]:
    """`--operator`."""
    return click.option("--operator", is_flag=True, help="The operator's (乙方) own users, not a tenant's.")(
        function
    )


@users_group.command("first-link")
@runs_async
async def first_link_() -> None:
    """Print a one-time link for the operator's first administrator, good for 24 hours.

    Refused as soon as the operator has a user. An earlier link is void from now on.
    """
    async with open_workplace() as place, place.database.transaction() as session:
        invitation = await first_link(session, place.vault, _MANAGER.actor, place.clock.now())
    _show_invitation(place, invitation)


@users_group.command()
@tenant_option
@operator_option
@click.option("--login", required=True, help="Unique in the whole installation.")
@click.option("--name", "display_name", required=True, help="The person's name.")
@click.option("--mail", help="Mail address, for people to see.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice(_PRESET_NAMES),
    required=True,
    help="May be given again.",
)
@runs_async
async def create(
    tenant: str | None,
    operator: bool,
    login: str,
    display_name: str,
    mail: str | None,
    roles: tuple[str, ...],
) -> None:
    """Invite a user and print the one-time link with which a password is chosen, good for 72 hours.

    \b
    Examples:
      yunhu users create --tenant example-hall --login wang.li --name 王丽 --role supervisor
      yunhu users create --operator --login zhao --name 赵敏 --role finance
    """
    wish = users.UserWish(
        login=login, display_name=display_name, mail=mail, roles=RoleChoice(presets=tuple(roles))
    )
    async with open_workplace() as place, place.database.transaction() as session:
        owner = await _owner(session, tenant, operator)
        _, invitation = await users.invite_user(
            session, place.vault, _MANAGER, owner, wish, place.clock.now()
        )
    _show_invitation(place, invitation)


@users_group.command("accept-invitation")
@click.argument("token")
@click.option("--login", help="Only for the first administrator, who chooses one.")
@click.option("--name", "display_name", help="The person's name.")
@click.password_option(help="Asked for when left out, which keeps it out of the shell's history.")
@runs_async
async def accept_invitation(token: str, login: str | None, display_name: str | None, password: str) -> None:
    """Take an invitation here instead of in the browser: choose the password.

    \b
    Examples:
      yunhu users accept-invitation TOKEN
      yunhu users accept-invitation TOKEN --login admin --name 李娜
    """
    async with open_workplace() as place:
        welcome = Welcome(place.database, place.vault, place.clock, PasswordHasher())
        answer = Acceptance(password=password, login=login, display_name=display_name)
        user = await welcome.accept(token, answer)
    click.echo(f"{user.login} can sign in now")


@users_group.command("list")
@tenant_option
@operator_option
@json_option
@runs_async
async def list_(tenant: str | None, operator: bool, as_json: bool) -> None:
    """Every user with state and roles."""
    async with open_workplace() as place, place.database.transaction() as session:
        owner = await _owner(session, tenant, operator)
        found = await repository_users.users_of_side(
            session, owner, state=None, before=None, limit=_MOST_LISTED
        )
        held = await repository_users.held_by(session, [user.id for user in found])
        locks = await locked_until(
            session, place.vault, [user.login_key for user in found], place.clock.now()
        )
    rows = [
        {
            "id": user.id,
            "login": user.login,
            "name": user.display_name,
            "state": "locked" if user.login_key in locks else user.state,
            "roles": " ".join([*held[user.id].presets, *(str(role) for role in held[user.id].role_ids)]),
            "second_factor": "yes" if user.totp_confirmed_at else "no",
            "last_signed_in_at": user.last_signed_in_at,
        }
        for user in found
    ]
    show_rows(rows, as_json=as_json)


@users_group.command()
@click.argument("login")
@runs_async
async def disable(login: str) -> None:
    """End every session of a user and let nobody sign in."""
    async with open_workplace() as place, place.database.transaction() as session:
        user = await _find(session, login)
        await users.disable_user(session, _MANAGER, user.tenant_id, user.id, place.clock.now())
    click.echo(f"{login} is disabled")


@users_group.command("reset-password")
@click.argument("login")
@runs_async
async def reset_password(login: str) -> None:
    """Print a temporary password, which must be changed at the next sign-in; every session ends."""
    password = users.temporary_password()
    password_hash = await PasswordHasher().hash(password)
    async with open_workplace() as place, place.database.transaction() as session:
        user = await _find(session, login)
        await users.reset_password(
            session, _MANAGER, user.tenant_id, user.id, password_hash, place.clock.now()
        )
        await users.unlock_user(session, place.vault, _MANAGER, user.tenant_id, user.id)
    click.echo(password)


@users_group.command("reset-totp")
@click.argument("login")
@runs_async
async def reset_totp(login: str) -> None:
    """Take away a lost second factor; where it is mandatory, the next sign-in enrols a new one."""
    async with open_workplace() as place, place.database.transaction() as session:
        user = await _find(session, login)
        await users.reset_second_factor(session, _MANAGER, user.tenant_id, user.id, place.clock.now())
    click.echo(f"{login} has no second factor now")


async def _find(session: AsyncSession, login: str) -> User:
    user = await repository_users.user_by_login(session, normal(login))
    if user is None:
        raise UserNotFoundError(login)
    return user


async def _owner(session: AsyncSession, tenant: str | None, operator: bool) -> UUID | None:
    if operator and tenant:
        raise click.UsageError("a user belongs to a tenant or to the operator, not to both")
    return None if operator else await tenant_id_of(session, tenant)


def _show_invitation(place: Workplace, invitation: Invitation) -> None:
    click.echo(f"{base_url(place.settings)}{invitation.path}")
    click.echo(f"or here: yunhu users accept-invitation {invitation.token}", err=True)
