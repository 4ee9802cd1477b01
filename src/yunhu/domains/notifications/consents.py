"""Evidence of consent as it is written (row C5).

The table belongs to the slice `consent`, which asks this one to stop what is open: so it cannot be imported here. The
statements stand here because intake writes evidence within its own statement.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.notifications.states import Purpose
from yunhu.foundation.clock import natural_day
from yunhu.foundation.ids import new_id

KIOSK_DAYS = 1
"""Natural days after that of the visit on which taking a number still counts: a visit may go past midnight."""
BY_INTAKE = "queue system"


class ConsentPurpose(StrEnum):
    """What a person agreed to be called and texted for."""

    QUEUE = "queue"
    """The turn of a number that was taken: `near_turn` and `your_turn`."""
    NOTICE = "notice"
    """Other notices that were filed."""


class ConsentSource(StrEnum):
    """How consent was given."""

    KIOSK = "kiosk"
    """A number was taken and the phone left for it."""
    FORM = "form"
    RECORDING = "recording"
    IMPORT = "import"
    API = "api"


COVERING: dict[Purpose, ConsentPurpose] = {
    Purpose.NEAR_TURN: ConsentPurpose.QUEUE,
    Purpose.YOUR_TURN: ConsentPurpose.QUEUE,
    Purpose.NOTICE: ConsentPurpose.NOTICE,
}


class Evidence(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One act of consent that is to be kept."""

    callee_cipher: bytes
    callee_index: bytes
    purpose: ConsentPurpose
    source: ConsentSource
    given_at: datetime
    valid_until: date | None
    """Last natural day; none: until it is withdrawn."""
    reference: str = ""
    document_id: UUID | None = None
    recorded_by: str = BY_INTAKE


_COLUMNS = {
    "callee_cipher": "bytea",
    "callee_index": "bytea",
    "purpose": "text",
    "source": "text",
    "given_at": "timestamptz",
    "valid_until": "date",
    "reference": "text",
    "document_id": "uuid",
    "recorded_by": "text",
}
_INSERT = f"""
    INSERT INTO consents (id, tenant_id, recorded_at, {", ".join(_COLUMNS)})
    SELECT e.id, :tenant_id, :now, {", ".join(f"e.{name}" for name in _COLUMNS)}
    FROM unnest(CAST(:evidence_ids AS uuid[]),
        {", ".join(f"CAST(:evidence_{name} AS {kind}[])" for name, kind in _COLUMNS.items())}
    ) AS e(id, {", ".join(_COLUMNS)})
    WHERE NOT EXISTS (
        SELECT FROM consents AS c
        WHERE c.tenant_id = :tenant_id AND c.callee_index = e.callee_index AND c.purpose = e.purpose
"""  # noqa: S608 the columns are the constants above

KEEP_KIOSK = f"""{_INSERT}
          AND (c.withdrawn_at >= e.given_at
               OR (c.withdrawn_at IS NULL AND (c.valid_until IS NULL OR c.valid_until >= e.valid_until)))
        OFFSET 0)
"""
"""Evidence that stands is used again, and what was said before a withdrawal does not undo it.

The offset keeps this a look at the index for each person, where a join would read all evidence of the tenant.
"""

_KEEP = text(
    f"""{_INSERT}
          AND (c.withdrawn_at >= e.given_at
               OR (c.withdrawn_at IS NULL AND c.source = e.source AND c.given_at = e.given_at
                   AND c.reference = e.reference AND c.valid_until IS NOT DISTINCT FROM e.valid_until)))
    RETURNING id
    """
)


def kiosk_evidence(
    cipher: bytes, index: bytes, occurred_at: datetime, journey_id: UUID, now: datetime
) -> Evidence:
    """A visitor left a number for a turn. A queue system's clock may run a little ahead of ours."""
    return Evidence(
        callee_cipher=cipher,
        callee_index=index,
        purpose=ConsentPurpose.QUEUE,
        source=ConsentSource.KIOSK,
        given_at=min(occurred_at, now),
        valid_until=natural_day(occurred_at) + timedelta(days=KIOSK_DAYS),
        reference=str(journey_id),
    )


def evidence_columns(rows: Sequence[Evidence]) -> dict[str, list[Any]]:
    """Parameters of the statements above."""
    columns: dict[str, list[Any]] = {
        f"evidence_{name}": [getattr(row, name) for row in rows] for name in _COLUMNS
    }
    columns["evidence_ids"] = [new_id() for _ in rows]
    for name in ("purpose", "source"):
        columns[f"evidence_{name}"] = [str(value) for value in columns[f"evidence_{name}"]]
    return columns


async def keep_evidence(
    session: AsyncSession, tenant_id: UUID, rows: Sequence[Evidence], now: datetime
) -> list[UUID]:
    """Keep evidence; ids of what was new. The same act told again is kept once, and one of before a withdrawal never."""
    values = {**evidence_columns(rows), "tenant_id": tenant_id, "now": now}
    return list(await session.scalars(_KEEP, values))
