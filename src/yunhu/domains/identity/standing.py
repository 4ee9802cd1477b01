"""Whether somebody who was let in a while ago would still be: for answers that go on for hours."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.identity import repository_sessions, repository_users
from yunhu.domains.identity.caller import Caller
from yunhu.domains.identity.models import ApiKey
from yunhu.domains.identity.models_users import UserState
from yunhu.domains.identity.roles import permissions_of
from yunhu.domains.identity.scopes import Scope
from yunhu.domains.identity.service import has_ended
from yunhu.domains.identity.sessions import CONTENT_SCOPES, READS_CONTENT, GrantLookup
from yunhu.domains.identity.sign_in_rules import SessionTimes, session_is_over

_TENANT_IN_USE = text("SELECT disabled_at IS NULL FROM tenants WHERE id = :id")


async def still_allowed(
    session: AsyncSession, caller: Caller, scope: Scope, grants: GrantLookup, now: datetime
) -> bool:
    """Session or key stands, the permission is still held, and the tenant is in use. Counts as no use of the session."""
    if caller.tenant is not None and not await session.scalar(_TENANT_IN_USE, {"id": caller.tenant}):
        return False
    if caller.key_id is not None:
        key = await session.get(ApiKey, caller.key_id)
        return key is not None and not has_ended(key, now) and scope in key.scopes
    if caller.session_id is None or caller.user_id is None:
        return False
    row = await repository_sessions.person_of_session(session, caller.session_id)
    if row is None or not _stands(row, now):
        return False
    side = repository_users.side_of(row["tenant_id"])
    held = permissions_of(side, row["presets"], row["custom_scopes"])
    if not caller.of_operator or caller.tenant is None:
        return scope in held
    granted = await grants(session, caller.tenant, caller.user_id, now)
    return READS_CONTENT in held and scope in CONTENT_SCOPES and scope in granted


def _stands(row: RowMapping, now: datetime) -> bool:
    times = SessionTimes(row["last_seen_at"], row["expires_at"], row["ended_at"])
    return row["state"] == UserState.ACTIVE and not session_is_over(times, now)
