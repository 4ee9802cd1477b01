"""What call cards contribute to an evidence pack: the name that the called phone was given."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.call_cards.models import CallCard, CardCarrierRow, CardProfile
from yunhu.foundation.evidence import Batch, Column, EvidencePart, Fact

_COLUMNS = (
    Column("name", "显示名称", "Name shown"),
    Column("reason", "来电事由", "Reason shown"),
    Column("carrier", "推送方式", "Way"),
    Column("state", "状态", "State"),
    Column("reference", "平台流水号", "Reference"),
    Column("detail", "说明", "Detail"),
    Column("requested_at", "推送时间", "Requested"),
    Column("changed_at", "回执时间", "Changed"),
    Column("reviewed_by", "名片审核人", "Profile approved by"),
    Column("reviewed_at", "名片审核时间", "Profile approved"),
)
_SAME = ("profile_id", "name", "reason", "state", "reference", "detail", "requested_at", "changed_at")


async def _read(session: AsyncSession, batch: Batch) -> Sequence[Fact]:
    if not batch.calls:
        return ()
    query = (
        select(CallCard, CardProfile, CardCarrierRow.kind)
        .join(CardProfile, CardProfile.id == CallCard.profile_id)
        .join(CardCarrierRow, CardCarrierRow.id == CallCard.carrier_id)
        .where(CallCard.tenant_id == batch.tenant_id, CallCard.call_id.in_(batch.calls))
        .order_by(CallCard.call_id)
    )
    return [
        Fact(
            key=str(card.id),
            attempt=card.call_id,
            values={
                "call_card_id": card.id,
                "call_id": card.call_id,
                **{name: getattr(card, name) for name in _SAME},
                "carrier": carrier,
                "reviewed_by": profile.reviewed_by,
                "reviewed_at": profile.reviewed_at,
            },
        )
        for card, profile, carrier in await session.execute(query)
    ]


EVIDENCE_PART = EvidencePart(name="call_cards", zh="来电名片", en="Call cards", columns=_COLUMNS, read=_read)
