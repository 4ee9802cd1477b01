"""Codes of RFC 6238 (30 s, six digits, SHA-1 as every authenticator app speaks it), and recovery codes."""

import hmac
import secrets
from datetime import datetime

import pyotp

STEP_SECONDS = 30
RECOVERY_CODES = 10
_DRIFT_STEPS = 1
"""A phone's clock may be this many steps off, either way (RFC 6238 §5.2)."""
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUP = 5
ISSUER = "云呼+"


def make_secret() -> str:
    """A fresh shared secret, base32, 160 bits (RFC 4226 §4)."""
    return pyotp.random_base32()


def otpauth_uri(secret: str, login: str) -> str:
    """What an authenticator app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def accepted_step(secret: str, code: str, now: datetime, last_step: int | None) -> int | None:
    """The time step that this code is right for; None where it is wrong or not newer than the last one used."""
    current = int(now.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    for step in range(current - _DRIFT_STEPS, current + _DRIFT_STEPS + 1):
        right = hmac.compare_digest(totp.generate_otp(step), code)
        if right and (last_step is None or step > last_step):
            return step
    return None


def make_recovery_codes() -> list[str]:
    """Ten fresh codes of ten characters: 49 bits each."""
    return [f"{_draw()}-{_draw()}" for _ in range(RECOVERY_CODES)]


def looks_like_code(text: str) -> bool:
    """Whether it is a six-digit code rather than a recovery code."""
    return len(text) == 6 and text.isascii() and text.isdigit()


def _draw() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_GROUP))
