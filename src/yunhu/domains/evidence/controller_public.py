"""What auditors ask for without a key: the public keys that packs are signed with."""

import asyncio

from litestar import get
from litestar.handlers import HTTPRouteHandler

from yunhu.domains.evidence.keys import KeyFolder
from yunhu.domains.evidence.schemas import PublicKeys
from yunhu.foundation.http import Services


def public_routes(services: Services) -> tuple[HTTPRouteHandler, ...]:
    """Routes that stand outside the API's authentication."""
    folder = KeyFolder(services.settings.keys_dir)

    @get("/evidence-keys", tags=("Evidence",), summary="Public keys of evidence packs",
         operation_id="ListEvidenceKeys", security=[{}])  # fmt: skip
    async def show() -> PublicKeys:
        """Every key that ever signed a pack, oldest first; the last is the one in use."""
        await asyncio.to_thread(folder.signer, services.clock.now())
        return PublicKeys(await asyncio.to_thread(folder.public))

    return (show,)
