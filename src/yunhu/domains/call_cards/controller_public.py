"""What phones, networks and card services ask for without a key: jCards, logos, and signed receipts."""

import base64
import hashlib
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from sqlalchemy.ext.asyncio import AsyncSession
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from yunhu.domains.call_cards import repository
from yunhu.domains.call_cards.carriers import HttpPushConfig, read_config
from yunhu.domains.call_cards.errors import ProfileNotFoundError, ReceiptRefusedError
from yunhu.domains.call_cards.models import CardProfile, CarrierKind, ProfileState
from yunhu.domains.call_cards.schemas import ReceiptRequest, ReceiptView
from yunhu.domains.call_cards.service import note_state
from yunhu.foundation.errors import SettingsError
from yunhu.foundation.http import Services, decode_json, problem_responses
from yunhu.foundation.http.errors import InvalidRequestError
from yunhu.foundation.http.validation import field_problems
from yunhu.foundation.secret_ref import resolve_secret
from yunhu.messaging.cards.port import Pushed
from yunhu.messaging.cards.rich_call_data import jcard

JCARD_TYPE = "application/vcard+json"
_SHOWN = {ProfileState.APPROVED, ProfileState.SUPERSEDED}
"""A phone may ask for the card of a call that was placed a moment before the profile gave way."""
_MOST_RECEIPT_BYTES = 4096


def card_url(public_url: str, profile_id: UUID) -> str:
    """Where a profile's jCard is served."""
    return f"{public_url.rstrip('/')}/cards/{profile_id}" if public_url else ""


def served_card(name: str) -> bytes:
    """The jCard as it is served: what RFC 9795's digest is taken of."""
    return jcard(name, "", "")


def card_digest(name: str) -> str:
    """`sha256-…` of the served jCard (RFC 9795 §6.1)."""
    return "sha256-" + base64.b64encode(hashlib.sha256(served_card(name)).digest()).decode()


def public_routes(services: Services) -> tuple[HTTPRouteHandler, ...]:
    """Routes that stand outside the API's authentication."""

    @get("/cards/{profile_id:uuid}", tags=("Call cards",), summary="A jCard", operation_id="ShowJcard",
         responses=problem_responses(404), media_type=JCARD_TYPE)  # fmt: skip
    async def show(profile_id: UUID) -> Response[bytes]:
        """Name of the caller, for phones that were called with it (RFC 9796, RFC 7095)."""
        async with services.database.transaction() as session:
            profile = await session.get(CardProfile, profile_id)
        if profile is None or profile.state not in _SHOWN:
            raise ProfileNotFoundError
        headers = {"Cache-Control": "public, max-age=3600"}
        return Response(served_card(profile.name), media_type=JCARD_TYPE, headers=headers)

    @post("/card-receipts", tags=("Call cards",), summary="Report what became of a card", status_code=200,
          operation_id="ReportCardReceipt", responses=problem_responses(401, 422))  # fmt: skip
    async def receipt(request: Request[Any, Any, Any]) -> ReceiptView:
        """For card services, signed by Standard Webhooks with the secret of the push. Repeats change nothing."""
        body = await request.body()
        said = _read(body)
        async with services.database.transaction() as session:
            await _verify(session, said, request, body)
            pushed = Pushed(state=said.state, detail=said.detail)
            changed = await note_state(session, said.id, pushed, services.clock.now())
        return ReceiptView(changed=changed is not None)

    return show, receipt


def _read(body: bytes) -> ReceiptRequest:
    value = decode_json(body[: _MOST_RECEIPT_BYTES + 1])
    try:
        return msgspec.convert(value, ReceiptRequest)
    except msgspec.ValidationError:
        raise InvalidRequestError(errors=field_problems(value, ReceiptRequest)) from None


async def _verify(
    session: AsyncSession, said: ReceiptRequest, request: Request[Any, Any, Any], body: bytes
) -> None:
    found = await repository.card_with_carrier(session, said.id)
    if found is None or found[1].kind != CarrierKind.HTTP_PUSH:
        raise ReceiptRefusedError
    config = read_config(CarrierKind.HTTP_PUSH, found[1].config)
    try:
        secret = resolve_secret(config.secret) if isinstance(config, HttpPushConfig) else ""
        Webhook(secret).verify(body, dict(request.headers.items()))
    except (WebhookVerificationError, SettingsError, ValueError):
        raise ReceiptRefusedError from None
