"""Makes users and signs them in, through the API as a browser would."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import httpx
import msgspec
import pyotp
from litestar import Litestar

from yunhu.domains.identity import users
from yunhu.domains.identity.cookies import CSRF_HEADER
from yunhu.domains.identity.links import Acceptance, Welcome
from yunhu.domains.identity.managing import RoleChoice, at_the_server
from yunhu.domains.identity.models_users import User
from yunhu.domains.identity.passwords import PasswordHasher
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database

PASSWORD = "Straw-Kettle-41"
OTHER_PASSWORD = "Lantern-Gravel-77"
SESSION = "/api/v1/session"


class SignedIn(msgspec.Struct, frozen=True):
    """A browser that holds a session."""

    client: httpx.AsyncClient
    csrf: str
    secret: str | None
    recovery_codes: tuple[str, ...]


async def make_user(
    database: Database,
    vault: Vault,
    clock: ManualClock,
    owner: UUID | None,
    login: str,
    *,
    presets: Sequence[str] = (),
    role_ids: Sequence[UUID] = (),
    password: str = PASSWORD,
) -> User:
    """A user who has accepted the invitation."""
    wish = users.UserWish(login=login, display_name=login, roles=RoleChoice(tuple(presets), tuple(role_ids)))
    async with database.transaction() as session:
        _, invitation = await users.invite_user(
            session, vault, at_the_server("test"), owner, wish, clock.now()
        )
    welcome = Welcome(database, vault, clock, PasswordHasher())
    return await welcome.accept(invitation.token, Acceptance(password=password))


def browser(app: Litestar, *, address: str = "127.0.0.1") -> httpx.AsyncClient:
    """A client with a cookie jar and no key."""
    transport = httpx.ASGITransport(app, client=(address, 50000), raise_app_exceptions=False)  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url="http://api.test")


async def sign_in(
    client: httpx.AsyncClient,
    clock: ManualClock,
    login: str,
    *,
    password: str = PASSWORD,
    secret: str | None = None,
) -> SignedIn:
    """All the steps; enrols a second factor where one is demanded. Moves the clock on for a fresh code."""
    codes: tuple[str, ...] = ()
    answer = await client.post(SESSION, json={"login": login, "password": password})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    if body["step"] == "enrolment":
        enrolled = await client.post(f"{SESSION}/enrolment", json={"sign_in": body["sign_in"]})
        secret = enrolled.json()["secret"]
        answer = await client.post(
            f"{SESSION}/enrolment/confirm",
            json={"sign_in": body["sign_in"], "code": code_at(secret, clock.now())},
        )
        body = answer.json()
        codes = tuple(body["recovery_codes"])
    elif body["step"] == "second_factor":
        assert secret is not None
        clock.advance(timedelta(seconds=30))
        answer = await client.post(
            f"{SESSION}/second-factor",
            json={"sign_in": body["sign_in"], "code": code_at(secret, clock.now())},
        )
        body = answer.json()
    assert body.get("step") == "signed_in", answer.text
    client.headers[CSRF_HEADER] = body["csrf_token"]
    return SignedIn(client, body["csrf_token"], secret, codes)


def code_at(secret: str, moment: datetime) -> str:
    """What the app shows."""
    return pyotp.TOTP(secret).at(moment)
