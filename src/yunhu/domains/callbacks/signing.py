"""Signatures and message form of Standard Webhooks (specification, sections "Webhook headers" and "Payload")."""

import base64
import binascii
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from standardwebhooks.webhooks import Webhook

from yunhu.domains.callbacks.errors import CallbackSecretInvalidError

_PREFIX = "whsec_"
_FRESH_BYTES = 32
_FEWEST_BYTES, _MOST_BYTES = 24, 64


def fresh_secret() -> str:
    """A new signing secret, `whsec_…`."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_FRESH_BYTES)).decode()


def check_secret(secret: str) -> None:
    """Raise `CallbackSecretInvalidError` unless it is `whsec_` and base64 of 24 to 64 bytes."""
    encoded = secret.removeprefix(_PREFIX)
    if encoded == secret:
        raise CallbackSecretInvalidError
    try:
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise CallbackSecretInvalidError from None
    if not _FEWEST_BYTES <= len(key) <= _MOST_BYTES:
        raise CallbackSecretInvalidError


def message_id(delivery_id: int) -> str:
    """`webhook-id`: the same for every try and redelivery, so that receivers can tell a repeat."""
    return f"msg_{delivery_id}"


def message_body(type_: str, occurred_at: datetime, data: dict[str, Any]) -> bytes:
    """The body, the same bytes for every try."""
    return msgspec.json.encode({"type": type_, "timestamp": occurred_at, "data": data}, order="deterministic")


def signed_headers(id_: str, now: datetime, body: bytes, keys: Sequence[str]) -> dict[str, str]:
    """The headers of one request; several secrets make several signatures, parted by spaces."""
    signatures = [Webhook(key).sign(id_, now, body.decode()) for key in keys]
    return {
        "content-type": "application/json",
        "webhook-id": id_,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
