"""Every query about sessions, sign-ins under way, failures, recovery codes and one-time links."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.identity.lockout import Tally
from yunhu.domains.identity.models_users import (
    LinkKind,
    OneTimeLink,
    RecoveryCode,
    SignIn,
    SignInTally,
    UserSession,
)
from yunhu.foundation.ids import new_id

_PERSON = """
    SELECT s.id AS session_id, s.last_seen_at, s.expires_at, s.ended_at,
           u.id AS user_id, u.tenant_id, u.login, u.state,
           ARRAY(SELECT r.preset FROM user_roles r WHERE r.user_id = u.id AND r.preset IS NOT NULL) AS presets,
           ARRAY(SELECT unnest(o.scopes) FROM user_roles r JOIN roles o ON o.id = r.role_id
                 WHERE r.user_id = u.id) AS custom_scopes
    FROM user_sessions s JOIN users u ON u.id = s.user_id
    LEFT JOIN tenants t ON t.id = u.tenant_id
    WHERE t.disabled_at IS NULL AND
"""
_PERSON_BEHIND = text(f"{_PERSON} s.digest = :digest")
_PERSON_OF_SESSION = text(f"{_PERSON} s.id = :id")
# The moment of use is written at most once a minute a session.
_TOUCH = text(
    "UPDATE user_sessions SET last_seen_at = :now "
    "WHERE id = :id AND last_seen_at < CAST(:now AS timestamptz) - interval '1 minute'"
)
_KEPT = timedelta(days=1)
_KEPT_SESSIONS = timedelta(days=183)
"""As long as the audit log at least (row D5)."""


async def person_behind(session: AsyncSession, digest: bytes) -> RowMapping | None:
    """A session with its user and roles, in whatever state, in one statement; none of a tenant out of use."""
    return (await session.execute(_PERSON_BEHIND, {"digest": digest})).mappings().first()


async def person_of_session(session: AsyncSession, session_id: UUID) -> RowMapping | None:
    """The same by the session's id."""
    return (await session.execute(_PERSON_OF_SESSION, {"id": session_id})).mappings().first()


async def touch(session: AsyncSession, session_id: UUID, now: datetime) -> None:
    """Record that the session was used."""
    await session.execute(_TOUCH, {"id": session_id, "now": now})


async def running_sessions(
    session: AsyncSession, user_id: UUID, since: datetime, now: datetime
) -> Sequence[UserSession]:
    """A user's sessions that are neither ended nor too old nor idle since before `since`; newest first."""
    query = select(UserSession).where(
        UserSession.user_id == user_id,
        UserSession.ended_at.is_(None),
        UserSession.expires_at > now,
        UserSession.last_seen_at > since,
    )
    return (await session.scalars(query.order_by(UserSession.id.desc()).limit(200))).all()


async def session_end(session: AsyncSession, session_id: UUID) -> datetime | None:
    """When a session ends whatever is done."""
    return await session.scalar(select(UserSession.expires_at).where(UserSession.id == session_id))


async def end_session(
    session: AsyncSession, user_id: UUID, session_id: UUID, why: str, now: datetime
) -> bool:
    """End one session of a user; False where there is none to end."""
    statement = (
        update(UserSession)
        .where(UserSession.id == session_id, UserSession.user_id == user_id, UserSession.ended_at.is_(None))
        .values(ended_at=now, ended_by=why)
        .returning(UserSession.id)
    )
    return (await session.execute(statement)).first() is not None


async def end_sessions(
    session: AsyncSession, user_id: UUID, why: str, now: datetime, *, but: UUID | None = None
) -> int:
    """End every session and sign-in of a user, but perhaps one session. Returns how many sessions."""
    statement = (
        update(UserSession)
        .where(UserSession.user_id == user_id, UserSession.ended_at.is_(None))
        .values(ended_at=now, ended_by=why)
        .returning(UserSession.id)
    )
    if but is not None:
        statement = statement.where(UserSession.id != but)
    ended = (await session.execute(statement)).all()
    await session.execute(delete(SignIn).where(SignIn.user_id == user_id))
    return len(ended)


async def sign_in_by_digest(session: AsyncSession, digest: bytes, *, lock: bool = False) -> SignIn | None:
    """A sign-in under way."""
    query = select(SignIn).where(SignIn.digest == digest)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return await session.scalar(query)


async def drop_sign_in(session: AsyncSession, sign_in: SignIn) -> None:
    """It has come to its end."""
    await session.execute(delete(SignIn).where(SignIn.id == sign_in.id))


async def tallies(session: AsyncSession, keys: Iterable[bytes]) -> Mapping[bytes, Tally]:
    """The failures under these keys, where there are any."""
    query = select(SignInTally).where(SignInTally.key.in_(list(keys)))
    return {row.key: _as_tally(row) for row in await session.scalars(query)}


async def locked_tallies(
    session: AsyncSession, keys: Iterable[bytes], now: datetime
) -> dict[bytes, SignInTally]:
    """The rows of these keys, made where there are none, locked in the order of the keys.

    One upsert: between an insert that finds a row and a look at it, a whole sign-in may have taken the row away.
    """
    rows = [{"key": key, "failures": 0, "last_failed_at": now, "blocked_until": None} for key in sorted(keys)]
    statement = insert(SignInTally).values(rows)
    locking = statement.on_conflict_do_update(
        index_elements=[SignInTally.key], set_={"failures": SignInTally.failures}
    ).returning(SignInTally)
    found = await session.scalars(locking, execution_options={"populate_existing": True})
    return {row.key: row for row in found}


def tally_of(row: SignInTally) -> Tally | None:
    """The value that the arithmetic works on."""
    return _as_tally(row) if row.failures else None


async def forget_tally(session: AsyncSession, key: bytes) -> bool:
    """Begin to count anew; False where nothing had been counted."""
    statement = delete(SignInTally).where(SignInTally.key == key).returning(SignInTally.failures)
    row = (await session.execute(statement)).first()
    return row is not None and row.failures > 0


async def replace_recovery_codes(session: AsyncSession, user_id: UUID, digests: Iterable[bytes]) -> None:
    """These codes and no others."""
    await session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    session.add_all(
        RecoveryCode(id=new_id(), user_id=user_id, digest=digest, used_at=None) for digest in digests
    )
    await session.flush()


async def use_recovery_code(session: AsyncSession, user_id: UUID, digest: bytes, now: datetime) -> bool:
    """Use a code up; False where there is none or it was used."""
    statement = (
        update(RecoveryCode)
        .where(RecoveryCode.user_id == user_id, RecoveryCode.digest == digest, RecoveryCode.used_at.is_(None))
        .values(used_at=now)
        .returning(RecoveryCode.id)
    )
    return (await session.execute(statement)).first() is not None


async def recovery_codes_left(session: AsyncSession, user_id: UUID) -> int:
    """How many codes can still be used."""
    query = select(RecoveryCode.id).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return len((await session.scalars(query)).all())


async def add_link(session: AsyncSession, link: OneTimeLink) -> None:
    """Write a link; one that the same person or purpose had before is no longer good."""
    older = update(OneTimeLink).where(
        OneTimeLink.kind == link.kind, OneTimeLink.user_id == link.user_id, OneTimeLink.used_at.is_(None)
    )
    await session.execute(older.values(used_at=link.created_at))
    session.add(link)
    await session.flush()


async def link_by_digest(session: AsyncSession, digest: bytes, *, lock: bool = False) -> OneTimeLink | None:
    """A one-time link."""
    query = select(OneTimeLink).where(OneTimeLink.digest == digest)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return await session.scalar(query)


async def void_links(session: AsyncSession, kind: LinkKind, user_id: UUID | None, now: datetime) -> None:
    """No open link of this kind is good any more."""
    statement = update(OneTimeLink).where(
        OneTimeLink.kind == kind.value, OneTimeLink.user_id == user_id, OneTimeLink.used_at.is_(None)
    )
    await session.execute(statement.values(used_at=now))


async def tidy(session: AsyncSession, now: datetime) -> None:
    """Delete what nothing depends on any more; what history needs is in history."""
    await session.execute(delete(SignIn).where(SignIn.expires_at < now))
    stale: Any = SignInTally.last_failed_at < now - _KEPT
    await session.execute(delete(SignInTally).where(stale))
    await session.execute(delete(UserSession).where(UserSession.expires_at < now - _KEPT_SESSIONS))
    await session.execute(delete(OneTimeLink).where(OneTimeLink.expires_at < now - _KEPT_SESSIONS))


def _as_tally(row: SignInTally) -> Tally:
    return Tally(row.failures, row.last_failed_at, row.blocked_until)
