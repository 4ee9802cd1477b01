"""Anchors: the heads of all chains as lines of text, to be kept where the database's owner cannot reach."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.errors import AnchorUnreadableError
from yunhu.domains.audit.models import AuditHead


class Anchor(msgspec.Struct, frozen=True):
    """The head of a chain at some moment."""

    chain: UUID
    sequence: int
    hash: bytes
    at: datetime


class _Line(msgspec.Struct, frozen=True):
    chain: UUID
    sequence: int
    hash: str
    at: datetime


async def anchors_now(session: AsyncSession, now: datetime) -> list[Anchor]:
    """The heads of all chains that have entries."""
    query = select(AuditHead).where(AuditHead.sequence > 0).order_by(AuditHead.chain)
    return [Anchor(head.chain, head.sequence, head.hash, now) for head in await session.scalars(query)]


def anchor_line(anchor: Anchor) -> str:
    """One JSON object without a line end."""
    line = _Line(anchor.chain, anchor.sequence, anchor.hash.hex(), anchor.at)
    return msgspec.json.encode(line).decode()


def read_anchors(lines: Iterable[str]) -> list[Anchor]:
    """Anchors of a file, empty lines aside. Raises `AnchorUnreadableError`."""
    found = []
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            line = msgspec.json.decode(text, type=_Line)
            found.append(Anchor(line.chain, line.sequence, bytes.fromhex(line.hash), line.at))
        except ValueError as error:
            raise AnchorUnreadableError(f"line {number} is not an anchor", line=number) from error
    return found


def append_anchors(path: Path, anchors: Iterable[Anchor]) -> None:
    """Add lines to a file, which is made where there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f"{anchor_line(anchor)}\n" for anchor in anchors)
