"""Mounts the slice."""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.exports.public import ListOffer
from yunhu.domains.identity import repository_sessions
from yunhu.domains.identity.account import OwnAccount
from yunhu.domains.identity.controller import ApiKeyController, OperatorKeyController
from yunhu.domains.identity.controller_account import AccountController
from yunhu.domains.identity.controller_roles import (
    OperatorPolicyController,
    OperatorRoleController,
    TenantPolicyController,
    TenantRoleController,
)
from yunhu.domains.identity.controller_session import (
    InvitationController,
    SignInController,
    WhoAmIController,
)
from yunhu.domains.identity.controller_tenants import OperatorTenantController
from yunhu.domains.identity.controller_users import (
    OperatorUserController,
    TenantAdministratorController,
    TenantUserController,
)
from yunhu.domains.identity.cookies import SessionCookie
from yunhu.domains.identity.exports import OFFERS
from yunhu.domains.identity.guard import Doors
from yunhu.domains.identity.keyring import KeyRing
from yunhu.domains.identity.links import Welcome
from yunhu.domains.identity.passwords import PasswordHasher
from yunhu.domains.identity.people import People
from yunhu.domains.identity.sessions import GrantLookup, SessionRing
from yunhu.domains.identity.sign_in import SignInDesk
from yunhu.foundation.http import Services, provided
from yunhu.foundation.http.peer import PeerReader
from yunhu.foundation.http.quick import OwnRouter
from yunhu.foundation.http.rate import TokenBuckets
from yunhu.foundation.jobs import Job

_TIDY_EVERY = timedelta(hours=1)


def doors(services: Services, grants: GrantLookup) -> Doors:
    """What the authentication in front of every endpoint works with."""
    database, vault, clock = services.database, services.vault, services.clock
    return Doors(
        keyring=KeyRing(database, vault, clock, time.monotonic),
        sessions=SessionRing(database, vault, clock, grants),
        cookie=SessionCookie(services.settings.public_url),
        peers=PeerReader(services.settings.proxies()),
        buckets=TokenBuckets(time.monotonic, processes=services.settings.http_workers),
    )


def routes(services: Services) -> Sequence[ControllerRouterHandler]:
    """Everything below `/api/v1`."""
    return (
        OwnRouter(
            "/",
            route_handlers=[
                ApiKeyController,
                OperatorKeyController,
                SignInController,
                InvitationController,
                WhoAmIController,
                AccountController,
                TenantUserController,
                OperatorUserController,
                TenantAdministratorController,
                OperatorTenantController,
                TenantRoleController,
                OperatorRoleController,
                TenantPolicyController,
                OperatorPolicyController,
            ],
            dependencies={"people": provided(_people(services))},
        ),
    )


def jobs(_services: Services) -> Sequence[Job]:
    """Sign-ins that nobody finished, and failures of yesterday."""

    async def tidy(session: AsyncSession, now: datetime) -> bool:
        await repository_sessions.tidy(session, now)
        return False

    return (Job("identity.tidy", _TIDY_EVERY, tidy),)


def _people(services: Services) -> People:
    hasher = PasswordHasher()
    parts = (services.database, services.vault, services.clock, hasher)
    return People(
        desk=SignInDesk(*parts),
        account=OwnAccount(*parts),
        welcome=Welcome(*parts),
        hasher=hasher,
        cookie=SessionCookie(services.settings.public_url),
        peers=PeerReader(services.settings.proxies()),
        buckets=TokenBuckets(time.monotonic, processes=services.settings.http_workers),
    )


def exports() -> Sequence[ListOffer]:
    """What of the slice can be exported."""
    return OFFERS
