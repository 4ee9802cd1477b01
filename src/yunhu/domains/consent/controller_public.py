"""The pages behind the links of persons; they stand outside the API, without a key."""

import time
from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import record
from yunhu.domains.consent import repository
from yunhu.domains.consent.links import PATH, RefusalLink, read_token
from yunhu.domains.consent.models import Refusal, RefusalSource
from yunhu.domains.consent.page import HEADERS, PageContent, message_page, refusal_page
from yunhu.domains.consent.service import lift, refuse
from yunhu.domains.identity.public import Tenant
from yunhu.foundation.actor import Actor, system
from yunhu.foundation.http import Services
from yunhu.foundation.http.peer import PeerReader
from yunhu.foundation.http.rate import TokenBuckets

PER_MINUTE = 30
"""Requests of one address: enough for a family behind one router, too few to try tokens."""
BY_LINK: Actor = system("refusal link")
_HTML = "text/html; charset=utf-8"
_UNKNOWN = message_page("链接无效", "This link is not valid.")
_OVER = message_page("链接已过期", "This link has expired.")
_TOO_MANY = message_page("访问过于频繁，请稍后再试", "Too many requests; try again in a minute.")


def public_routes(services: Services) -> tuple[HTTPRouteHandler, ...]:
    """Routes that stand outside the API's authentication: whoever holds the link is the person."""
    desk = _Desk(services)

    @get(f"{PATH}/{{token:str}}", include_in_schema=False, media_type=_HTML)
    async def show(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[str]:
        """What holds for the person, and a button."""
        link = desk.checked(request, token)
        if isinstance(link, Response):
            return link
        async with services.database.transaction() as session:
            tenant = await session.get_one(Tenant, link.tenant_id)
            refused = await desk.standing(session, link) is not None
        content = PageContent(tenant=tenant.name, phone=link.phone.masked, refused=refused, token=token)
        return _page(refusal_page(content), 200)

    @post(f"{PATH}/{{token:str}}/refuse", include_in_schema=False, media_type=_HTML, status_code=303)
    async def say_no(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
        """No more calls and texts from the tenant, at once."""
        link = desk.checked(request, token)
        if isinstance(link, Response):
            return link
        async with services.database.transaction() as session:
            await desk.refuse(session, link)
        return _back(token)

    @post(f"{PATH}/{{token:str}}/lift", include_in_schema=False, media_type=_HTML, status_code=303)
    async def take_back(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
        """The person wants to be called again, however the refusal was said."""
        link = desk.checked(request, token)
        if isinstance(link, Response):
            return link
        async with services.database.transaction() as session:
            await desk.lift(session, link)
        return _back(token)

    return show, say_no, take_back


class _Desk:
    """What the three routes share."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._peers = PeerReader(services.settings.proxies())
        self._buckets = TokenBuckets(time.monotonic, processes=services.settings.http_workers)

    def checked(self, request: Request[Any, Any, Any], token: str) -> RefusalLink | Response[str]:
        """The link, or the page that says why there is none."""
        allowance = self._buckets.take(self._peers.address_of(request.scope), PER_MINUTE)
        if not allowance.allowed:
            return _page(_TOO_MANY, 429, {"Retry-After": str(allowance.retry_after)})
        link = read_token(token, self._services.vault)
        if link is None:
            return _page(_UNKNOWN, 404)
        return _page(_OVER, 410) if link.is_over(self._services.clock.now()) else link

    async def standing(self, session: AsyncSession, link: RefusalLink) -> Refusal | None:
        """The person's refusal of this tenant that is in force."""
        return await repository.standing(session, link.tenant_id, self._services.vault.index_of(link.phone))

    async def refuse(self, session: AsyncSession, link: RefusalLink) -> None:
        """Recorded and honoured."""
        known = await self.standing(session, link)
        now = self._services.clock.now()
        row = await refuse(
            session,
            self._services.vault,
            tenant_id=link.tenant_id,
            phone=link.phone,
            source=RefusalSource.WEB,
            call_id=None,
            now=now,
        )
        if known is None:
            await self._note(session, link, row, "refusal.record")

    async def lift(self, session: AsyncSession, link: RefusalLink) -> None:
        """What stands is lifted; nothing, when nothing stands."""
        known = await self.standing(session, link)
        if known is not None:
            row = await lift(session, link.tenant_id, known.id, self._services.clock.now())
            await self._note(session, link, row, "refusal.lift")

    async def _note(self, session: AsyncSession, link: RefusalLink, row: Refusal, action: str) -> None:
        await record(
            session,
            BY_LINK,
            action=action,
            subject=("refusal", row.id),
            tenant_id=link.tenant_id,
            after={"source": row.source, "lifted_at": row.lifted_at},
            now=self._services.clock.now(),
        )


def _page(html: str, status: int, more: dict[str, str] | None = None) -> Response[str]:
    return Response(html, status_code=status, media_type=_HTML, headers={**HEADERS, **(more or {})})


def _back(token: FromPath[str]) -> Response[str]:
    return Response("", status_code=303, media_type=_HTML, headers={**HEADERS, "Location": f"{PATH}/{token}"})
