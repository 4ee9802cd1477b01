"""Whole phone numbers for people (row D2): where each kind of object keeps its own."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


class Revealable(StrEnum):
    """Kinds of objects with a phone number."""

    CALL = "call"
    NOTIFICATION = "notification"
    MESSAGE = "message"
    JOURNEY = "journey"
    REFUSAL = "refusal"
    CONSENT = "consent"
    COMPLAINT = "complaint"


# The tables belong to other slices; this look at one column of each is the only one.
_CIPHER_OF = {
    kind: text(f"SELECT callee_cipher FROM {table} WHERE id = :id AND tenant_id = :tenant_id")  # noqa: S608 fixed names
    for kind, table in (
        (Revealable.CALL, "calls"),
        (Revealable.NOTIFICATION, "notifications"),
        (Revealable.MESSAGE, "sms_messages"),
        (Revealable.JOURNEY, "journeys"),
        (Revealable.REFUSAL, "refusals"),
        (Revealable.CONSENT, "consents"),
        (Revealable.COMPLAINT, "complaints"),
    )
}


async def sealed_phone_of(
    session: AsyncSession, tenant_id: UUID, kind: Revealable, id_: UUID
) -> bytes | None:
    """The sealed number of a tenant's object; None where there is no such object, or it has no number (any more)."""
    cipher: bytes | None = await session.scalar(_CIPHER_OF[kind], {"id": id_, "tenant_id": tenant_id})
    return cipher or None
