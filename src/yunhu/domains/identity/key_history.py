"""What history says of API keys."""

from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import record
from yunhu.domains.identity.models import ApiKey
from yunhu.foundation.actor import Actor


async def write_down(session: AsyncSession, actor: Actor, action: str, key: ApiKey) -> None:
    """Last in the transaction that made or changed the key."""
    await record(
        session,
        actor,
        action=action,
        subject=("api_key", key.id),
        tenant_id=key.tenant_id,
        after={
            "name": key.name,
            "prefix": key.prefix,
            "scopes": " ".join(key.scopes),
            "expires_at": key.expires_at,
            "revoked_at": key.revoked_at,
            "rotated_to": key.rotated_to,
        },
    )
