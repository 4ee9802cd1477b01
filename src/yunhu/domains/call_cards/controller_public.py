"""What phones, networks and card services ask for without a key: jCards, logos, and signed receipts."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from yunhu.domains.call_cards import repository
from yunhu.domains.call_cards.carriers import HttpPushConfig, read_config
from yunhu.domains.call_cards.errors import ProfileNotFoundError, ReceiptRefusedError
from yunhu.domains.call_cards.models import CardProfile, CarrierKind
from yunhu.domains.call_cards.schemas import ReceiptRequest, ReceiptView
from yunhu.domains.call_cards.served import logo_url, served_card
from yunhu.domains.call_cards.service import note_state
from yunhu.domains.documents.public import Document, DocumentStore, open_document
from yunhu.foundation.errors import SettingsError
from yunhu.foundation.http import Services, decode_json, problem_responses
from yunhu.foundation.http.errors import InvalidRequestError
from yunhu.foundation.http.validation import field_problems
from yunhu.foundation.secret_ref import resolve_secret
from yunhu.messaging.cards.port import Pushed

JCARD_TYPE = "application/vcard+json"
_CACHED = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}
_MOST_RECEIPT_BYTES = 4096


def public_routes(services: Services) -> tuple[HTTPRouteHandler, ...]:
    """Routes that stand outside the API's authentication."""
    documents = DocumentStore(services.settings.documents_dir, services.vault)

    @get("/cards/{profile_id:uuid}", tags=("Call cards",), summary="A jCard", operation_id="ShowJcard",
         responses=problem_responses(404), media_type=JCARD_TYPE)  # fmt: skip
    async def show(profile_id: FromPath[UUID]) -> Response[bytes]:
        """Name and logo of the caller, for phones that were called with it (RFC 9796, RFC 7095)."""
        async with services.database.transaction() as session:
            profile, logo = await _shown(session, profile_id)
        address = logo_url(services.settings.public_url or "", profile.id) if logo else ""
        return Response(served_card(profile.name, address), media_type=JCARD_TYPE, headers=_CACHED)

    @get("/cards/{profile_id:uuid}/logo", tags=("Call cards",), summary="A card's logo",
         operation_id="ShowCardLogo", responses=problem_responses(404))  # fmt: skip
    async def show_logo(profile_id: FromPath[UUID]) -> Response[bytes]:
        """PNG or JPEG, for phones that read its address in a jCard."""
        async with services.database.transaction() as session:
            _, logo = await _shown(session, profile_id)
        if logo is None:
            raise ProfileNotFoundError("the card has no logo")
        content = b"".join([piece async for piece in open_document(documents, logo)])
        return Response(content, media_type=logo.media_type, headers=_CACHED)

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

    return show, show_logo, receipt


async def _shown(session: AsyncSession, profile_id: UUID) -> tuple[CardProfile, Document | None]:
    found = await repository.shown_profile(session, profile_id)
    if found is None:
        raise ProfileNotFoundError
    return found


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
