"""A user's password and second factor: setting, checking, using up."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.identity import repository_sessions, repository_users
from yunhu.domains.identity.models_users import User
from yunhu.domains.identity.one_time import Purpose, digest_of
from yunhu.domains.identity.passwords import PasswordFault, PasswordHasher, password_faults
from yunhu.domains.identity.second_factor import (
    accepted_step,
    looks_like_code,
    make_recovery_codes,
    make_secret,
    otpauth_uri,
)
from yunhu.domains.identity.user_errors import PasswordUnfitError, SecondFactorStateError
from yunhu.foundation.crypto import Vault


class Enrolment(msgspec.Struct, frozen=True):
    """What an authenticator app needs; shown once."""

    secret: str
    """Base32, to type in where no QR code can be read."""
    otpauth_uri: str
    """What the QR code says."""


async def fit_hash(
    hasher: PasswordHasher, password: str, *, login: str, display_name: str, past: Sequence[str] = ()
) -> str:
    """The hash of a new password. Raises `PasswordUnfitError`. Slow: call it outside of any transaction."""
    faults = password_faults(password, login=login, display_name=display_name)
    if not faults and await hasher.matches_any(past, password):
        faults = [PasswordFault.USED_BEFORE]
    if faults:
        raise PasswordUnfitError(faults=faults)
    return await hasher.hash(password)


async def set_password(
    session: AsyncSession, user: User, password_hash: str, now: datetime, *, temporary: bool = False
) -> None:
    """Make it the password. A temporary one must be changed at the next sign-in."""
    user.must_change_password = temporary
    await repository_users.remember_password(session, user, password_hash, now)


def begin_enrolment(vault: Vault, user: User) -> Enrolment:
    """Draw a secret, in use only after `finish_enrolment`. Raises `SecondFactorStateError` where there is one."""
    if user.totp_confirmed_at is not None:
        raise SecondFactorStateError
    secret = make_secret()
    user.totp_cipher = vault.seal_secret(secret)
    user.totp_last_step = None
    return Enrolment(secret, otpauth_uri(secret, user.login))


async def finish_enrolment(
    session: AsyncSession, vault: Vault, user: User, code: str, now: datetime
) -> list[str] | None:
    """Recovery codes, once the first code was right; None for a wrong one. Raises `SecondFactorStateError`."""
    if user.totp_confirmed_at is not None or user.totp_cipher is None:
        raise SecondFactorStateError
    step = accepted_step(vault.open_secret(user.totp_cipher), code, now, user.totp_last_step)
    if step is None:
        return None
    user.totp_confirmed_at = now
    user.totp_last_step = step
    return await renew_recovery_codes(session, vault, user)


async def renew_recovery_codes(session: AsyncSession, vault: Vault, user: User) -> list[str]:
    """Ten fresh codes; the old ones are no longer good."""
    codes = make_recovery_codes()
    digests = [_recovery_digest(vault, user, code) for code in codes]
    await repository_sessions.replace_recovery_codes(session, user.id, digests)
    return codes


async def use_code(session: AsyncSession, vault: Vault, user: User, code: str, now: datetime) -> bool:
    """Use up a code of the second factor, or a recovery code. The user's row must be locked."""
    if user.totp_confirmed_at is None or user.totp_cipher is None:
        return False
    if looks_like_code(code):
        step = accepted_step(vault.open_secret(user.totp_cipher), code, now, user.totp_last_step)
        if step is not None:
            user.totp_last_step = step
        return step is not None
    digest = _recovery_digest(vault, user, code.strip().casefold())
    return await repository_sessions.use_recovery_code(session, user.id, digest, now)


async def remove_second_factor(session: AsyncSession, user: User) -> None:
    """No second factor and no recovery codes."""
    user.totp_cipher = user.totp_confirmed_at = user.totp_last_step = None
    await repository_sessions.replace_recovery_codes(session, user.id, ())


def _recovery_digest(vault: Vault, user: User, code: str) -> bytes:
    return digest_of(vault, Purpose.RECOVERY, f"{user.id}:{code}")
