"""Settings of each way to send cards, as the operator writes them and as the tables keep them."""

from datetime import timedelta
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from yunhu.domains.call_cards.errors import CarrierInvalidError
from yunhu.domains.call_cards.models import CarrierKind
from yunhu.foundation.secret_ref import SecretRef

CARD_TEST = "call_cards.test_carrier"
"""Kind of the task that tests a way."""
_Url = Annotated[str, Meta(pattern=r"^https?://[^\s<>\"]+$(?!\n)", max_length=2048)]


class RichCallDataConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Cards inside the INVITE."""

    identity_key: SecretRef | None = None
    """Private key of curve P-256 in PEM form; without one the INVITE carries Call-Info alone."""
    certificate_url: _Url | None = None
    """`x5u`: where the network finds the certificate of that key."""

    def __post_init__(self) -> None:
        if (self.identity_key is None) != (self.certificate_url is None):
            raise ValueError("identity_key and certificate_url go together")


class FlashSmsConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Cards as flash SMS by the tenant's own SMSC account."""


class HttpPushConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Cards pushed to a card service."""

    url: _Url
    secret: SecretRef
    """`whsec_…` of Standard Webhooks: signs what we push and what the service reports."""


class SandboxConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Cards written to files."""


Config = RichCallDataConfig | FlashSmsConfig | HttpPushConfig | SandboxConfig
CONFIGS: dict[CarrierKind, type[Config]] = {
    CarrierKind.RICH_CALL_DATA: RichCallDataConfig,
    CarrierKind.FLASH_SMS: FlashSmsConfig,
    CarrierKind.HTTP_PUSH: HttpPushConfig,
    CarrierKind.SANDBOX: SandboxConfig,
}
DEFAULT_LEADS: dict[CarrierKind, timedelta] = {
    CarrierKind.RICH_CALL_DATA: timedelta(),
    CarrierKind.FLASH_SMS: timedelta(seconds=3),
    CarrierKind.HTTP_PUSH: timedelta(seconds=2),
    CarrierKind.SANDBOX: timedelta(seconds=1),
}


def read_config(kind: CarrierKind, config: dict[str, Any]) -> Config:
    """The typed settings. Raises `CarrierInvalidError` that says what does not fit."""
    try:
        return msgspec.convert(config, CONFIGS[kind])
    except msgspec.ValidationError as error:
        raise CarrierInvalidError(str(error), field="config") from None
